// All pages, each with the role that sees the most of it.
import type { Page } from "@playwright/test";
import type { Fixture } from "./fixture";
import type { Rollcall } from "./server";

export interface PageCase {
  name: string;
  as: "anonymous" | "admin";
  open: (page: Page, fixture: Fixture, empty: Rollcall) => Promise<unknown>;
  /** Too long for a full-page screenshot. */
  long?: boolean;
}

const at = (name: string, as: PageCase["as"], path: string | ((fixture: Fixture) => string)): PageCase => ({
  name,
  as,
  open: (page, fixture) => page.goto(typeof path === "string" ? path : path(fixture)),
});

async function submit(page: Page, path: string, fields: Record<string, string>): Promise<void> {
  await page.goto(path);
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name=${name}]`).fill(value);
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  // Skips client-side validation, so that the server's response is shown.
  await page.locator("main form[method=post]").first().evaluate((form: HTMLFormElement) => form.submit());
  await answered;
  await page.waitForLoadState();
}

/** Opens a page and acts on it once it is hydrated. */
const after = (name: string, as: PageCase["as"], path: string, act: (page: Page) => Promise<unknown>): PageCase => ({
  name,
  as,
  // Overlays are positioned within the viewport, so a full-page screenshot shows nothing more.
  long: true,
  open: async (page) => {
    await page.goto(path);
    await page.locator("html[data-hydrated]").waitFor();
    await act(page);
  },
});

/** Submits a person's form with an outdated version. */
async function causeConflict(page: Page, { person }: Fixture): Promise<void> {
  await page.goto(`${person}/edit`);
  await page.locator("main [name=version]").evaluate((version: HTMLInputElement) => (version.value = "1"));
  await page.locator("main [name=name]").fill("Somebody else");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("region", { name: "Your version" }).waitFor();
}

export const pages: PageCase[] = [
  at("list", "anonymous", "/"),
  at("list-admin", "admin", "/?q=an&sort=name"),
  at("list-no-match", "anonymous", "/?q=nobody+at+all"),
  { name: "list-empty", as: "anonymous", open: (page, _, empty) => page.goto(empty.url) },
  after("list-filter", "admin", "/?created_after=2020-01-01T00:00:00Z", (page) => page.locator(".filter > summary").click()),
  after("list-selected", "admin", "/", (page) => page.locator("[data-all]").check()),
  at("deleted", "admin", "/?status=deleted"),
  at("export", "anonymous", "/export?q=an&sort=name"),
  at("person", "anonymous", ({ person }) => person),
  at("person-admin", "admin", ({ person }) => person),
  {
    name: "toast",
    as: "admin",
    long: true,
    // Assigns the role that the person already has: a message appears, and nothing changes.
    open: async (page, { person }) => {
      await page.goto(person);
      await page.getByRole("button", { name: "Save role" }).click();
      await page.locator(".toast").waitFor();
    },
  },
  at("person-deleted", "admin", ({ deleted }) => deleted),
  at("new", "admin", "/users/new"),
  { name: "new-errors", as: "admin", open: (page) => submit(page, "/users/new", { name: "", email: "nonsense" }) },
  at("edit", "admin", ({ person }) => `${person}/edit`),
  { name: "conflict", as: "admin", open: causeConflict },
  at("history", "admin", ({ person }) => `${person}/history`),
  at("imports", "admin", "/imports"),
  at("import", "admin", (fixture) => fixture.import),
  at("sign-in", "anonymous", "/sign-in"),
  {
    name: "sign-in-error",
    as: "anonymous",
    open: (page, _, empty) => submit(page, `${empty.url}/sign-in`, { email: "eve@example.org", password: "wrong wrong wrong" }),
  },
  { name: "setup", as: "anonymous", open: (page, _, empty) => page.goto(empty.setup) },
  at("invite", "anonymous", ({ invitation }) => invitation),
  at("account", "admin", "/account"),
  at("tokens", "admin", "/tokens"),
  { ...at("audit", "admin", "/audit"), long: true },
  at("audit-choices", "admin", ({ person }) => `/audit?user=${person.split("/").pop()}&by=an`),
  { ...at("api-docs", "anonymous", "/api/docs"), long: true },
  after("palette", "admin", "/", async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("an");
    await page.getByRole("group", { name: "People" }).getByRole("option").first().waitFor();
  }),
  after("shortcuts", "admin", "/", (page) => page.keyboard.press("?")),
  at("not-found", "anonymous", "/nowhere"),
  at("error", "anonymous", "/?per_page=1000"),
];

/** Opens a page and waits until it is visually stable. */
export async function openPage(page: Page, pageCase: PageCase, fixture: Fixture, empty: Rollcall): Promise<void> {
  await pageCase.open(page, fixture, empty);
  const lives = await page.locator("script[type=module]").count();
  if (lives > 0) await page.locator("html[data-hydrated]").waitFor();
  await page.evaluate(() => document.fonts.ready);
}
