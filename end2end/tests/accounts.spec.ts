// Sign-in, and the permissions of each role: on every device, and without JavaScript.
import type { Browser, Page } from "@playwright/test";
import { collectErrors, expect, Rollcall, test as base } from "../server";

const password = "mauve otter tax lantern";
const ada = { name: "Ada Lovelace", email: "ada@example.org", password };

/** A directory for one test, without anonymous access. */
const test = base.extend<{ directory: Rollcall }>({
  directory: async ({}, use) => {
    const directory = await Rollcall.start({ anonymous: "none" });
    await use(directory);
    await directory.stop();
  },
  baseURL: async ({ directory }, use) => use(directory.url),
});

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name=${name}]`).fill(value);
}

async function setUp(page: Page, directory: Rollcall): Promise<void> {
  await page.goto(directory.setup);
  await fill(page, ada);
  await page.getByRole("button", { name: "Create admin" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
}

/** Another user, with a separate browser, which must not report errors either. */
async function otherUser(browser: Browser, directory: Rollcall, from: Page): Promise<{ page: Page; browserErrors: string[] }> {
  const options = { baseURL: directory.url, viewport: from.viewportSize(), javaScriptEnabled: !test.info().project.name.startsWith("without") };
  const context = await browser.newContext(options);
  const browserErrors = await collectErrors(context);
  return { page: await context.newPage(), browserErrors };
}

/** Opens the page of a laureate, assigns a role and creates an invitation. */
async function invite(page: Page, name: string, role: string): Promise<string> {
  await page.goto(`/?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByLabel("Role").selectOption(role);
  await page.getByRole("button", { name: "Save role" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Role saved." })).toBeVisible();
  await page.getByRole("button", { name: "Create an invitation link" }).click();
  return await page.getByLabel("Link for this person").inputValue();
}

async function accept(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await fill(page, { password });
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");
}

test("each role has its permissions, from first setup to invitations and history", async ({ page, directory, browser }) => {
  await setUp(page, directory);
  await page.goto(directory.setup);
  await expect(page.getByText("This link has been used: there is already an admin.")).toBeVisible();

  const viewer = await otherUser(browser, directory, page);
  await accept(viewer.page, await invite(page, "Marie Curie", "viewer"));
  await viewer.page.goto("/?q=rontgen");
  await viewer.page.getByRole("link", { name: "Wilhelm Conrad Röntgen" }).click();
  const person = new URL(viewer.page.url()).pathname;
  await expect(viewer.page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm Conrad Röntgen");
  for (const control of ["Edit", "Full history", "Delete", "Save role"]) {
    await expect(viewer.page.getByText(control, { exact: true })).toHaveCount(0);
  }
  await viewer.page.goto("/");
  await expect(viewer.page.getByRole("link", { name: "New person" })).toHaveCount(0);
  for (const [path, form] of [
    [person, { action: "delete" }],
    [`${person}/edit`, { name: "Eve", email: "eve@example.org", version: "1" }],
    ["/users/new", { name: "Eve", email: "eve@example.org" }],
  ] as const) {
    const byHand = await viewer.page.request.post(path, { form });
    expect(byHand.status(), path).toBe(403);
  }
  for (const path of ["/audit", "/tokens", `${person}/history`, "/users/new", "/?status=deleted"]) {
    expect((await viewer.page.goto(path))!.status(), path).toBe(403);
  }

  const editor = await otherUser(browser, directory, page);
  await accept(editor.page, await invite(page, "Niels Bohr", "editor"));
  await editor.page.goto(person);
  await editor.page.getByRole("link", { name: "Edit" }).click();
  await fill(editor.page, { name: "Wilhelm Röntgen", email: "nonsense" });
  await editor.page.getByRole("button", { name: "Save" }).click();
  await expect(editor.page.getByText("the @ is missing")).toBeVisible();
  await expect(editor.page.getByLabel("Name")).toHaveValue("Wilhelm Röntgen");
  await fill(editor.page, { email: "wilhelm@example.org" });
  await editor.page.getByRole("button", { name: "Save" }).click();
  await expect(editor.page.getByRole("heading", { level: 1 })).toHaveText("Wilhelm Röntgen");
  await editor.page.getByRole("button", { name: "Delete" }).click();
  await expect(editor.page.getByText("Wilhelm Röntgen was deleted.")).toBeVisible();
  expect((await viewer.page.goto(person))!.status()).toBe(404);
  await editor.page.goto("/?status=deleted");
  await editor.page.getByRole("link", { name: "Wilhelm Röntgen" }).click();
  await editor.page.getByRole("button", { name: "Restore" }).click();
  await expect(editor.page.getByText("Wilhelm Röntgen was restored.")).toBeVisible();

  await page.goto(person);
  await page.getByRole("link", { name: "History" }).click();
  const history = page.locator("main ol > li");
  await expect(history).toHaveCount(4);
  await expect(history.nth(0)).toContainText("Restored by Niels Bohr");
  await expect(history.nth(2)).toContainText("Wilhelm Conrad Röntgen");
  await expect(history.nth(2)).toContainText("Wilhelm Röntgen");
  await page.goto("/audit?action=session.started");
  await expect(page.locator("main ol > li")).toHaveCount(3);
  expect([...viewer.browserErrors, ...editor.browserErrors]).toEqual([]);
});

test("an anonymous visitor signs in and is redirected to the requested page", async ({ page, directory, browser }) => {
  await setUp(page, directory);
  const { page: other, browserErrors } = await otherUser(browser, directory, page);
  await other.goto("/?q=curie&sort=name");
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await fill(other, { email: ada.email, password: "wrong wrong wrong" });
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other.getByText("is wrong, or no one with this e-mail address can sign in")).toBeVisible();
  await expect(other.getByLabel("E-mail")).toHaveValue(ada.email);
  await expect(other.getByLabel("Password")).toHaveValue("");
  await fill(other, { password });
  await other.getByRole("button", { name: "Sign in" }).click();
  await expect(other).toHaveURL(`${directory.url}/?q=curie&sort=name`);
  await expect(other.getByRole("rowheader").first()).toContainText("Curie");

  await page.goto("/account");
  await expect(page.getByText("This browser")).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  for (const signedOut of [page, other]) {
    await signedOut.goto("/account");
    await expect(signedOut.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  }
  expect(browserErrors).toEqual([]);
});

test("an API token is shown once, grants access, and can be revoked", async ({ page, directory, request }) => {
  await setUp(page, directory);
  await page.getByRole("link", { name: "Tokens" }).click();
  await fill(page, { name: "Payroll" });
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await page.getByLabel("Your new token").inputValue();
  const ask = () => request.get(`${directory.url}/api/v1/users`, { headers: { authorization: `Bearer ${token}` } });
  expect((await ask()).status()).toBe(200);
  await page.goto("/tokens");
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole("button", { name: /^Revoke/ }).click();
  await expect(page.getByText("Revoked", { exact: true })).toBeVisible();
  expect((await ask()).status()).toBe(401);
});

test("no admin page overflows horizontally", async ({ page, directory }) => {
  await setUp(page, directory);
  await page.getByRole("link", { name: "Ada Lovelace", exact: true }).first().click();
  for (const path of ["/account", "/tokens", "/audit", "/users/new", "/?status=deleted", "/sign-in"]) {
    await page.goto(path);
    const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
