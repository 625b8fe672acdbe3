// Creating and editing a person: on every device, and without JavaScript.
import type { Browser, Page } from "@playwright/test";
import { admin, expect, fill, find, isolatedTest as test, open, overflow } from "../fixture";
import { collectErrors, Rollcall } from "../server";

const laureate = "Wilhelm Conrad Röntgen";

/** An editor with a separate browser, which must not report errors either. */
async function editor(browser: Browser, directory: Rollcall, page: Page, name: string): Promise<{ page: Page; browserErrors: string[] }> {
  await find(page, name);
  await page.getByLabel("Role").selectOption("editor");
  await page.getByRole("button", { name: "Save role" }).click();
  await expect(page.getByText("Role saved.")).toBeVisible();
  await page.getByRole("button", { name: "Create an invitation link" }).click();
  const link = await page.getByLabel("Link for this person").inputValue();
  const { viewport, javaScriptEnabled } = test.info().project.use;
  const signedOut = { cookies: [], origins: [] };
  const context = await browser.newContext({ baseURL: directory.url, viewport, javaScriptEnabled, storageState: signedOut });
  const browserErrors = await collectErrors(context);
  const own = await context.newPage();
  await own.goto(link);
  await fill(own, { password: "violet heron map candle" });
  await own.getByRole("button", { name: "Set password" }).click();
  await expect(own.getByRole("heading", { level: 1 })).toHaveText("People");
  return { page: own, browserErrors };
}

test("a rejected form keeps its values, and the corrected form creates the person", async ({ page, javaScriptEnabled }) => {
  await open(page, "/users/new");
  await fill(page, { name: " \t", email: "grace.example.org" });
  await page.getByRole("button", { name: "Add" }).click();
  if (!javaScriptEnabled) await expect(page.getByText("E-mail must be an address like")).toBeVisible();
  const [name, email] = [page.getByLabel("Name"), page.getByLabel("E-mail")];
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveAccessibleDescription("Name must not be empty.");
  await expect(email).toHaveAccessibleDescription("E-mail must be an address like ada@example.org: the @ is missing.");
  await expect(email).toHaveValue("grace.example.org");
  await expect(name).toBeFocused();
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  await fill(page, { name: "Grace Hopper", email: admin.email.toUpperCase() });
  await page.getByRole("button", { name: "Add" }).click();
  await expect(email).toHaveAccessibleDescription("E-mail already belongs to another user.");
  await expect(name).toHaveValue("Grace Hopper");
  await expect(name).not.toHaveAttribute("aria-invalid");

  await fill(page, { email: "grace@example.org" });
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Grace Hopper");
  await expect(page.getByRole("status").filter({ hasText: "Grace Hopper was added." })).toBeVisible();
  await page.reload();
  await expect(page.getByText("was added.")).toHaveCount(0);
});

test("a person is created with the keyboard alone", async ({ page, javaScriptEnabled, isMobile }) => {
  test.skip(isMobile, "phones have no such keyboard");
  await open(page, "/users/new");
  const to = async (target: ReturnType<Page["getByRole"]>) => {
    const isThere = () => target.evaluate((element) => element === document.activeElement);
    for (let tabs = 0; tabs < 12 && !(await isThere()); tabs += 1) await page.keyboard.press("Tab");
    await expect(target).toBeFocused();
  };
  await to(page.getByLabel("Name"));
  await page.keyboard.type("Grace Hopper");
  await to(page.getByLabel("E-mail"));
  await page.keyboard.type("grace");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type("@example.org");
  if (javaScriptEnabled) await expect(page.getByLabel("E-mail")).not.toHaveAttribute("aria-invalid");
  await to(page.getByRole("button", { name: "Add" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Grace Hopper");
});

test("an edit conflict shows both versions and saves the chosen one", async ({ page, directory, browser }) => {
  const other = await editor(browser, directory, page, "Niels Bohr");
  const person = await find(page, laureate);
  const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).click();
  const causeConflict = async (theirs: string, mine: string) => {
    await open(page, `${person}/edit`);
    await open(other.page, `${person}/edit`);
    await fill(other.page, { name: theirs });
    await save(other.page);
    await expect(other.page.getByRole("heading", { level: 1 })).toHaveText(theirs);
    await fill(page, { name: mine });
    await save(page);
    await expect(page.getByRole("alert")).toContainText("Niels Bohr changed this person in the meantime");
    await expect(page.getByRole("region", { name: "Your version" })).toContainText(mine);
    await expect(page.getByRole("region", { name: "Current version" })).toContainText(theirs);
    await expect(page.getByText("differs")).toHaveCount(2);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  };
  await causeConflict("Wilhelm Theirs", "Wilhelm Mine");
  await page.getByRole("button", { name: "Save my version" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm Mine");
  await causeConflict("Wilhelm Theirs", "Wilhelm Mine again");
  await page.getByRole("link", { name: "Use the current version" }).click();
  await expect(page.getByLabel("Name")).toHaveValue("Wilhelm Theirs");
  await causeConflict("Wilhelm", "Röntgen");
  await expect(page.getByLabel("Name")).toHaveValue("Röntgen");
  await fill(page, { name: "Wilhelm Röntgen" });
  await save(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm Röntgen");

  await open(page, `${person}/edit`);
  await other.page.goto(person);
  await other.page.getByRole("button", { name: "Delete" }).click();
  await expect(other.page.getByText("Wilhelm Röntgen was deleted.")).toBeVisible();
  await fill(page, { name: "W. C. Röntgen" });
  await save(page);
  await expect(page.getByRole("alert")).toContainText("Niels Bohr deleted this person in the meantime");
  await expect(page.getByLabel("Name")).toHaveValue("W. C. Röntgen");
  await page.getByRole("button", { name: "Restore and save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("W. C. Röntgen");
  expect(other.browserErrors).toEqual([]);
});

test.describe("hydrated", () => {
  test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "needs JavaScript");

  test("a field is validated on blur, and on input once it is invalid", async ({ page }) => {
    await open(page, "/users/new");
    const [name, email] = [page.getByLabel("Name"), page.getByLabel("E-mail")];
    await name.focus();
    await email.focus();
    await expect(name, "untouched").not.toHaveAttribute("aria-invalid");
    await email.fill("grace@");
    await expect(email, "still being typed").not.toHaveAttribute("aria-invalid");
    await name.focus();
    await expect(email).toHaveAccessibleDescription(/^E-mail must have a host name after the @/);
    await email.fill("grace@-");
    await expect(email).toHaveAttribute("aria-invalid", "true");
    await email.fill("grace@example.org");
    await expect(email).not.toHaveAttribute("aria-invalid");
    await expect(page.locator(".field-error")).toHaveCount(0);
    await name.fill("x".repeat(201));
    await email.focus();
    await expect(name).toHaveAccessibleDescription("Name must have at most 200 characters; it has 201.");
  });

  test("leaving a form asks for confirmation only with unsaved changes", async ({ page }) => {
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await open(page, `${await find(page, laureate)}/edit`);
    await page.getByLabel("Name").fill("Wilhelm");
    await page.getByLabel("Name").fill(laureate);
    await page.getByRole("link", { name: "Cancel" }).click();
    await expect(page.getByRole("link", { name: "Edit" })).toBeVisible();
    expect(asked).toEqual([]);
    await page.getByRole("link", { name: "Edit" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-hydrated");
    await page.getByLabel("Name").fill("Wilhelm");
    await page.getByRole("link", { name: "Cancel" }).click({ noWaitAfter: true });
    await expect.poll(() => asked).toEqual(["beforeunload"]);
    await expect(page.getByLabel("Name")).toHaveValue("Wilhelm");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm");
    expect(asked).toHaveLength(1);
  });

  test("a form is submitted once, however often its button is clicked", async ({ page }) => {
    await open(page, "/users/new");
    let posts = 0;
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/users/new", async (route) => {
      posts += 1;
      await held;
      await route.continue();
    });
    await fill(page, { name: "Grace Hopper", email: "grace@example.org" });
    // Clicks from within the page, because Playwright's own click waits for the navigation.
    await page.getByRole("button", { name: "Add" }).evaluate((button: HTMLButtonElement) => {
      for (const later of [0, 100, 200]) setTimeout(() => button.click(), later);
    });
    await expect.poll(() => posts).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    answer();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Grace Hopper");
    expect(posts).toBe(1);
  });

  test("a person's id can be copied", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const person = await find(page, laureate);
    await expect(page.locator("html")).toHaveAttribute("data-hydrated");
    await page.getByRole("button", { name: "Copy id" }).click();
    await expect(page.getByRole("button", { name: "Copied id" })).toBeVisible();
    // Rollcall's permissions policy forbids reading the clipboard, so the test pastes what was copied.
    await page.goto("/users/new");
    await page.getByLabel("Name").focus();
    await page.keyboard.press("ControlOrMeta+V");
    await expect(page.getByLabel("Name")).toHaveValue(person.split("/").pop()!);
    await page.getByLabel("Name").fill("");
  });
});
