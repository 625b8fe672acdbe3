// Parts of the list page, as the tests find them.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";

export const names = (page: Page) => page.getByRole("rowheader");
export const boxes = (page: Page) => page.getByRole("rowgroup").last().getByRole("checkbox");
export const bar = (page: Page) => page.getByRole("group", { name: "Selected people" });
/** The total number of people in the list. */
export const total = async (page: Page) => Number((await page.locator(".paging p").first().textContent())!.match(/of ([\d,]+)/)![1].replace(",", ""));

/** The lines of the file that an export page downloads. */
export async function download(page: Page, kind: string): Promise<string[]> {
  const downloads = page.waitForEvent("download");
  await page.getByRole("link", { name: `Download ${kind}`, exact: true }).click();
  return (await readFile(await (await downloads).path(), "utf8")).trim().split("\n");
}
