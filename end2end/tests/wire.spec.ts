// The requests and bytes of a page's first load.
import type { Page } from "@playwright/test";
import { expect, test } from "../server";

interface File {
  path: string;
  encoding: string;
  bytes: number;
}

/** Loads a page with an empty cache; returns what was transferred. */
async function load(page: Page, address: string): Promise<File[]> {
  const browser = await page.context().newCDPSession(page);
  const files = new Map<string, File>();
  browser.on("Network.responseReceived", ({ requestId, response }) => {
    const headers = new Map(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
    files.set(requestId, { path: new URL(response.url).pathname, encoding: headers.get("content-encoding") ?? "", bytes: 0 });
  });
  browser.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.bytes = encodedDataLength;
  });
  await browser.send("Network.enable");
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await page.waitForLoadState("networkidle");
  return [...files.values()];
}

const isCode = ({ path }: File) => /\.(js|wasm)$/.test(path);

test("the list page loads less than 120 KiB of code", async ({ page }) => {
  const code = (await load(page, "/")).filter(isCode);
  expect(code.map(({ path }) => path.replace(/.*\./, ""))).toContain("wasm");
  for (const { path, encoding, bytes } of code) {
    expect(encoding, path).toBe("br");
    expect(bytes, path).toBeGreaterThan(0);
  }
  const total = code.reduce((sum, { bytes }) => sum + bytes, 0);
  const kib = `${(total / 1024).toFixed(1)} KiB of JavaScript and WebAssembly`;
  console.log(kib);
  expect(total, kib).toBeLessThan(120 * 1024);
});

test("the code for navigation loads on hover or focus", async ({ page }) => {
  for (const come of [() => page.getByRole("table").hover(), () => page.getByRole("searchbox").focus()]) {
    const paths = (await load(page, "/")).map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith(".wasm"))).toHaveLength(1);
    const code = page.waitForResponse(/split_fetch_list\.wasm$/);
    await come();
    expect((await code).status()).toBe(200);
    await page.mouse.move(0, 0);
  }
});

test("a page without an island loads no WebAssembly", async ({ page }) => {
  await page.goto("/?q=rontgen");
  const person = await page.getByRole("link", { name: "Wilhelm Conrad Röntgen" }).getAttribute("href");
  for (const address of [person!, "/sign-in"]) {
    const paths = (await load(page, address)).filter(isCode).map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith(".wasm")), address).toEqual([]);
  }
});
