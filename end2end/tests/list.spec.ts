// The list: search, filters and sorting, and bulk actions on the selected people.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { admin, isolatedTest, makeAdmin, signIn } from "../fixture";
import { expect, test as base } from "../server";

/** The laureates, in a directory shared by the read-only tests of a worker, signed in as its admin. */
const test = base.extend<object, { session: Awaited<ReturnType<typeof signIn>> }>({
  session: [
    async ({ rollcall }, use) => {
      makeAdmin(rollcall);
      await use(await signIn(rollcall, admin));
    },
    { scope: "worker" },
  ],
  storageState: async ({ session }, use) => use(session),
});

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  if (test.info().project.use.javaScriptEnabled !== false) await expect(page.locator("html")).toHaveAttribute("data-hydrated");
}

const names = (page: Page) => page.getByRole("rowheader");
const boxes = (page: Page) => page.getByRole("rowgroup").last().getByRole("checkbox");
const bar = (page: Page) => page.getByRole("group", { name: "Selected people" });
const report = (page: Page) => page.locator(".bulk-report");
/** The total number of people in the list. */
const total = async (page: Page) => Number((await page.locator(".paging p").first().textContent())!.match(/of ([\d,]+)/)![1].replace(",", ""));

async function select(page: Page, count: number): Promise<string[]> {
  for (let row = 0; row < count; row++) await boxes(page).nth(row).check();
  return page.locator("tbody tr:has(:checked) .person-link").allTextContents();
}

/** Creates a person with the e-mail address of a deleted one. */
async function createWithEmail(page: Page, name: string, email: string): Promise<void> {
  await open(page, "/users/new");
  await page.locator("main [name=name]").fill(name);
  await page.locator("main [name=email]").fill(email);
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

async function deleteSelected(page: Page, count: number): Promise<string[]> {
  const selected = await select(page, count);
  await bar(page).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("link", { name: selected[0], exact: true })).toHaveCount(0);
  return selected;
}

test("search matches are highlighted, with or without accents", async ({ page }) => {
  await open(page, "/?q=rontgen");
  await expect(page.getByRole("rowheader").locator("mark")).toHaveText("Röntgen");
  await expect(page.locator(".email mark")).toHaveText("rontgen");
});

test("date and status filters narrow the list and are in the URL", async ({ page, javaScriptEnabled }) => {
  await open(page, "/?sort=name");
  await page.locator(".filter > summary").click();
  await page.getByLabel("Joined from", { exact: true }).fill("1990-01-01");
  if (javaScriptEnabled) await expect(page.getByText("Joined from 1990-01-01")).toBeVisible();
  await page.getByLabel("Joined until", { exact: true }).fill("1999-12-31");
  if (!javaScriptEnabled) await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByText("Joined until 1999-12-31")).toBeVisible();
  await expect(page).toHaveURL(/\/\?created_after=1989-12-31T23%3A59%3A59.999999Z&created_before=2000-01-01T00%3A00%3A00Z&sort=name$/);
  const decades = () => page.locator(".joined time").evaluateAll((times) => times.map((time) => (time as HTMLTimeElement).dateTime.slice(0, 3)));
  // The URL changes before the rows do.
  await expect.poll(decades).toEqual(Array(20).fill("199"));

  await page.getByRole("link", { name: "Joined from 1990-01-01: remove this filter" }).click();
  await expect(page).toHaveURL(/\/\?created_before=[^&]*&sort=name$/);
  await expect(page.getByLabel("Joined from", { exact: true })).toHaveValue("");
  await page.getByRole("link", { name: "Joined until 1999-12-31: remove this filter" }).click();
  await expect(page).toHaveURL(/\/\?sort=name$/);
  await expect(page.getByRole("list", { name: "Filters" })).toHaveCount(0);
});

test("the filter form's URL is redirected to the canonical one", async ({ page }) => {
  await open(page, "/?q=&status=active&joined_from=2024-01-01&joined_to=&sort=&per_page=");
  await expect(page).toHaveURL(/\/\?created_after=2023-12-31T23%3A59%3A59.999999Z$/);
  await page.locator(".filter > summary").click();
  await expect(page.getByLabel("Joined from", { exact: true })).toHaveValue("2024-01-01");
});

test("the trash is a filter of the list", async ({ page, javaScriptEnabled }) => {
  await open(page, "/");
  await page.locator(".filter > summary").click();
  await page.getByLabel("Status").selectOption("Deleted people");
  if (!javaScriptEnabled) await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/\/\?status=deleted$/);
  await expect(page.getByRole("heading", { name: "No deleted people" })).toBeVisible();
});

test("the number of rows per page can be chosen", async ({ page }) => {
  await open(page, "/?q=an");
  await open(page, "/?page=2");
  await page.getByRole("link", { name: "50 rows per page" }).click();
  await expect(page).toHaveURL(/\/\?per_page=50$/);
  await expect(names(page)).toHaveCount(50);
  await expect(page.getByRole("link", { name: "50 rows per page" })).toHaveAttribute("aria-current", "true");
});

/** The lines of the file that an export page downloads. */
async function download(page: Page, kind: string): Promise<string[]> {
  const downloads = page.waitForEvent("download");
  await page.getByRole("link", { name: `Download ${kind}`, exact: true }).click();
  return (await readFile(await (await downloads).path(), "utf8")).trim().split("\n");
}

test("a search result can be exported", async ({ page }) => {
  await open(page, "/?q=curie&sort=name");
  const all = await total(page);
  await page.getByRole("link", { name: "Export" }).click();
  const lines = await download(page, "CSV");
  expect(lines).toHaveLength(all + 1);
  expect(lines[0]).toContain("name");
  for (const line of lines.slice(1)) expect(line).toMatch(/curie/i);
  const people = (await download(page, "JSON Lines")).map((line) => JSON.parse(line));
  expect(people).toHaveLength(all);
  await page.getByRole("link", { name: "People", exact: true }).click();
  await expect(page).toHaveURL(/\/\?q=curie&sort=name$/);
});

test("selected people can be exported", async ({ page }) => {
  await open(page, "/?sort=name");
  const selected = await select(page, 2);
  await bar(page).getByRole("button", { name: "Export" }).click();
  const lines = await download(page, "CSV");
  expect(lines).toHaveLength(3);
  for (const name of selected) expect(lines.filter((line) => line.includes(name))).toHaveLength(1);
});

isolatedTest("selected people are deleted, and restored from the trash", async ({ page }) => {
  await open(page, "/?sort=name");
  const all = await total(page);
  const selected = await deleteSelected(page, 3);
  await expect(page.locator(".paging p").first()).toHaveText(`1–20 of ${(all - 3).toLocaleString("en")}`);
  await open(page, "/?status=deleted&sort=name");
  expect((await names(page).locator(".person-link").allTextContents()).sort()).toEqual(selected.sort());
  await expect(page.getByText("by Johan Andersson")).toHaveCount(3);
  await select(page, 3);
  await bar(page).getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("heading", { name: "No deleted people" })).toBeVisible();
  await open(page, "/?sort=name");
  expect(await total(page)).toBe(all);
});

isolatedTest("a bulk restore skips and names a person whose e-mail address is in use", async ({ page, javaScriptEnabled }) => {
  await open(page, "/?sort=name");
  const email = (await page.locator(".email").nth(1).textContent())!;
  const selected = await deleteSelected(page, 3);
  await createWithEmail(page, "Somebody Else", email);
  await open(page, "/?status=deleted&sort=name");
  await select(page, 3);
  await bar(page).getByRole("button", { name: "Restore" }).click();
  const said = javaScriptEnabled ? report(page) : page.getByRole("alert");
  await expect(said).toContainText(`${selected[1]}: `);
  await expect(said).not.toContainText(selected[0]);
  if (javaScriptEnabled) await expect(said).toContainText("2 people restored.");
  await expect(names(page).locator(".person-link")).toHaveText([selected[1]]);
});

test.describe("hydrated", () => {
  test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "needs JavaScript");

  test("search as you type adds one history entry", async ({ page }) => {
    await open(page, "/");
    const search = page.getByRole("searchbox");
    const before = await page.evaluate(() => history.length);
    await search.pressSequentially("cur");
    await expect(page).toHaveURL(/\/\?q=cur$/);
    await search.pressSequentially("ie mar");
    await expect(page).toHaveURL(/\/\?q=curie\+mar$/);
    await expect(names(page).filter({ hasText: "Marie Curie" })).toHaveCount(1);
    expect(await page.evaluate(() => history.length)).toBe(before + 1);
    await page.goBack();
    await expect(page).toHaveURL(/\/$/);
    await expect(names(page)).toHaveCount(20);
    await expect(search).toHaveValue("");
    await search.pressSequentially("bohr");
    await expect(page).toHaveURL(/\/\?q=bohr$/);
    await page.goBack();
    await expect(page).toHaveURL(/\/$/);
  });

  test("a trailing space in the search box is kept", async ({ page }) => {
    await open(page, "/");
    const search = page.getByRole("searchbox");
    await search.pressSequentially("marie ");
    await expect(page).toHaveURL(/\/\?q=marie$/);
    await expect(page.getByRole("status").filter({ hasText: /^People / })).toHaveCount(1);
    await expect(search).toHaveValue("marie ");
    await search.pressSequentially("curie");
    await expect(page).toHaveURL(/\/\?q=marie\+curie$/);
  });

  test("rows are selected one by one, as a range with Shift, and all at once", async ({ page, isMobile }) => {
    await open(page, "/");
    const all = page.getByRole("checkbox", { name: "Select all on this page" });
    await expect(bar(page)).toBeHidden();
    await boxes(page).nth(4).click();
    await expect(bar(page)).toContainText("1 selected");
    if (!isMobile) {
      await boxes(page).nth(1).click({ modifiers: ["Shift"] });
      await expect(bar(page)).toContainText("4 selected");
      await expect(page.locator("tbody :checked")).toHaveCount(4);
    }
    await all.check();
    await expect(bar(page)).toContainText("20 selected");
    await all.uncheck();
    await expect(bar(page)).toBeHidden();
    await boxes(page).first().check();
    await bar(page).getByRole("button", { name: "Clear" }).click();
    await expect(page.locator("tbody :checked")).toHaveCount(0);
  });

  isolatedTest("Undo restores a bulk delete", async ({ page }) => {
    await open(page, "/?sort=name");
    const all = await total(page);
    const selected = await deleteSelected(page, 3);
    await expect(report(page)).toContainText("3 people deleted.");
    await expect(report(page)).toBeFocused();
    await report(page).getByRole("button", { name: "Undo" }).click();
    await expect(report(page)).toContainText("3 people restored.");
    await expect(page.getByRole("link", { name: selected[0], exact: true })).toBeVisible();
    expect(await total(page)).toBe(all);
  });

  isolatedTest("all matches of a search are deleted across pages, and restored by Undo", async ({ page }) => {
    await open(page, "/?q=mar&per_page=5");
    const all = await total(page);
    expect(all).toBeGreaterThan(5);
    await page.getByRole("checkbox", { name: "Select all on this page" }).check();
    await page.getByRole("button", { name: `Select all ${all}` }).click();
    await expect(bar(page)).toContainText(`All ${all} selected`);
    await bar(page).getByRole("button", { name: "Delete" }).click();
    await expect(report(page)).toContainText(`${all} people deleted.`);
    await expect(page.getByRole("heading", { name: "No matches for “mar”" })).toBeVisible();
    await report(page).getByRole("button", { name: "Undo" }).click();
    await expect(report(page)).toContainText(`${all} people restored.`);
    await expect(names(page)).toHaveCount(5);
    expect(await total(page)).toBe(all);
  });

  test("searching, selecting, editing and the palette work with the keyboard alone", async ({ page, isMobile }) => {
    test.skip(isMobile, "phones have no such keyboard");
    await open(page, "/");
    await page.keyboard.press("/");
    await page.keyboard.type("curie");
    await expect(page).toHaveURL(/q=curie$/);
    await expect(names(page).first()).toContainText("Curie");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await expect(page.locator(".person-link").nth(1)).toBeFocused();
    await page.keyboard.press("x");
    await expect(bar(page)).toContainText("1 selected");
    await expect(boxes(page).nth(1)).toBeChecked();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("e");
    await expect(page).toHaveURL(/\/edit$/);
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("data-hydrated");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("niels bohr");
    await expect(page.getByRole("option", { selected: true })).toContainText("Niels Bohr");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Niels");
  });
});
