// Visual regression: each page in light and dark mode, compared with end2end/snapshots/. Update them with `make snapshots`.
import { expect, headers, now, test } from "../fixture";
import { openPage, pages } from "../pages";

test.use({
  contextOptions: { reducedMotion: "reduce" },
  deviceScaleFactor: 1,
  extraHTTPHeaders: headers,
  locale: "en-GB",
  timezoneId: "UTC",
});

for (const pageCase of pages) {
  test.describe(pageCase.name, () => {
    test.use({ as: pageCase.as });
    test(`${pageCase.name} matches its snapshot`, async ({ page, fixture, empty }) => {
      await page.clock.setFixedTime(`${now.replace(" ", "T")}Z`);
      await openPage(page, pageCase, fixture, empty);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await expect.soft(page).toHaveScreenshot(`${pageCase.name}-${colorScheme}.png`, { fullPage: !pageCase.long });
      }
    });
  });
}
