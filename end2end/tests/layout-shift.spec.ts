// No layout shift while a page loads, hydrates or shows other rows.
import type { Page } from "@playwright/test";
import { test } from "../fixture";
import { expect, gate, open } from "../large-directory";

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
    const rectangle = ({ x, y, width, height }: DOMRectReadOnly) => `${width} × ${height} at ${x}, ${y}`;
    const named = (node?: Node) => (node instanceof Element ? node.outerHTML.slice(0, 120) : (node?.textContent ?? "a removed node"));
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
        if (hadRecentInput) continue;
        const moved = sources.map(({ node, previousRect, currentRect }) => `${named(node)}: ${rectangle(previousRect)}, then ${rectangle(currentRect)}`);
        watched.shifts.push({ value, moved });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
});

async function expectNoShift(page: Page): Promise<void> {
  // Waits two frames, so that the last layout shift is reported.
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  expect(await page.evaluate(() => (window as unknown as Watched).shifts)).toEqual([]);
}

test("the list has no layout shift, from loading to the next page", async ({ page }) => {
  await open(page, "/");
  await page.evaluate(() => document.fonts.ready);
  await expectNoShift(page);
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("21–40")).toBeVisible();
  await page.waitForTimeout(700);
  await expectNoShift(page);
});

test("a person's page and the sign-in page have no layout shift", async ({ page, fixture }) => {
  for (const address of [fixture.person, "/sign-in"]) {
    await open(page, address);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForLoadState("networkidle");
    await expectNoShift(page);
  }
});

test("a late heading font causes no layout shift", async ({ page, fixture }) => {
  for (const address of ["/", fixture.person, "/sign-in"]) {
    const font = gate();
    await page.route("**/*.woff2", font.hold);
    // The load event waits for the font, so wait for the commit only.
    await page.goto(address, { waitUntil: "commit" });
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNoShift(page);
    font.open();
    await page.waitForLoadState("load");
    await page.evaluate(() => document.fonts.ready);
    expect(await page.evaluate(() => [...document.fonts].some(({ status }) => status === "loaded"))).toBe(true);
    await expectNoShift(page);
    await page.unrouteAll({ behavior: "wait" });
  }
});
