// Hydration time and interaction latency of a page on a throttled CPU, as measured by the browser.
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";

interface Timed extends Window {
  hydratedAt?: number;
  /** The longest event of each interaction, in milliseconds. Events below 16 ms are not reported. */
  interactions: Map<number, number>;
}

function watch(): void {
  const timed = window as unknown as Timed;
  timed.interactions = new Map();
  new PerformanceObserver((list) => {
    for (const event of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
      if (event.interactionId === 0) continue;
      timed.interactions.set(event.interactionId, Math.max(event.duration, timed.interactions.get(event.interactionId) ?? 0));
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  new MutationObserver(() => {
    if ("hydrated" in document.documentElement.dataset) timed.hydratedAt ??= performance.now();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-hydrated"] });
}

/** A page in a browser with an empty cache, on a CPU throttled to a quarter of its speed. */
export async function slowPage(browser: Browser, options: BrowserContextOptions, scripts: boolean): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript(watch);
  if (!scripts) await page.route("**/*", (route, request) => (request.resourceType() === "script" ? route.abort() : route.fallback()));
  return page;
}

/** Milliseconds from navigation to hydration, or to the load event for a page without scripts. */
export async function hydrationTime(page: Page, address: string, scripts: boolean): Promise<number> {
  await page.goto(address);
  if (!scripts) return page.evaluate(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).loadEventEnd);
  return (await page.waitForFunction(() => (window as unknown as Timed).hydratedAt)).jsonValue() as Promise<number>;
}

/** Bytes of JavaScript and WebAssembly transferred, once no more arrive. */
export async function codeBytes(page: Page): Promise<number> {
  await page.waitForLoadState("networkidle");
  return page.evaluate(() => {
    const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return files.filter(({ name }) => /\.(js|wasm)$/.test(name)).reduce((sum, file) => sum + file.transferSize, 0);
  });
}

/** Milliseconds from the slowest interaction of `act` to the next paint. */
export async function interactionLatency(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.waitForTimeout(500);
  await page.evaluate(() => (window as unknown as Timed).interactions.clear());
  await act();
  await page.waitForTimeout(1_000);
  return page.evaluate(() => Math.max(16, ...(window as unknown as Timed).interactions.values()));
}

/** Lower bound for sorting: a few lines of script reverse the existing rows. */
export function sortInPlace(): void {
  for (const heading of document.querySelectorAll("th[scope=col] a")) {
    heading.addEventListener("click", (click) => {
      click.preventDefault();
      const body = document.querySelector("tbody")!;
      body.append(...[...body.rows].reverse());
      heading.closest("th")!.setAttribute("aria-sort", "ascending");
    });
  }
}
