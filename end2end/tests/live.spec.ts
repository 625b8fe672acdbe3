// Live updates: a change made in one browser appears in another without a reload, within one instance and across two.
import type { Browser, Page } from "@playwright/test";
import { expect, listen, test, type Pair } from "../pair";

const names = (page: Page) => page.locator("tbody .person-link");
const news = (page: Page) => page.locator("#live button");
const told = (page: Page) => page.locator("#live [role=status]");
const row = (page: Page, path: string) => page.locator(`tbody tr:has(a[href="${path}"])`);

/** Opens the list in a separate browser at the other instance. */
async function elsewhere(browser: Browser, pair: Pair, address: string): Promise<{ page: Page; complaints: string[] }> {
  const { viewport } = test.info().project.use;
  const context = await browser.newContext({ baseURL: pair.other.url, viewport, storageState: onPort(pair) });
  const complaints = await listen(context);
  const page = await context.newPage();
  await open(page, address);
  return { page, complaints };
}

/** The session cookie for both instances: cookies are bound to hosts, not to ports. */
const onPort = ({ session }: Pair) => session;

/** Waits until the page is hydrated and its event stream is open. */
async function open(page: Page, address: string): Promise<void> {
  const stream = page.waitForResponse((response) => response.url().includes("/events/users"));
  await page.goto(address);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  expect((await stream).status()).toBe(200);
}

async function rename(page: Page, path: string, name: string): Promise<void> {
  await page.goto(`${path}/edit`);
  await page.locator("main [name=name]").fill(name);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

async function add(page: Page, name: string, email: string): Promise<void> {
  await page.goto("/users/new");
  await page.locator("main [name=name]").fill(name);
  await page.locator("main [name=email]").fill(email);
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

test("an edit is in the other's list, whose focus, scroll and selection stay", async ({ page, browser, pair }) => {
  const { page: reader, complaints } = await elsewhere(browser, pair, "/?sort=name&per_page=50");
  const path = (await names(reader).nth(30).getAttribute("href"))!;
  const before = await names(reader).allTextContents();
  await row(reader, (await names(reader).nth(20).getAttribute("href"))!).getByRole("checkbox").check();
  await names(reader).nth(29).focus();
  await reader.evaluate(() => scrollTo(0, 700));

  await rename(page, path, "Ångström the Renamed");
  await expect(names(reader).nth(30)).toHaveText("Ångström the Renamed");
  await expect(told(reader)).toHaveText("Ångström the Renamed was changed");
  expect(await names(reader).allTextContents()).toEqual(before.with(30, "Ångström the Renamed"));
  await expect(names(reader).nth(29)).toBeFocused();
  expect(await reader.evaluate(() => scrollY)).toBe(700);
  await expect(reader.locator("tbody :checked")).toHaveCount(1);
  await expect(row(reader, path).locator(".avatar")).toHaveText("ÅR");
  await expect(news(reader)).toBeHidden();

  await rename(page, path, before[30]);
  await expect(names(reader).nth(30)).toHaveText(before[30]);
  expect(complaints).toEqual([]);
});

test("who is deleted stays marked in their row until they are restored", async ({ page, browser, pair }) => {
  const { page: reader, complaints } = await elsewhere(browser, pair, "/?sort=-name");
  const path = (await names(reader).nth(2).getAttribute("href"))!;
  const name = (await names(reader).nth(2).textContent())!;
  await page.goto(path);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("status").filter({ hasText: name })).toBeVisible();

  await expect(row(reader, path).locator("th")).toHaveAttribute("data-gone");
  await expect(told(reader)).toHaveText(`${name} was deleted`);
  await expect(names(reader).nth(2)).toHaveText(name);

  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(row(reader, path).locator("th")).not.toHaveAttribute("data-gone");
  expect(complaints).toEqual([]);
});

test("who is new is counted, and shown when somebody wants to", async ({ page, browser, pair }) => {
  const { page: reader, complaints } = await elsewhere(browser, pair, "/");
  const before = await names(reader).allTextContents();
  await add(page, "Grace Hopper", "grace@example.org");
  await expect(news(reader)).toHaveText("1 new person. Show");
  await add(page, "Ada Lovelace", "ada@example.org");
  await expect(news(reader)).toHaveText("2 new people. Show");
  expect(await names(reader).allTextContents()).toEqual(before);

  await news(reader).click();
  await expect(names(reader).nth(0)).toHaveText("Ada Lovelace");
  await expect(names(reader).nth(1)).toHaveText("Grace Hopper");
  await expect(news(reader)).toBeHidden();
  expect(complaints).toEqual([]);
});

test("all tabs of a browser share one stream, and the next takes over", async ({ page, context }) => {
  const streams: string[] = [];
  context.on("request", (request) => request.url().includes("/events/users") && streams.push(request.url()));
  await open(page, "/?sort=email");
  const second = await context.newPage();
  await second.goto("/?sort=email");
  await expect(second.locator("html")).toHaveAttribute("data-hydrated");
  const editor = await context.newPage();
  const path = (await names(page).nth(4).getAttribute("href"))!;
  await rename(editor, path, "Seen in Both");
  for (const tab of [page, second]) await expect(names(tab).nth(4)).toHaveText("Seen in Both");
  expect(streams).toHaveLength(1);

  await page.close();
  await expect.poll(() => streams.length).toBe(2);
  await rename(editor, path, "Seen Again");
  await expect(names(second).nth(4)).toHaveText("Seen Again");
});
