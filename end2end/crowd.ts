// A directory of 100,000 people, and simulated network conditions.
import type { Page, Route } from "@playwright/test";
import { admin, makeAdmin, signIn, type House } from "./house";
import { expect, Rollcall, test as base } from "./server";

export const test = base.extend<object, { crowd: Rollcall; adminOfCrowd: House["session"] }>({
  crowd: [
    async ({}, use) => {
      const crowd = await Rollcall.start({ people: 100_000 });
      await use(crowd);
      await crowd.stop();
    },
    { scope: "worker" },
  ],
  adminOfCrowd: [
    async ({ crowd }, use) => {
      makeAdmin(crowd);
      await use(await signIn(crowd, admin));
    },
    { scope: "worker" },
  ],
  baseURL: async ({ crowd }, use) => use(crowd.url),
});

/** Opens a page and waits until it is hydrated. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
}

/** Routes the later requests of the page's scripts through `handler`, except those for code. */
export async function bend(page: Page, handler: (route: Route) => Promise<void>): Promise<void> {
  await page.route("**/*", (route, request) => {
    const asked = ["fetch", "xhr"].includes(request.resourceType()) && !request.url().endsWith(".wasm");
    return asked ? handler(route) : route.fallback();
  });
}

/** Holds back requests routed by `bend` or `page.route` until it is opened. */
export function gate(): { hold: (route: Route) => Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const hold = async (route: Route) => {
    await opened;
    await route.continue();
  };
  return { hold, open };
}

export { expect };
