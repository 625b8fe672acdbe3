// Slow, failing and missing networks, with 100,000 people in the list.
import type { Page } from "@playwright/test";
import { expect, gate, interceptRequests, open, test } from "../large-directory";

// A single worker, so that only one directory of this size is created.
test.describe.configure({ mode: "default" });

const rows = (page: Page) => page.getByRole("rowheader");
const names = (page: Page) => rows(page).allTextContents();
const next = (page: Page) => page.getByRole("link", { name: "Next" });

async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("searchbox").fill(words);
  await page.getByRole("searchbox").press("Enter");
}

/** Clicks the button, unless the page has already retried by itself. */
async function tryAgain(page: Page, until: string): Promise<void> {
  await expect(async () => {
    const button = page.getByRole("button", { name: "Try again" });
    if (await button.isVisible()) await button.click({ timeout: 1_000 }).catch(() => {});
    await expect(page.getByText(until)).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

test("while a response is late, rows keep their position and the list is busy", async ({ page }) => {
  await open(page, "/");
  const shown = await names(page);
  const place = await rows(page).first().boundingBox();
  const late = gate();
  await interceptRequests(page, late.hold);
  await next(page).click();
  await expect(page.locator("[aria-busy=true]")).toBeVisible();
  expect(await names(page)).toEqual(shown);
  expect(await rows(page).first().boundingBox()).toEqual(place);
  late.open();
  await expect(page.getByText("21–40")).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  expect((await rows(page).first().boundingBox())!.y).toEqual(place!.y);
});

test("a late response does not replace a newer list", async ({ page }) => {
  await open(page, "/");
  const late = gate();
  let first = true;
  await interceptRequests(page, (route) => {
    const hold = first;
    first = false;
    return hold ? late.hold(route) : route.continue();
  });
  await search(page, "maria");
  await search(page, "johan andersson");
  await expect(rows(page).first()).toContainText("Johan Andersson");
  late.open();
  await page.waitForTimeout(300);
  await expect(rows(page).first()).toContainText("Johan Andersson");
  await expect(page).toHaveURL(/q=johan\+andersson/);
});

test("a dropped connection is reported, and Try again recovers", async ({ page }) => {
  await open(page, "/");
  await interceptRequests(page, (route) => route.abort("connectionreset"));
  await next(page).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.unrouteAll();
  await tryAgain(page, "21–40");
});

test("an overloaded server (503, Retry-After) is reported, and Try again recovers", async ({ page }) => {
  await open(page, "/");
  await interceptRequests(page, (route) => route.fulfill({ status: 503, headers: { "retry-after": "1" }, body: "overloaded" }));
  await next(page).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.unrouteAll();
  await tryAgain(page, "21–40");
});

test("being offline is reported, and Try again recovers when online", async ({ page, context }) => {
  await open(page, "/");
  await next(page).click();
  await expect(page.getByText("21–40")).toBeVisible();
  await context.setOffline(true);
  await next(page).click();
  await expect(page.getByRole("alert")).toContainText("You are offline");
  await context.setOffline(false);
  await tryAgain(page, "41–60");
});

test.describe("before the code for navigation is loaded", () => {
  test.use({ provokes: /Failed to fetch/ });

  test("being offline is reported, and the code and the rows load when online", async ({ page, context }) => {
    await open(page, "/");
    await context.setOffline(true);
    await next(page).click();
    await expect(page.getByRole("alert")).toContainText("You are offline");
    await context.setOffline(false);
    await tryAgain(page, "21–40");
  });
});

for (const [fate, handler] of [
  ["never loads", () => new Promise<void>(() => {})],
  ["fails to load", (route) => route.abort("failed")],
] satisfies [string, Parameters<Page["route"]>[1]][]) {
  test(`when the WebAssembly ${fate}, paging, sorting and searching still work`, async ({ page }) => {
    await page.route("**/*.wasm", handler);
    await page.goto("/");
    await next(page).click();
    await expect(page).toHaveURL(/page=2/);
    await expect(page.getByText("21–40")).toBeVisible();
    await page.getByRole("link", { name: "Name" }).click();
    await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
    await search(page, "johan andersson");
    await expect(rows(page).first()).toContainText("Johan Andersson");
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
}

test("when the WebAssembly never loads, an admin creates, edits and deletes people", async ({ browser, rollcall, adminSession }) => {
  const context = await browser.newContext({ baseURL: rollcall.url, storageState: adminSession });
  const page = await context.newPage();
  await page.route("**/*.wasm", () => new Promise<void>(() => {}));
  await page.goto("/");
  await page.getByRole("link", { name: "New person" }).click();
  await page.locator("main [name=name]").fill("Hedy Lamarr");
  await page.locator("main [name=email]").fill("hedy@example.org");
  await page.locator("main form[method=post] [type=submit]").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Hedy Lamarr");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.locator("main [name=name]").fill("Hedwig Lamarr");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Hedwig Lamarr");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.goto("/?q=lamarr&status=deleted");
  await expect(rows(page).filter({ hasText: "Hedwig Lamarr" })).toHaveCount(1);
  await context.close();
});

test("text typed before hydration is not lost", async ({ page }) => {
  const late = gate();
  await page.route("**/*.wasm", late.hold);
  await page.goto("/");
  await page.getByRole("searchbox").pressSequentially("johan ander");
  late.open();
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await expect(page.getByRole("searchbox")).toHaveValue("johan ander");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.getByRole("searchbox").pressSequentially("sson");
  await page.getByRole("searchbox").press("Enter");
  await expect(rows(page).first()).toContainText("Johan Andersson");
  await expect(page).toHaveURL(/q=johan\+andersson/);
});

test("100,000 people can be searched and sorted", async ({ page }) => {
  await open(page, "/");
  await search(page, "johan andersson");
  await expect(page).toHaveURL(/q=johan\+andersson/);
  await expect(rows(page).first()).toContainText("Johan Andersson");
  await search(page, "");
  await page.getByRole("link", { name: "E-mail" }).click();
  await expect(page.getByRole("columnheader", { name: "E-mail" })).toHaveAttribute("aria-sort", "ascending");
  await expect(page.getByRole("row").nth(1)).toContainText(/aa\w+\.\w+@/);
});

test("beyond the last numbered page, Next and Previous use cursors", async ({ page }) => {
  await open(page, "/?sort=name&page=500");
  const [deepest] = await names(page);
  await next(page).click();
  await expect(page).toHaveURL(/cursor=/);
  await expect(rows(page).first()).not.toHaveText(deepest);
  const beyond = await names(page);
  await next(page).click();
  await expect(rows(page).first()).not.toHaveText(beyond[0]);
  await page.goBack();
  await expect.poll(() => names(page)).toEqual(beyond);
  await page.goBack();
  await expect(rows(page).first()).toHaveText(deepest);
  await page.goForward();
  await expect.poll(() => names(page)).toEqual(beyond);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(rows(page).first()).toHaveText(deepest);
  await page.reload();
  await expect(rows(page).first()).toHaveText(deepest);
});
