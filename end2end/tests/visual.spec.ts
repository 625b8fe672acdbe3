// Visual regression: pages compared with end2end/snapshots/. Update them with `make snapshots`. Each page is compared in
// light mode on desktop, and also on a phone and in dark mode where these can break on their own (docs/adr, 47).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, headers, now, test } from "../fixture";
import { openPage, pages } from "../pages";

/** Pages with another layout on a phone, not only a narrower one. */
const onPhone = ["api-docs", "audit", "conflict", "import", "imports", "list", "list-filter", "list-selected", "palette", "person-admin", "tokens"];
/** Pages that together show every colour. */
const inDarkMode = ["conflict", "import", "list-selected", "new-errors", "palette", "toast"];

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
    test.skip(({ isMobile }) => isMobile && !onPhone.includes(pageCase.name), "the layout on a phone is that on desktop");
    test(`${pageCase.name} matches its snapshot`, async ({ page, fixture, empty, isMobile }) => {
      await page.clock.setFixedTime(`${now.replace(" ", "T")}Z`);
      await openPage(page, pageCase, fixture, empty);
      for (const colorScheme of ["light", "dark"] as const) {
        if (colorScheme === "dark" && (isMobile || !inDarkMode.includes(pageCase.name))) continue;
        await page.emulateMedia({ colorScheme });
        await expect.soft(page).toHaveScreenshot(`${pageCase.name}-${colorScheme}.png`, { fullPage: !pageCase.long });
      }
    });
  });
}

test("every snapshot is compared with a page", ({ isMobile }, { config }) => {
  test.skip(isMobile || config.updateSnapshots === "changed", "the same on a phone, and snapshots are being written");
  const compared = [
    ...pages.map(({ name }) => `${name}-light-desktop.png`),
    ...onPhone.map((name) => `${name}-light-phone.png`),
    ...inDarkMode.map((name) => `${name}-dark-desktop.png`),
  ];
  expect(readdirSync(join(import.meta.dirname, "../snapshots")).sort()).toEqual(compared.sort());
});
