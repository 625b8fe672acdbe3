// Importing people from a file: upload, preview, import and undo, with and without scripts.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { isolatedTest as test } from "../fixture";
import { collectErrors, expect } from "../server";

interface SourceFile {
  name: string;
  text: string;
}

/** Three new people, an invalid row and a duplicate. */
const mixed: SourceFile = {
  name: "people.csv",
  text: `Name,Contact,Team
Ada Lovelace,ada@example.org,Engines
Grace Hopper,grace@example.org,Compilers
Mary Shelley,mary@example.org,
Nobody,nonsense,
Ada again,ADA@example.org,
`,
};

/** Enough people for the import to take a moment, in more than one part. */
const many = (count: number): SourceFile => ({
  name: "many.csv",
  text: `name,email\n${Array.from({ length: count }, (_, n) => `Person Number ${n},person.number.${n}.of.many@example.org`).join("\n")}\n`,
});

const upload = ({ name, text }: SourceFile) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const countOf = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: new RegExp(`${name}$`) }).locator("strong");

async function drop(page: Page, { name, text }: SourceFile): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name, { type: "text/csv" }));
      return data;
    },
    [name, text],
  );
  await page.dispatchEvent(".drop", "drop", { dataTransfer });
}

async function open(page: Page): Promise<void> {
  await page.goto("/imports");
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  // This text appears on hydration.
  await expect(page.getByText("or drop one here")).toBeVisible();
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("a dropped file is mapped, previewed, imported and undone", async ({ page, context }) => {
  const browserErrors = await collectErrors(context);
  await open(page);
  await drop(page, mixed);
  await expect(page.getByRole("alert")).toContainText("no column email");
  await page.getByLabel("Contact").focus();
  await page.getByLabel("Contact").selectOption("E-mail");
  await expect(countOf(page, "Valid rows")).toHaveText("4");
  await expect(countOf(page, "Invalid rows")).toHaveText("1");
  await expect(page.getByLabel("Contact")).toBeFocused();
  await expect(page.getByText("Team", { exact: true }).first()).toBeVisible();
  await expect(page.locator(".import-rows").first()).toContainText("nonsense");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Upload and compare" }).click();

  await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
  for (const [name, count] of [["New", "3"], ["Invalid", "1"], ["Duplicate", "1"], ["Unchanged", "0"]]) {
    await expect(countOf(page, name)).toHaveText(count);
  }
  await expect(page.getByRole("heading", { name: "Invalid" })).toBeVisible();
  await page.getByRole("link", { name: "Duplicate" }).click();
  await expect(page.locator("#rows")).toContainText("line 2");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("must be ticked")).toBeVisible();
  await page.getByRole("checkbox", { name: "Skip the 2 rows" }).check();
  await page.getByRole("button", { name: "Import", exact: true }).click();

  await expect(page.getByText("3 people added, 2 skipped.")).toBeVisible();
  await expectAccessible(page);
  await page.getByText("Undo this import").click();
  await page.getByRole("button", { name: "Undo now" }).click();
  await expect(page.getByText("Everything was undone.")).toBeVisible();
  await page.goto("/?q=lovelace");
  await expect(page.getByText("No matches")).toBeVisible();
  expect(browserErrors).toEqual([]);
});

test("existing people can be updated, and the preview shows old and new values", async ({ page }) => {
  const [{ email }]: { email: string }[] = await (await page.request.get("/api/v1/users?q=curie")).json();
  await open(page);
  await drop(page, { name: "one.csv", text: `name,email\nSomebody Else,${email}\n` });
  await page.getByRole("button", { name: "Upload and compare" }).click();
  await expect(page.locator("#rows ins")).toHaveText("Somebody Else");
  await page.getByLabel("Update them").check();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("0 people added, 1 updated.")).toBeVisible();
});

test("a large upload shows its progress and can be cancelled", async ({ page }) => {
  await open(page);
  await drop(page, many(40_000));
  await expect(countOf(page, "Valid rows")).toHaveText("40,000");
  const held: (() => void)[] = [];
  await page.route("**/parts/2", (route) => new Promise<void>((go) => held.push(() => (route.continue().catch(() => {}), go()))));
  const deleted = page.waitForRequest((request) => request.method() === "DELETE");
  await page.getByRole("button", { name: "Upload and compare" }).click();
  await expect(page.getByRole("progressbar")).toHaveAttribute("value", String(1024 * 1024));
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Upload and compare" })).toBeVisible();
  const gone = await (await deleted).response();
  expect(gone!.ok()).toBe(true);
  held.forEach((release) => release());
  await page.goto("/imports");
  await expect(page.getByRole("row").filter({ hasText: "many.csv" })).toContainText("Cancelled");
});

test("a failed part is uploaded again", async ({ page }) => {
  await open(page);
  let failures = 0;
  await page.route("**/parts/1", (route) => (failures++ < 2 ? route.abort() : route.continue()));
  await drop(page, many(100));
  await page.getByRole("button", { name: "Upload and compare" }).click();
  await expect(countOf(page, "New")).toHaveText("100");
  expect(failures).toBe(3);
});

test("an import's progress updates automatically", async ({ page }) => {
  await open(page);
  await drop(page, many(40_000));
  await page.getByRole("button", { name: "Upload and compare" }).click();
  await expect(countOf(page, "New")).toHaveText("40,000", { timeout: 60_000 });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("40,000 people added.")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("progressbar")).toHaveCount(0);
});

test("hostile files are rejected with an error, and the page keeps working", async ({ page }) => {
  await open(page);
  for (const [text, says] of [
    [`name,email\n"never closed,${"x".repeat(1_200_000)}`, "line 2"],
    ["PK\u0003\u0004\u0000\u0000\u0000", ""],
    ["[1, 2", ""],
    [`${"a,".repeat(2_000)}b\n`, "columns"],
  ]) {
    await drop(page, { name: "hostile.csv", text });
    await expect(page.getByRole("alert")).toContainText(says, { ignoreCase: true });
    await expect(page.getByRole("button", { name: "Upload and compare" })).toHaveCount(0);
    await page.getByRole("button", { name: "Choose another file" }).click();
    await expect(page.getByLabel("Choose a file")).toBeVisible();
  }
  await drop(page, { name: "<img src=x onerror=alert(1)>.csv", text: "name,email\n=cmd(),<script>alert(1)</script>\n" });
  await expect(page.getByRole("heading", { name: "<img src=x" })).toBeVisible();
  await expect(countOf(page, "Invalid rows")).toHaveText("1");
});

test("an import works with the keyboard alone", async ({ page }) => {
  await open(page);
  await page.getByLabel("Choose a file").focus();
  await page.getByLabel("Choose a file").setInputFiles(upload(many(3)));
  await expect(page.getByRole("region", { name: "In the file" })).toBeFocused();
  await page.getByRole("button", { name: "Upload and compare" }).focus();
  await page.keyboard.press("Enter");
  await expect(countOf(page, "New")).toHaveText("3");
  await page.getByRole("button", { name: "Import", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("3 people added.")).toBeVisible();
  await page.getByText("Undo this import").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Undo now" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Everything was undone.")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("no step overflows horizontally", async ({ page }) => {
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await open(page);
    expect(await fits()).toBe(true);
    await drop(page, { ...mixed, text: mixed.text.replace("Contact", "E-mail").replace("nonsense", "n".repeat(150)) });
    await expect(countOf(page, "Invalid rows")).toHaveText("1");
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: "Upload and compare" }).click();
    await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
    expect(await fits()).toBe(true);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a form uploads the file, and the page refreshes automatically", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Import" }).click();
    await page.getByLabel("Choose a file").setInputFiles(upload(mixed));
    await page.getByRole("button", { name: "Upload and compare" }).click();
    await expect(page.getByText("no column email")).toBeVisible();
    await page.getByLabel("Contact").selectOption("E-mail");
    await page.getByRole("button", { name: "Read again" }).click();
    await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
    await expect(countOf(page, "New")).toHaveText("3");
    await page.getByRole("checkbox", { name: "Skip the 2 rows" }).check();
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await expect(page.getByText("3 people added, 2 skipped.")).toBeVisible();
    await page.getByText("Undo this import").click();
    await page.getByRole("button", { name: "Undo now" }).click();
    await expect(page.getByText("Everything was undone.")).toBeVisible();
  });

  test("a form without a file is rejected", async ({ page }) => {
    await page.goto("/imports");
    const answer = await page.request.post("/imports", { multipart: { other: "x" } });
    expect(answer.status()).toBe(422);
    expect(await answer.text()).toContain("must be chosen");
  });
});
