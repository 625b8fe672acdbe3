// Live updates: a change made in one browser appears in another without a reload, within one instance and across two.
import type { Browser, Page } from "@playwright/test";
import { collectErrors, expect, test, type Instances } from "../instances";

const names = (page: Page) => page.locator("tbody .person-link");
const newPeople = (page: Page) => page.locator("#live button");
const announcement = (page: Page) => page.locator("#live [role=status]");
const row = (page: Page, path: string) => page.locator(`tbody tr:has(a[href="${path}"])`);

/** Opens the list in a separate browser at the second instance. */
async function openAtSecond(browser: Browser, instances: Instances, address: string): Promise<{ page: Page; browserErrors: string[] }> {
  const { viewport } = test.info().project.use;
  // Cookies are bound to hosts, not to ports, so the session is valid at both instances.
  const context = await browser.newContext({ baseURL: instances.second.url, viewport, storageState: instances.session });
  const browserErrors = await collectErrors(context);
  const page = await context.newPage();
  await open(page, address);
  return { page, browserErrors };
}

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

test("an edit appears in an open list, which keeps focus, scroll position and selection", async ({ page, browser, instances }) => {
  const { page: reader, browserErrors } = await openAtSecond(browser, instances, "/?sort=name&per_page=50");
  const path = (await names(reader).nth(30).getAttribute("href"))!;
  const before = await names(reader).allTextContents();
  await row(reader, (await names(reader).nth(20).getAttribute("href"))!).getByRole("checkbox").check();
  await names(reader).nth(29).focus();
  await reader.evaluate(() => scrollTo(0, 700));

  await rename(page, path, "Ångström the Renamed");
  await expect(names(reader).nth(30)).toHaveText("Ångström the Renamed");
  await expect(announcement(reader)).toHaveText("Ångström the Renamed was changed");
  expect(await names(reader).allTextContents()).toEqual(before.with(30, "Ångström the Renamed"));
  await expect(names(reader).nth(29)).toBeFocused();
  expect(await reader.evaluate(() => scrollY)).toBe(700);
  await expect(reader.locator("tbody :checked")).toHaveCount(1);
  await expect(row(reader, path).locator(".avatar")).toHaveText("ÅR");
  await expect(newPeople(reader)).toBeHidden();

  await rename(page, path, before[30]);
  await expect(names(reader).nth(30)).toHaveText(before[30]);
  expect(browserErrors).toEqual([]);
});

test("a deleted person's row stays and is marked until they are restored", async ({ page, browser, instances }) => {
  const { page: reader, browserErrors } = await openAtSecond(browser, instances, "/?sort=-name");
  const path = (await names(reader).nth(2).getAttribute("href"))!;
  const name = (await names(reader).nth(2).textContent())!;
  await page.goto(path);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("status").filter({ hasText: name })).toBeVisible();

  await expect(row(reader, path).locator("th")).toHaveAttribute("data-gone");
  await expect(announcement(reader)).toHaveText(`${name} was deleted`);
  await expect(names(reader).nth(2)).toHaveText(name);

  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(row(reader, path).locator("th")).not.toHaveAttribute("data-gone");
  expect(browserErrors).toEqual([]);
});

test("new people are counted, and shown on request", async ({ page, browser, instances }) => {
  const { page: reader, browserErrors } = await openAtSecond(browser, instances, "/");
  const before = await names(reader).allTextContents();
  await add(page, "Grace Hopper", "grace@example.org");
  await expect(newPeople(reader)).toHaveText("Show 1 new person");
  await add(page, "Ada Lovelace", "ada@example.org");
  await expect(newPeople(reader)).toHaveText("Show 2 new people");
  expect(await names(reader).allTextContents()).toEqual(before);

  await newPeople(reader).click();
  await expect(names(reader).nth(0)).toHaveText("Ada Lovelace");
  await expect(names(reader).nth(1)).toHaveText("Grace Hopper");
  await expect(newPeople(reader)).toBeHidden();
  expect(browserErrors).toEqual([]);
});

test("the tabs of a browser share one stream, and another tab takes over when it closes", async ({ page, context }) => {
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
