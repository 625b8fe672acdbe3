import type { Page } from "@playwright/test";
import { join } from "node:path";
import { signIn } from "../fixture";
import { expect, root, test } from "../server";

const ada = { name: "Ada Lovelace", email: "ada@example.org", password: "mauve otter tax lantern" };
const sizes = { desktop: { width: 1200, height: 720 }, phone: { width: 390, height: 780 } };

test.beforeAll(async ({ request, rollcall }) => {
  await request.post(rollcall.setup, { form: ada });
});

async function take(page: Page, name: string): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(root, `docs/${name}.png`), animations: "disabled" });
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [device, viewport] of Object.entries(sizes)) {
    test(`list and, on desktop, a person: ${device}, ${colorScheme}`, async ({ browser, rollcall }) => {
      const storageState = await signIn(rollcall, ada);
      const isMobile = device === "phone";
      const context = await browser.newContext({ baseURL: rollcall.url, viewport, colorScheme, storageState, isMobile, deviceScaleFactor: isMobile ? 2 : 1 });
      const page = await context.newPage();
      const suffix = isMobile ? `phone-${colorScheme}` : colorScheme;
      await page.goto("/?q=mar");
      await take(page, `list-${suffix}`);
      if (!isMobile) {
        await page.getByRole("rowheader").getByRole("link").first().click();
        await expect(page).toHaveURL(/\/users\//);
        await take(page, `person-${suffix}`);
      }
      await context.close();
    });
  }
}
