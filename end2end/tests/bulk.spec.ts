// Bulk actions on the selected people: on every device, and without JavaScript.
import type { Page } from "@playwright/test";
import { expect, isolatedTest, open, sharedTest as test } from "../fixture";
import { bar, boxes, download, names, total } from "../list";

const report = (page: Page) => page.locator(".bulk-report");

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
});
