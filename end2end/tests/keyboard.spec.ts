// Everything works with the keyboard alone.
import type { Page } from "@playwright/test";
import { expect, test as base } from "../server";

/** Signed in with full permissions. */
const test = base.extend<{}, { admin: { cookies: any[] } }>({
  admin: [
    async ({ rollcall, browser }, use) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(rollcall.setup);
      await page.getByLabel("Name").fill("Ada Lovelace");
      await page.getByLabel("E-mail").fill("ada@example.org");
      await page.getByLabel("Password").fill("mauve otter tax lantern");
      await page.getByRole("button", { name: "Create admin" }).click();
      await page.waitForURL(rollcall.url + "/");
      const cookies = await context.cookies();
      await context.close();
      await use({ cookies });
    },
    { scope: "worker" },
  ],
});

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
}

const palette = (page: Page) => page.getByRole("dialog", { name: "Go to a person or a page" });
const chosen = (page: Page) => palette(page).locator("[aria-selected=true]");

test("slash focuses the search box, and typing there triggers no shortcut", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("j?k/n");
  await expect(page.getByRole("searchbox")).toHaveValue("j?k/n");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("j, k and the arrow keys move between people, and Enter opens one", async ({ page }) => {
  await open(page, "/?sort=name");
  const link = (row: number) => page.locator(".person-link").nth(row);
  await page.keyboard.press("j");
  await expect(link(0)).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await expect(link(2)).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("k");
  await expect(link(0)).toBeFocused();
  for (let row = 0; row < 19; row++) await page.keyboard.press("j");
  await expect(link(19)).toBeFocused();
  await expect(link(19)).toBeInViewport();
  const name = await link(19).textContent();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name!);
});

test("the down arrow moves from the search box to the first person", async ({ page }) => {
  await open(page, "/?sort=name");
  await page.keyboard.press("/");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".person-link").first()).toBeFocused();
});

test("n opens the form for a new person, and e edits one from the list or their page", async ({ page, context, admin }) => {
  await context.addCookies(admin.cookies);
  await open(page, "/?q=rontgen");
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/\/users\/new$/);
  await open(page, "/?q=rontgen");
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page).toHaveURL(/\/users\/[\w-]+\/edit$/);
  await open(page, page.url().replace(/\/edit$/, ""));
  await page.keyboard.press("e");
  await expect(page).toHaveURL(/\/edit$/);
});

test("viewers have no shortcuts for changes", async ({ page }) => {
  await open(page, "/?q=rontgen");
  await page.keyboard.press("n");
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(page).toHaveURL(/\?q=rontgen$/);
});

test("the question mark lists the shortcuts, and closing restores the focus", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("j");
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("j");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.locator(".person-link").first()).toBeFocused();
});

test("single-key shortcuts can be turned off permanently, without the palette", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("?");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await open(page, "/");
  for (const key of ["j", "/", "?"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("searchbox")).not.toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  // The button that is always visible opens the list of shortcuts again.
  await page.getByRole("button", { name: "Keyboard shortcuts" }).press("Enter");
  await page.getByLabel("Single-key shortcuts").press("Space");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("the palette finds people from any page, and its code loads when it opens", async ({ page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => request.url().includes(".wasm") && loaded.push(request.url()));
  await open(page, "/sign-in");
  expect(loaded).toEqual([]);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  // Text typed before hydration is kept.
  await page.keyboard.type("rontgen");
  await expect(chosen(page)).toContainText("Wilhelm Conrad Röntgen");
  expect(loaded.length).toBeGreaterThan(0);
  expect(new Set(loaded).size, "each file once").toBe(loaded.length);
  expect(loaded.filter((url) => /bulk|form_guard/.test(url)), "no code that is not needed").toEqual([]);
  const id = await chosen(page).getAttribute("id");
  await expect(page.getByRole("combobox")).toHaveAttribute("aria-activedescendant", id!);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm Conrad Röntgen");
});

test("the arrow keys move through the palette and wrap around", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("Control+k");
  const options = palette(page).getByRole("option");
  await expect(chosen(page)).toHaveText("All people");
  await page.keyboard.press("ArrowUp");
  await expect(chosen(page)).toHaveText("Sign in");
  await page.keyboard.press("ArrowDown");
  await expect(chosen(page)).toHaveText("All people");
  await page.keyboard.type("curie");
  await expect(options).toHaveCount(3);
  await page.keyboard.press("ArrowDown");
  await expect(chosen(page)).toHaveText(/Marie Curie/);
});

test("the palette offers only permitted actions", async ({ page, context, admin }) => {
  await context.addCookies(admin.cookies);
  await open(page, "/account");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("token");
  await expect(chosen(page)).toHaveText("Tokens");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tokens$/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("dark");
  await expect(chosen(page)).toHaveText("Colours: Dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(palette(page)).toBeHidden();
});

test("Escape closes the palette and restores the focus", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("j");
  for (const close of ["Escape", "Control+k"]) {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox")).toBeFocused();
    await page.keyboard.press(close);
    await expect(palette(page)).toBeHidden();
    await expect(page.locator(".person-link").first()).toBeFocused();
  }
});

test("the palette reports an empty result and an unreachable server", async ({ page, context }) => {
  await open(page, "/");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("nobodyatall");
  const status = palette(page).locator("[role=status]");
  await expect(status).toHaveText("No people found. Try fewer words.");
  await page.route("**/rpc/list_users**", (route) => route.abort());
  await page.keyboard.type("x");
  await expect(status).toContainText("cannot answer right now");
  await context.setOffline(true);
  await page.keyboard.type("y");
  await expect(status).toContainText("You are offline");
  await context.setOffline(false);
  await page.unroute("**/rpc/list_users**");
  await page.getByRole("combobox").fill("curie");
  await expect(chosen(page)).toContainText("Curie");
  await expect(status).toHaveText("");
});

test("a late response does not replace a newer one", async ({ page }) => {
  await open(page, "/");
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/rpc/list_users**", async (route) => {
    if (route.request().url().includes("curie")) await held;
    await route.continue();
  });
  await page.keyboard.press("Control+k");
  const asked = page.waitForRequest(/list_users.*curie/);
  await page.getByRole("combobox").fill("curie");
  await asked;
  await page.getByRole("combobox").fill("rontgen");
  await expect(chosen(page)).toContainText("Röntgen");
  const late = page.waitForResponse(/list_users.*curie/);
  answer();
  await late;
  await expect(palette(page).getByText("Curie")).toHaveCount(0);
});

test("without WebAssembly the palette falls back to a search of the list", async ({ page }) => {
  await page.route("**/*.wasm", (route) => route.abort());
  await open(page, "/sign-in");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("curie");
  await expect(palette(page).getByRole("alert")).toContainText("Press Enter to search the list");
  await page.unroute("**/*.wasm");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/\?q=curie$/);
});
