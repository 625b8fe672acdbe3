// Fixture: a deterministic Rollcall with generated people whose ids and dates come from a seed, an admin, a fixed
// clock, and an example of everything that a page can show.
import { request as requests, type APIRequestContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { expect, Rollcall, test as base } from "./server";

/** The fixed time of server and browser. */
export const now = "2026-01-05 12:00:00";
export const admin = { name: "Johan Andersson", email: "johan.andersson46@seed1.example", password: "mauve otter tax lantern" };

type Session = Exclude<BrowserContextOptions["storageState"], string | undefined>;

/** A fixed request id, because pages show it. */
export const headers = { "x-request-id": "7d444840-9dc0-11d1-b245-5ffdce74fad2" };

export interface Fixture {
  rollcall: Rollcall;
  /** The admin's session. */
  session: Session;
  /** Paths of a person who was edited and one who was deleted. */
  person: string;
  deleted: string;
  invitation: string;
  /** The path of an import that was checked but not applied. */
  import: string;
}

/** Signs in with the form; returns the browser's storage state. */
export async function signIn(rollcall: Rollcall, form: { email: string; password: string }): Promise<Session> {
  const browser = await requests.newContext({ baseURL: rollcall.url, extraHTTPHeaders: headers, userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0" });
  expect((await browser.post("/sign-in", { form })).url()).not.toContain("sign-in");
  const session = await browser.storageState();
  await browser.dispose();
  return session;
}

export function makeAdmin(rollcall: Rollcall): void {
  rollcall.command(["admin", "create", "--name", admin.name, "--email", admin.email, "--password-stdin"], admin.password);
}

/** Changes one person and deletes another, through the API. */
async function change(api: APIRequestContext): Promise<Pick<Fixture, "person" | "deleted"> & { email: string }> {
  const listed: { id: string; name: string; email: string }[] = await (await api.get("/api/v1/users")).json();
  const people = listed.filter(({ email }) => email !== admin.email);
  const [edited, deleted] = people.map(({ id }) => `/api/v1/users/${id}`);
  const response = await api.patch(edited, {
    headers: { "content-type": "application/merge-patch+json", "if-match": "*" },
    data: JSON.stringify({ name: `${people[0].name} Ångström` }),
  });
  expect(response.status()).toBe(200);
  expect((await api.delete(deleted)).status()).toBe(204);
  return { person: edited.replace("/api/v1", ""), deleted: deleted.replace("/api/v1", ""), email: people[0].email };
}

async function invite(browser: APIRequestContext, person: string): Promise<string> {
  await browser.post(person, { form: { action: "role", role: "viewer" } });
  const page = await (await browser.post(person, { form: { action: "link" } })).text();
  const [link] = page.match(/http:[^"]*\/invite[^"]*/) ?? [];
  if (!link) throw new Error("there is no invitation on the page");
  return link;
}

/** The lines of a file with rows of every outcome. */
const fileOf = (known: string) => ["Full name,E-mail,Team", "Ada Lovelace,ada@example.org,Engines", `Somebody Else,${known},`, "Nobody,nonsense,", ",grace@example.org,Compilers", "Ada again,ADA@example.org,"];

/** Uploads a file, waits until it is checked, and returns the path of the import. */
export async function sendFile(browser: APIRequestContext, lines: string[]): Promise<string> {
  const file = { name: "new people.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) };
  const sent = await browser.post("/imports", { multipart: { file } });
  await expect(async () => expect(await (await browser.get(sent.url())).text()).toContain("Preview")).toPass();
  return new URL(sent.url()).pathname;
}

async function build(): Promise<{ fixture: Fixture; stop: () => Promise<void> }> {
  const rollcall = await Rollcall.start({ people: 60, now });
  makeAdmin(rollcall);
  const scopes = ["users:read", "users:write"].flatMap((scope) => ["--scope", scope]);
  const token = rollcall.command(["token", "create", "--name", "Payroll", ...scopes]);
  const options = { baseURL: rollcall.url, extraHTTPHeaders: headers };
  const api = await requests.newContext({ ...options, extraHTTPHeaders: { ...headers, authorization: `Bearer ${token}` } });
  const people = await change(api);
  const session = await signIn(rollcall, admin);
  const browser = await requests.newContext({ ...options, storageState: session });
  const invitation = await invite(browser, people.person);
  const sent = await sendFile(browser, fileOf(people.email));
  await Promise.all([api.dispose(), browser.dispose()]);
  return { fixture: { rollcall, session, person: people.person, deleted: people.deleted, invitation, import: sent }, stop: () => rollcall.stop() };
}

/** A test with this fixture, as an anonymous visitor or as its admin. `empty` is a second directory that is not set up yet. */
export const test = base.extend<{ as: "anonymous" | "admin" }, { fixture: Fixture; empty: Rollcall }>({
  fixture: [
    async ({}, use) => {
      const { fixture, stop } = await build();
      await use(fixture);
      await stop();
    },
    { scope: "worker" },
  ],
  empty: [
    async ({}, use) => {
      const empty = await Rollcall.start({ people: false, now });
      await use(empty);
      await empty.stop();
    },
    { scope: "worker" },
  ],
  as: ["anonymous", { option: true }],
  baseURL: async ({ fixture }, use) => use(fixture.rollcall.url),
  storageState: async ({ as, fixture }, use) => use(as === "admin" ? fixture.session : undefined),
  extraHTTPHeaders: headers,
});

/** A test with a directory of its own: the laureates, with its admin signed in. */
export const isolatedTest = base.extend<{ directory: Rollcall }>({
  directory: async ({}, use) => {
    const directory = await Rollcall.start();
    makeAdmin(directory);
    await use(directory);
    await directory.stop();
  },
  baseURL: async ({ directory }, use) => use(directory.url),
  storageState: async ({ directory }, use) => use(await signIn(directory, admin)),
});

/** A test that changes nothing: the laureates, in a directory that a worker's tests share, with its admin signed in. */
export const sharedTest = base.extend<object, { session: Session }>({
  session: [
    async ({ rollcall }, use) => {
      makeAdmin(rollcall);
      await use(await signIn(rollcall, admin));
    },
    { scope: "worker" },
  ],
  storageState: async ({ session }, use) => use(session),
});

/** Opens a page and waits until it is hydrated, if scripts are enabled. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  if (base.info().project.use.javaScriptEnabled !== false) await expect(page.locator("html")).toHaveAttribute("data-hydrated");
}

/** Fills in the fields of the page's form. */
export async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main .form [name=${name}]:visible`).fill(value);
}

/** Opens a laureate's page through the search; returns its path. */
export async function find(page: Page, name: string): Promise<string> {
  await page.goto(`/?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  return new URL(page.url()).pathname;
}

/** By how many pixels the page is wider than the window. */
export const overflow = (page: Page) => page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);

export { expect };
