// Features that the islands add after hydration.
import type { Page } from "@playwright/test";
import { expect, Rollcall, test } from "../server";

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  // This marker is lost on a full page load.
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
}

const isStillHere = (page: Page) => page.evaluate(() => "stillHere" in window);

test("hydration changes no visible text and sends no request", async ({ page }) => {
  const calls: string[] = [];
  page.on("request", (request) => request.url().includes("/rpc/") && calls.push(request.url()));
  await open(page, "/?sort=name");
  const served = await page.evaluate(async () => {
    const html = await (await fetch(location.href)).text();
    // public/times.js formats times in the reader's language.
    const text = (page: Document) => {
      const list = page.querySelector(".user-list")!.cloneNode(true) as Element;
      list.querySelectorAll("time").forEach((time) => time.replaceWith(time.dateTime));
      return list.textContent;
    };
    return [text(new DOMParser().parseFromString(html, "text/html")), text(document)];
  });
  expect(served[1]).toEqual(served[0]);
  expect(calls).toEqual([]);
});

test("paging, sorting and searching do not reload the page", async ({ page }) => {
  await open(page, "/");
  const first = page.getByRole("rowheader").first();
  const newest = await first.textContent();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("21–40")).toBeVisible();
  await expect(first).not.toHaveText(newest!);
  await page.getByRole("link", { name: "Name" }).click();
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("searchbox").fill("rontgen");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(first).toContainText("Wilhelm Conrad Röntgen");
  await expect(page).toHaveURL(/\?q=rontgen&sort=name$/);
  expect(await isStillHere(page)).toBe(true);
});

test("Back and Forward restore earlier lists, and a reload shows the same list", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("21–40")).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByText("41–60")).toBeVisible();
  await page.goBack();
  await expect(page.getByText("21–40")).toBeVisible();
  await page.goBack();
  await expect(page.getByText("1–20 of 976", { exact: true })).toBeVisible();
  await page.goForward();
  await expect(page.getByText("21–40")).toBeVisible();
  expect(await isStillHere(page)).toBe(true);
  const names = await page.getByRole("rowheader").allTextContents();
  await page.reload();
  expect(await page.getByRole("rowheader").allTextContents()).toEqual(names);
});

test("the focus stays on the Next link, also on the last page", async ({ page }) => {
  await open(page, "/?per_page=100&page=9");
  const next = page.getByRole("link", { name: "Next" });
  await next.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("901–976")).toBeVisible();
  await expect(next).toBeFocused();
  await expect(next).toHaveAttribute("aria-disabled", "true");
});

test("Ctrl+click opens a link in a new tab", async ({ page, context }) => {
  await open(page, "/");
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: "Next" }).click({ modifiers: ["ControlOrMeta"] });
  await expect(await opened).toHaveURL(/page=2/);
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByText("1–20 of 976", { exact: true })).toBeVisible();
});

test("while rows load, the old ones stay and the loading state is announced", async ({ page }) => {
  await open(page, "/");
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/rpc/list_users**", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByRole("region", { name: "List of people" })).toHaveAttribute("aria-busy", "true");
  await expect(page.locator(".user-list").getByRole("status")).toHaveText("Loading people");
  await expect(page.getByRole("rowheader")).toHaveCount(20);
  answer();
  await expect(page.getByText("21–40")).toBeVisible();
  await expect(page.getByRole("region", { name: "List of people" })).toHaveAttribute("aria-busy", "false");
  await expect(page.locator(".user-list").getByRole("status")).toHaveText("People 21 to 40 of 976");
});

test("an unreachable server is reported, and Try again recovers", async ({ page }) => {
  await open(page, "/");
  await page.route("**/rpc/list_users**", (route) => route.abort());
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.getByRole("alert")).toContainText("Not available right now");
  await page.unroute("**/rpc/list_users**");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("21–40")).toBeVisible();
  expect(await isStillHere(page)).toBe(true);
});

test("an ended session is reported, with a link to the sign-in page", async ({ page, context }) => {
  const closed = await Rollcall.start({ anonymous: "none" });
  try {
    await page.goto(closed.setup);
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("E-mail").fill("ada@example.org");
    await page.getByLabel("Password").fill("mauve otter tax lantern");
    await page.getByRole("button", { name: "Create admin" }).click();
    await open(page, closed.url);
    await context.clearCookies();
    await page.getByRole("link", { name: "Next" }).click();
    await expect(page.getByRole("alert")).toContainText("Sign in to see this");
    await page.getByRole("alert").getByRole("link", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  } finally {
    await closed.stop();
  }
});

test("an empty directory shows how to add people", async ({ page }) => {
  const empty = await Rollcall.start({ people: false });
  try {
    await page.goto(empty.url);
    await expect(page.getByRole("heading", { name: "No people yet" })).toBeVisible();
  } finally {
    await empty.stop();
  }
});
