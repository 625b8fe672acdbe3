// The API documentation page: on every device, and without JavaScript.
import { expect, test } from "../server";

interface Operation {
  operationId: string;
  summary: string;
}

test("every operation of the OpenAPI document is linked in the table of contents", async ({ page, request }) => {
  const document = await (await request.get("/api/v1/openapi.json")).json();
  const operations = Object.values<Record<string, Operation>>(document.paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(5);
  await page.goto("/api/docs");
  await expect(page).toHaveTitle("API · Rollcall");
  await expect(page.locator("main article[id]")).toHaveCount(operations.length + Object.keys(document.components.schemas).length);
  const contents = page.getByRole("navigation", { name: "Operations" });
  for (const { operationId, summary } of operations) {
    await contents.getByRole("link", { name: summary, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/api/docs#${operationId}$`));
    await expect(page.locator(`#${operationId}`).getByRole("heading", { level: 3 })).toBeInViewport();
  }
});

test("a request body links to its schema", async ({ page }) => {
  await page.goto("/api/docs");
  const update = page.locator("#updateUser");
  await expect(update.getByText("application/merge-patch+json")).toBeVisible();
  await update.getByRole("link", { name: "UserPatch" }).click();
  await expect(page.locator("#schema-UserPatch").getByRole("heading")).toBeInViewport();
  await expect(page.locator("#schema-UserPatch").getByRole("row", { name: /^email/ })).toBeVisible();
});

test("the page does not overflow horizontally in light or dark mode", async ({ page }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto("/api/docs");
    const overflow = await page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow, colorScheme).toBeLessThanOrEqual(0);
  }
});
