// Deleting a person and restoring them: on every device, and without JavaScript.
import { admin, expect, fill, find, isolatedTest as test, open, overflow } from "../fixture";

const laureate = "Wilhelm Conrad Röntgen";

test("Undo restores a deleted person and returns to the same page", async ({ page }) => {
  const person = await find(page, laureate);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  await expect(page.getByRole("status").filter({ hasText: `${laureate} was deleted.` })).toBeVisible();
  expect(new URL(page.url()).search).toBe("");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("status").filter({ hasText: `${laureate} was restored.` })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  await page.goto(person);
  await expect(page.getByRole("button", { name: "Delete" })).toBeVisible();
  await expect(page.getByText(`Restored by ${admin.name}`)).toBeVisible();
});

test("the toast disappears after ten seconds unless it has the focus or the pointer", async ({ page, javaScriptEnabled, isMobile }) => {
  await page.goto(await find(page, laureate));
  await page.getByRole("button", { name: "Delete" }).click();
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo).toBeVisible();
  const time = (seconds: number) =>
    page.evaluate((ms) => document.getAnimations().forEach((animation) => (animation.currentTime = ms)), seconds * 1000);
  if (!javaScriptEnabled) {
    await page.waitForTimeout(10_500);
    await expect(undo).toBeVisible();
    return;
  }
  await undo.focus();
  await time(9.5);
  await page.waitForTimeout(1000);
  await expect(undo).toBeFocused();
  await expect(undo).toBeVisible();
  await undo.blur();
  if (!isMobile) await page.mouse.move(5, 5);
  await expect(undo).toBeHidden();
});

test("a restore fails when the e-mail address is in use, and names its owner", async ({ page }) => {
  const person = await find(page, laureate);
  const address = (await page.locator("#person-email").textContent())!;
  await page.getByRole("button", { name: "Delete" }).click();
  await open(page, "/users/new");
  await fill(page, { name: "Another Wilhelm", email: address });
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Another Wilhelm");
  await page.goto(person);
  await expect(page.getByText("Deleted on")).toContainText(`by ${admin.name}`);
  await expect(page.getByText("Erased for good on")).toContainText("in 30 days");
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("alert")).toContainText("Not restored. The e-mail address now belongs to Another Wilhelm");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByRole("alert").getByRole("link", { name: "Another Wilhelm" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.goto(person);
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText(`${laureate} was restored.`)).toBeVisible();
});
