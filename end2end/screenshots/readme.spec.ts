import { join } from "node:path";
import { expect, root, test } from "../server";

const ada = { name: "Ada Lovelace", email: "ada@example.org", password: "mauve otter tax lantern" };

test.beforeAll(async ({ request, rollcall }) => {
  await request.post(rollcall.setup, { form: ada });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the list, ${colorScheme}`, async ({ browser, rollcall }) => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, colorScheme });
    await page.request.post(`${rollcall.url}/sign-in`, { form: ada });
    await page.goto(`${rollcall.url}/?q=mar`);
    await expect(page.locator("html")).toHaveAttribute("data-hydrated");
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(root, `docs/list-${colorScheme}.png`) });
    await page.close();
  });
}
