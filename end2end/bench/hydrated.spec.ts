// Compares the hydration time of the lists at OURS and THEIRS, measured alternately, and writes it to RESULT together
// with the transfer size of ours.
import type { Browser } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { test } from "../server";
import { hydrationTime, codeBytes, slowPage } from "./interaction";

const { OURS, THEIRS, ROUNDS = "5", RESULT = "/dev/stdout" } = process.env;

async function visit(browser: Browser, url: string): Promise<{ milliseconds: number; bytes: number }> {
  const page = await slowPage(browser, { viewport: { width: 1280, height: 800 } }, true);
  const milliseconds = await hydrationTime(page, url, true);
  const bytes = await codeBytes(page);
  await page.context().close();
  return { milliseconds, bytes };
}

test("time until a list is hydrated", async ({ browser }) => {
  if (!OURS || !THEIRS) throw new Error("scripts/bench-peers says where the lists are: it sets OURS and THEIRS");
  const rounds = [];
  for (let round = 0; round < Number(ROUNDS); round++) {
    rounds.push({ ours: await visit(browser, OURS), theirs: await visit(browser, THEIRS) });
  }
  writeFileSync(RESULT, JSON.stringify(rounds));
});
