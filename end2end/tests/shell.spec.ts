// The shell of every page: colour scheme, times, and metadata for browsers and link previews.
import type { Page } from "@playwright/test";
import { expect, test } from "../server";

const LIGHT = "rgb(251, 250, 245)";
const DARK = "rgb(14, 20, 17)";

/** The background colour of the page, taken from a screenshot. */
const paper = (page: Page) => page.evaluate(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  return `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).join(", ")})`;
});

for (const [colorScheme, color] of [["light", LIGHT], ["dark", DARK]] as const) {
  test(`the page follows the system's ${colorScheme} mode`, async ({ browser, baseURL }) => {
    const page = await browser.newPage({ colorScheme, baseURL });
    await page.goto("/");
    expect(await paper(page)).toBe(color);
    await page.close();
  });
}

test("a chosen theme applies at once, and to the first paint of the next page", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ colorScheme: "light", baseURL });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  await page.getByRole("button", { name: "Dark" }).click();
  expect(await paper(page)).toBe(DARK);
  await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  expect(await page.evaluate(() => "stillHere" in window)).toBe(true);
  // Scripts are blocked, so the page is painted as the server rendered it.
  await context.route("**/*.js", (route) => route.abort());
  await page.goto("/");
  expect(await paper(page)).toBe(DARK);
  expect(await page.locator("meta[name=color-scheme]").getAttribute("content")).toBe("dark");
  await context.close();
});

test("the system's theme can be chosen again", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ colorScheme: "dark", baseURL });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Light" }).click();
  expect(await paper(page)).toBe(LIGHT);
  await page.getByRole("button", { name: "System" }).click();
  expect(await paper(page)).toBe(DARK);
  expect((await context.cookies()).filter((cookie) => cookie.name === "rollcall_theme")).toEqual([]);
  await context.close();
});

test("a theme can be chosen without scripts, and the form returns to the same page", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, colorScheme: "light", baseURL });
  const page = await context.newPage();
  await page.goto("/?q=curie&sort=name");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page).toHaveURL(/\/\?q=curie&sort=name$/);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("[data-opens]").first()).toBeHidden();
  await context.close();
});

test("times are shown in the reader's language and time zone, without layout shift", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ locale: "de-DE", timezoneId: "Asia/Tokyo", baseURL });
  const page = await context.newPage();
  await page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) (window as any).shift += (entry as any).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto("/?q=rontgen");
  const joined = page.locator(".joined time");
  await expect(joined).toHaveText(/^vor \d+ Jahren$/);
  await expect(joined).toHaveAttribute("title", /10\. Dezember 1901 um 21:00:00/);
  await expect(joined).toHaveAttribute("lang", "de-DE");
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await expect(page.locator(".joined time").first()).toHaveText(/^vor/);
  expect(await page.evaluate(() => (window as any).shift)).toBe(0);
  await context.close();
});

test("times of rows loaded later are formatted alike", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/page=2$/);
  await expect(page.locator(".user-list")).toHaveAttribute("aria-busy", "false");
  const texts = await page.locator(".joined time").allTextContents();
  expect(texts).toHaveLength(20);
  for (const text of texts) expect(text).toMatch(/ago$/);
});

test("the print style shows dates and all rows, without controls", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(page.locator(".joined time").first()).toHaveText(/2024$/);
  for (const selector of [".search", ".site-nav", ".site-footer", ".paging a"]) {
    await expect(page.locator(selector).first()).toBeHidden();
  }
  await expect(page.getByRole("rowheader")).toHaveCount(20);
});

test("the web app manifest names existing icons", async ({ page, request }) => {
  await page.goto("/sign-in");
  const href = await page.locator("link[rel=manifest]").getAttribute("href");
  const manifest = await request.get(href!);
  expect(manifest.headers()["content-type"]).toBe("application/manifest+json");
  for (const icon of (await manifest.json()).icons) {
    const answer = await request.get(icon.src);
    expect(answer.status(), icon.src).toBe(200);
    expect(answer.headers()["content-type"]).toContain(icon.type);
  }
});

for (const [name, address] of [["list", "/"], ["sign-in", "/sign-in"], ["a person", "/?q=rontgen"]] as const) {
  test(`${name} does not overflow right to left or with text at 200%`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(address);
    if (name === "a person") await page.locator(".person-link").click();
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    expect(await over()).toBeLessThanOrEqual(0);
    // Set through the CSSOM, which the content security policy allows.
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    expect(await over()).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await over()).toBeLessThanOrEqual(0);
  });
}
