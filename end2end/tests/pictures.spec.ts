// Visual regression: each page in light and dark mode, compared with end2end/pictures/. Refresh with `make pictures`.
import { expect, headers, now, test } from "../house";
import { arrive, places } from "../pages";

test.use({
  contextOptions: { reducedMotion: "reduce" },
  deviceScaleFactor: 1,
  extraHTTPHeaders: headers,
  locale: "en-GB",
  timezoneId: "UTC",
});

for (const place of places) {
  test.describe(place.name, () => {
    test.use({ as: place.as });
    test(`the page ${place.name} looks as it did`, async ({ page, house, empty }) => {
      await page.clock.setFixedTime(`${now.replace(" ", "T")}Z`);
      await arrive(page, place, house, empty);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await expect.soft(page).toHaveScreenshot(`${place.name}-${colorScheme}.png`, { fullPage: !place.long });
      }
    });
  });
}
