// Creating, editing and deleting a person: on every device, and without JavaScript.
import type { Browser, Page } from "@playwright/test";
import { collectErrors, expect, Rollcall, test as base } from "../server";

const password = "mauve otter tax lantern";
const laureate = "Wilhelm Conrad Röntgen";

/** A directory for one test, whose first admin has signed in. */
const test = base.extend<{ directory: Rollcall }>({
  directory: async ({}, use) => {
    const directory = await Rollcall.start();
    await use(directory);
    await directory.stop();
  },
  baseURL: async ({ directory }, use) => use(directory.url),
  page: async ({ page, directory }, use) => {
    await page.goto(directory.setup);
    await fill(page, { name: "Ada Lovelace", email: "ada@example.org", password });
    await page.getByRole("button", { name: "Create admin" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
    await use(page);
  },
});

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main .form [name=${name}]:visible`).fill(value);
}

/** Opens a page and waits until it is hydrated, if scripts are enabled. */
async function open(page: Page, path: string, javaScriptEnabled?: boolean): Promise<void> {
  await page.goto(path);
  if (javaScriptEnabled) await expect(page.locator("html")).toHaveAttribute("data-hydrated");
}

/** The path of a laureate's page. */
async function find(page: Page, name: string): Promise<string> {
  await page.goto(`/?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  return new URL(page.url()).pathname;
}

/** An editor with a separate browser, which must not report errors either. */
async function editor(browser: Browser, directory: Rollcall, admin: Page, name: string): Promise<{ page: Page; browserErrors: string[] }> {
  await find(admin, name);
  await admin.getByLabel("Role").selectOption("editor");
  await admin.getByRole("button", { name: "Save role" }).click();
  await expect(admin.getByText("Role saved.")).toBeVisible();
  await admin.getByRole("button", { name: "Create an invitation link" }).click();
  const link = await admin.getByLabel("Link for this person").inputValue();
  const { viewport, javaScriptEnabled } = test.info().project.use;
  const context = await browser.newContext({ baseURL: directory.url, viewport, javaScriptEnabled });
  const browserErrors = await collectErrors(context);
  const page = await context.newPage();
  await page.goto(link);
  await fill(page, { password });
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
  return { page, browserErrors };
}

const overflow = (page: Page) => page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);

test("a rejected form keeps its values, and the corrected form creates the person", async ({ page, javaScriptEnabled }) => {
  await open(page, "/users/new", javaScriptEnabled);
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

  await fill(page, { name: "Grace Hopper", email: "ADA@example.org" });
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
  await open(page, "/users/new", javaScriptEnabled);
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

test("an edit conflict shows both versions and saves the chosen one", async ({ page, directory, browser, javaScriptEnabled }) => {
  const other = await editor(browser, directory, page, "Niels Bohr");
  const person = await find(page, laureate);
  const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).click();
  const causeConflict = async (theirs: string, mine: string) => {
    await open(page, `${person}/edit`, javaScriptEnabled);
    await open(other.page, `${person}/edit`, javaScriptEnabled);
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

  await open(page, `${person}/edit`, javaScriptEnabled);
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
  await expect(page.getByText("Restored by Ada Lovelace")).toBeVisible();
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

test("a restore fails when the e-mail address is in use, and names its owner", async ({ page, javaScriptEnabled }) => {
  const person = await find(page, laureate);
  const address = (await page.locator("#person-email").textContent())!;
  await page.getByRole("button", { name: "Delete" }).click();
  await open(page, "/users/new", javaScriptEnabled);
  await fill(page, { name: "Another Wilhelm", email: address });
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Another Wilhelm");
  await page.goto(person);
  await expect(page.getByText("Deleted on")).toContainText("by Ada Lovelace");
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

test.describe("hydrated", () => {
  test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, "needs JavaScript");

  test("a field is validated on blur, and on input once it is invalid", async ({ page }) => {
    await open(page, "/users/new", true);
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
    await open(page, `${await find(page, laureate)}/edit`, true);
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
    await open(page, "/users/new", true);
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
