// Nothing jumps: not while a page loads, comes alive or shows other rows.
import type { Page } from "@playwright/test";
import { expect, open } from "../crowd";
import { test } from "../house";

interface Watched extends Window {
  shifts: { value: number; moved: string[] }[];
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    const watched = window as unknown as Watched;
    watched.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Element }[] })[]) {
        if (entry.hadRecentInput) continue;
        watched.shifts.push({ value: entry.value, moved: entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? "") });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
});

async function expectNone(page: Page): Promise<void> {
  // Two frames, so that the last shift is told.
  await page.evaluate(() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told))));
  expect(await page.evaluate(() => (window as unknown as Watched).shifts)).toEqual([]);
}

test("nothing jumps on the list, from loading to another page of it", async ({ page }) => {
  await open(page, "/");
  await page.evaluate(() => document.fonts.ready);
  await expectNone(page);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("21–40")).toBeVisible();
  await page.waitForTimeout(700);
  await expectNone(page);
});

test("nothing jumps on the page of a person and on the sign-in page", async ({ page, house }) => {
  for (const address of [house.person, "/sign-in"]) {
    await open(page, address);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForLoadState("networkidle");
    await expectNone(page);
  }
});
