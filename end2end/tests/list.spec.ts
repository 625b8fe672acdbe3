// The list: search, filters, sorting and export.
import { expect, open, sharedTest as test } from "../fixture";
import { bar, boxes, download, names, total } from "../list";

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
