// The filters of the audit page: on every device, and without JavaScript.
import { expect, test } from "../fixture";

test.use({ as: "admin" });

test("the audit trail is filtered by a person and an actor, each named by a word", async ({ page, fixture }) => {
  const user = fixture.person.split("/").pop();
  await page.goto("/audit");
  await page.getByLabel("Affected person").fill("angstrom");
  await page.getByLabel("Affected person").press("Enter");
  await expect(page).toHaveURL(new RegExp(`/audit\\?user=${user}$`));
  const person = page.getByRole("link", { name: /^Affected person: .* Ångström: remove this filter$/ });
  await expect(person).toContainText("Ångström");
  await expect(page.locator("main ol > li").filter({ hasNotText: "Ångström" })).toHaveCount(0);

  await page.getByLabel("Actor").fill("payroll");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(new RegExp(`/audit\\?user=${user}&actor=[0-9a-f-]{36}$`));
  await expect(page.getByRole("link", { name: "Actor: Payroll: remove this filter" })).toBeVisible();
  await expect(page.locator("main ol > li")).toHaveCount(1);
  await expect(page.locator("main ol > li")).toContainText("Edited");

  await person.click();
  await expect(page).toHaveURL(/\/audit\?actor=[0-9a-f-]{36}$/);
  await expect(page.getByLabel("Affected person")).toHaveValue("");
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/audit$/);
});

test("an ambiguous name offers a choice, which keeps the other filters", async ({ page }) => {
  await page.goto("/audit");
  await page.getByLabel("Action", { exact: true }).selectOption("user.updated");
  await page.getByLabel("Affected person").fill("an");
  await page.getByRole("button", { name: "Filter" }).click();
  const choices = page.getByRole("region", { name: "Several match “an”. Choose one." });
  await expect(choices.getByRole("heading")).toBeFocused();
  await expect(page.getByLabel("Affected person")).toHaveValue("an");
  const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const first = choices.getByRole("link").first();
  const name = (await first.textContent())!;
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/audit\?user=[0-9a-f-]{36}&action=user\.updated$/);
  await expect(page.getByRole("link", { name: `Affected person: ${name}: remove this filter`, exact: true })).toBeVisible();
});

test("a name that matches no one is an error at its field", async ({ page }) => {
  await page.goto("/audit");
  const field = page.getByLabel("Affected person");
  await field.fill("zzz");
  await field.press("Enter");
  await expect(field).toHaveAccessibleDescription(/no one matches “zzz”\.$/);
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveValue("zzz");
  await expect(field).toBeFocused();
});
