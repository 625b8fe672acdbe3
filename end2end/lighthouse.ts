// Runs Lighthouse in the installed Chromium with the mobile profile.
import { chromium as playwright } from "@playwright/test";
import lighthouse from "lighthouse";
import config from "./playwright.config";
import { freePort } from "./server";

export type Category = "accessibility" | "best-practices" | "performance";

export interface Report {
  /** Scores out of 100. */
  scores: Partial<Record<Category, number>>;
  /** Audits that lower the score. */
  found: string[];
}

/** Lets `use` audit pages with a separate browser, which is closed afterwards. */
export async function withLighthouse<T>(use: (audit: (url: string, only: Category[]) => Promise<Report>) => Promise<T>): Promise<T> {
  const port = await freePort();
  const { launchOptions } = config.use!;
  const browser = await playwright.launch({ ...launchOptions, args: [...launchOptions!.args!, `--remote-debugging-port=${port}`] });
  try {
    return await use((url, only) => audit(port, url, only));
  } finally {
    await browser.close();
  }
}

async function audit(port: number, url: string, onlyCategories: Category[]): Promise<Report> {
  const result = await lighthouse(url, { port, onlyCategories, logLevel: "error" });
  if (!result || result.lhr.runtimeError) throw new Error(result?.lhr.runtimeError?.message ?? "Lighthouse returned no result");
  const { audits, categories } = result.lhr;
  const scores = Object.fromEntries(Object.values(categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]));
  const counted = Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0));
  const failed = counted.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 1);
  return { scores, found: failed.map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ""}`.trim()) };
}
