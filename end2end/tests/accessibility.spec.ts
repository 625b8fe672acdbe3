// No page has a flaw that axe finds, by day and by night, on a desk and on a phone.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "../house";
import { arrive, places } from "../pages";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// A colour on its way to another has no contrast to speak of.
test.use({ contextOptions: { reducedMotion: "reduce" } });

for (const place of places) {
  test.describe(place.name, () => {
    test.use({ as: place.as });
    test(`axe finds nothing on the page ${place.name}`, async ({ page, house, empty }) => {
      await arrive(page, place, house, empty);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
        const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
        expect(found, colorScheme).toEqual([]);
      }
    });
  });
}
