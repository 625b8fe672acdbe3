// Takes the pictures of the README and the user guide, docs/pictures: the list, the command palette, the history of a
// person, and the preview of an import.
import { request as requests, type APIRequestContext, type Browser, type Page } from "@playwright/test";
import { join } from "node:path";
import { sendFile, signIn } from "../fixture";
import { expect, root, test, type Rollcall } from "../server";

const ada = { name: "Ada Lovelace", email: "ada@example.org", password: "mauve otter tax lantern" };

const pioneers = [
  "Hedy Lamarr", "Grace Hopper", "Emmy Noether", "Sofya Kovalevskaya", "Lise Meitner", "Mary Somerville",
  "Sophie Germain", "Rosalind Franklin", "Chien-Shiung Wu", "Katherine Johnson", "Hypatia", "Émilie du Châtelet",
];

/** A file with new people, a changed one, an unchanged one and one invalid address. */
const file = [
  "Full name,E-mail,Team",
  ...pioneers.map((name, n) => `${name},pioneer${n + 1}@example.org,Research`),
  "Marie Skłodowska Curie,marie.curie@laureates.example,Radium",
  "Ada Lovelace,ada@example.org,Engines",
  "Charles Babbage,charles,Engines",
];

/** Changes a person as Ada and as a service; returns the path of their history. */
async function edit(browser: APIRequestContext, rollcall: Rollcall): Promise<string> {
  const [{ id }] = await (await browser.get("/api/v1/users?q=ressa")).json();
  const token = rollcall.command(["token", "create", "--name", "Payroll", "--scope", "users:read", "--scope", "users:write"]);
  const service = await requests.newContext({ baseURL: rollcall.url, extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  const headers = { "content-type": "application/merge-patch+json", "if-match": "*" };
  for (const [by, change] of [[browser, { name: "Maria Angelita Ressa" }], [service, { email: "maria@rappler.example" }]] as const) {
    const answer = await by.patch(`/api/v1/users/${id}`, { headers, data: JSON.stringify(change) });
    expect(answer.status()).toBe(200);
  }
  await service.dispose();
  return `/users/${id}/history`;
}

interface Shot {
  name: string;
  path: string;
  act?: (page: Page) => Promise<void>;
}

let paths: { history: string; preview: string };

test.beforeAll(async ({ rollcall }) => {
  const setup = await requests.newContext();
  await setup.post(rollcall.setup, { form: ada });
  await setup.dispose();
  const browser = await requests.newContext({ baseURL: rollcall.url, storageState: await signIn(rollcall, ada) });
  paths = { history: await edit(browser, rollcall), preview: await sendFile(browser, file) };
  await browser.dispose();
});

/** Searches in the command palette. */
async function search(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("mar");
  await page.getByRole("group", { name: "People" }).getByRole("option").first().waitFor();
}

/** Takes pictures of pages of a signed-in admin. */
async function take(browser: Browser, rollcall: Rollcall, colorScheme: "light" | "dark", shots: Shot[]): Promise<void> {
  const storageState = await signIn(rollcall, ada);
  const context = await browser.newContext({ baseURL: rollcall.url, viewport: { width: 1200, height: 720 }, colorScheme, storageState });
  const page = await context.newPage();
  for (const { name, path, act } of shots) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("data-hydrated");
    await act?.(page);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(root, `docs/pictures/${name}-${colorScheme}.png`), animations: "disabled" });
  }
  await context.close();
}

const list: Shot = { name: "list", path: "/?q=mar" };

test("the four pictures of the tour", async ({ browser, rollcall }) => {
  const palette: Shot = { name: "search", path: "/", act: search };
  const history: Shot = { name: "history", path: paths.history };
  const preview: Shot = { name: "import", path: paths.preview };
  await take(browser, rollcall, "light", [list, palette, history, preview]);
});

test("the list in dark colours", async ({ browser, rollcall }) => {
  await take(browser, rollcall, "dark", [list]);
});
