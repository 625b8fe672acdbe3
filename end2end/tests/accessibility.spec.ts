// No page has accessibility violations that axe finds, in light and dark mode, on desktop and phone.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "../fixture";
import { openPage, pages } from "../pages";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violationsOf(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
}

// Contrast cannot be measured during a colour transition.
test.use({ contextOptions: { reducedMotion: "reduce" } });

for (const pageCase of pages) {
  test.describe(pageCase.name, () => {
    test.use({ as: pageCase.as });
    test(`${pageCase.name} has no accessibility violations`, async ({ page, fixture, empty }) => {
      await openPage(page, pageCase, fixture, empty);
      await page.emulateMedia({ colorScheme: "light" });
      expect(await violationsOf(new AxeBuilder({ page }).withTags(rules)), "light").toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      // Dark mode changes only colours, so only the colour rules run again.
      expect(await violationsOf(new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"])), "dark").toEqual([]);
    });
  });
}
