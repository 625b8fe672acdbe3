// No layout shift while a page loads, hydrates or shows other rows.
import type { Page } from "@playwright/test";
import { expect, gate, open } from "../crowd";
import { test } from "../house";

interface Watched extends Window {
  shifts: { value: number; moved: string[] }[];
}

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node?: Node; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    const watched = window as unknown as Watched;
    watched.shifts = [];
    const place = ({ x, y, width, height }: DOMRectReadOnly) => `${width} × ${height} at ${x}, ${y}`;
    const named = (node?: Node) => (node instanceof Element ? node.outerHTML.slice(0, 120) : (node?.textContent ?? "something that is gone"));
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
        if (hadRecentInput) continue;
        const moved = sources.map(({ node, previousRect, currentRect }) => `${named(node)}: ${place(previousRect)}, then ${place(currentRect)}`);
        watched.shifts.push({ value, moved });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
});

async function expectNone(page: Page): Promise<void> {
  // Waits two frames, so that the last layout shift is reported.
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

test("nothing jumps when the font of the headings comes late", async ({ page, house }) => {
  for (const address of ["/", house.person, "/sign-in"]) {
    const font = gate();
    await page.route("**/*.woff2", font.hold);
    // The load event waits for the font, so wait for the commit only.
    await page.goto(address, { waitUntil: "commit" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNone(page);
    font.open();
    await page.waitForLoadState("load");
    await page.evaluate(() => document.fonts.ready);
    expect(await page.evaluate(() => [...document.fonts].some(({ status }) => status === "loaded"))).toBe(true);
    await expectNone(page);
    await page.unrouteAll({ behavior: "wait" });
  }
});
