// A directory of 100,000 people, and simulated network conditions.
import type { Page, Route } from "@playwright/test";
import { admin, makeAdmin, signIn, type Fixture } from "./fixture";
import { expect, Rollcall, test as base } from "./server";

export const test = base.extend<object, { rollcall: Rollcall; adminSession: Fixture["session"] }>({
  rollcall: [
    async ({}, use) => {
      const rollcall = await Rollcall.start({ people: 100_000 });
      await use(rollcall);
      await rollcall.stop();
    },
    { scope: "worker" },
  ],
  adminSession: [
    async ({ rollcall }, use) => {
      makeAdmin(rollcall);
      await use(await signIn(rollcall, admin));
    },
    { scope: "worker" },
  ],
});

/** Opens a page and waits until it is hydrated. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
}

/** Routes the later requests of the page's scripts through `handler`, except those for code. */
export async function interceptRequests(page: Page, handler: (route: Route) => Promise<void>): Promise<void> {
  await page.route("**/*", (route, request) => {
    const isData = ["fetch", "xhr"].includes(request.resourceType()) && !request.url().endsWith(".wasm");
    return isData ? handler(route) : route.fallback();
  });
}

/** Holds back requests routed by `interceptRequests` or `page.route` until the gate is opened. */
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
