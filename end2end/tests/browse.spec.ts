// Browsing the list: on every device, and without JavaScript.
import { expect, test } from "../server";

test("the first page shows the newest people first", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveTitle("People · Rollcall");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  const rows = page.getByRole("rowheader");
  await expect(rows).toHaveCount(20);
  await expect(page.getByRole("row").nth(1).locator("time")).toHaveAttribute("datetime", /^2024-12-10T/);
});

test("Next and Previous page through the list", async ({ page }) => {
  await page.goto("/");
  const first = await page.getByRole("rowheader").first().textContent();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/\/\?page=2$/);
  await expect(page.getByText("21–40")).toBeVisible();
  await expect(page.getByRole("rowheader").first()).not.toHaveText(first!);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(page.getByRole("rowheader").first()).toHaveText(first!);
  await expect(page).toHaveURL(/\/$/);
});

test("a person's page opens, and Back returns to the list", async ({ page }) => {
  await page.goto("/?q=rontgen");
  await page.getByRole("link", { name: "Wilhelm Conrad Röntgen" }).click();
  await expect(page).toHaveTitle("Wilhelm Conrad Röntgen · Rollcall");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm Conrad Röntgen");
  await expect(page.locator("time[datetime^='1901-12-10T']")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("rowheader")).toHaveCount(1);
});

test("search ignores case and accents", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("searchbox").fill("CURIE mar");
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/q=CURIE\+mar/);
  await expect(page.getByRole("rowheader").filter({ hasText: "Marie Curie" })).not.toHaveCount(0);
  await expect(page.getByRole("searchbox")).toHaveValue("CURIE mar");
});

test("a search keeps the sort order and page size", async ({ page }) => {
  await page.goto("/?sort=name&per_page=5");
  await page.getByRole("searchbox").fill("mar");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/\?q=mar&sort=name&per_page=5$/);
  await expect(page.getByRole("rowheader")).toHaveCount(5);
});

test("a column heading sorts, and reverses on the second click", async ({ page }) => {
  await page.goto("/?page=3");
  await page.getByRole("link", { name: "Name" }).click();
  await expect(page).toHaveURL(/\/\?sort=name$/);
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("link", { name: "Name" }).click();
  await expect(page).toHaveURL(/\/\?sort=-name$/);
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
});

test("an empty search result links back to the whole list", async ({ page }) => {
  await page.goto("/?q=nobody+at+all");
  await expect(page.getByRole("heading", { name: "No matches for “nobody at all”" })).toBeVisible();
  await page.getByRole("link", { name: "Show all people" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(20);
  await expect(page.getByRole("searchbox")).toHaveValue("");
});

test("not found and bad request have error pages", async ({ page }) => {
  const missing = await page.goto("/nowhere");
  expect(missing!.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
  const nonsense = await page.goto("/?per_page=1000");
  expect(nonsense!.status()).toBe(422);
  await expect(page.getByText("per_page must be a whole number from 1 to 100")).toBeVisible();
  await page.getByRole("link", { name: "All people" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(20);
});

test("pages do not overflow horizontally, and the list can be reached with the keyboard", async ({ page, isMobile }) => {
  await page.goto("/");
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  if (isMobile) return;
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
});
