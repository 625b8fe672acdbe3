// Writes the benchmark's table to ROLLCALL_TABLE.
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { makeAdmin, signIn, admin } from "../fixture";
import { withLighthouse } from "../lighthouse";
import { expect, Rollcall, test } from "../server";
import { hydrationTime, slowPage, sortInPlace, interactionLatency } from "./interaction";

const runs = 5;
const hundred = "/?per_page=100";

type Numbers = Record<string, number>;

const limits = { "hydrated, 20 rows": 1000, "hydrated, 100 rows": 1000, selecting: 100, sorting: 100, typing: 100 };

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const medians = (all: Numbers[], name: string) => median(all.map((numbers) => numbers[name]).filter((value) => value !== undefined));

async function interact(page: Page): Promise<Numbers> {
  const numbers: Numbers = {};
  const box = page.getByRole("row").nth(3).getByRole("checkbox");
  if ((await box.count()) > 0) numbers.selecting = await interactionLatency(page, () => box.click());
  numbers.sorting = await interactionLatency(page, async () => {
    await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
    await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", /./);
  });
  await page.getByRole("searchbox").focus();
  numbers.typing = await interactionLatency(page, () => page.getByRole("searchbox").pressSequentially("maria", { delay: 120 }));
  return numbers;
}

/** One visit to the list, small and large, with and without its scripts. */
async function visit(browser: Browser, options: BrowserContextOptions, scripts: boolean): Promise<Numbers> {
  const numbers: Numbers = {};
  for (const [name, address] of [["hydrated, 20 rows", "/"], ["hydrated, 100 rows", hundred]]) {
    const page = await slowPage(browser, options, scripts);
    numbers[name] = await hydrationTime(page, address, scripts);
    if (address === hundred) {
      if (!scripts) await page.evaluate(sortInPlace);
      Object.assign(numbers, await interact(page));
    }
    await page.context().close();
  }
  return numbers;
}

/** Lighthouse's performance score of each page, out of 100. */
async function speed(urls: Record<string, string>): Promise<Numbers[]> {
  return withLighthouse(async (audit) => {
    const scores: Numbers[] = [];
    for (let run = 0; run < runs; run++) {
      const numbers: Numbers = {};
      for (const [name, url] of Object.entries(urls)) numbers[name] = (await audit(url, ["performance"])).scores.performance!;
      scores.push(numbers);
    }
    return scores;
  });
}

test("hydration time and interaction latency", async ({ browser }) => {
  const rollcall = await Rollcall.start({ people: 2_000 });
  makeAdmin(rollcall);
  const options = { baseURL: rollcall.url, storageState: await signIn(rollcall, admin), viewport: { width: 1280, height: 800 } };
  const [ours, floor]: [Numbers[], Numbers[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    ours.push(await visit(browser, options, true));
    floor.push(await visit(browser, options, false));
  }
  const [{ id }] = await (await fetch(`${rollcall.url}/api/v1/users?per_page=1`)).json();
  const urls = { list: rollcall.url, person: `${rollcall.url}/users/${id}`, "sign-in": `${rollcall.url}/sign-in` };
  const scores = await speed(urls);
  await rollcall.stop();

  const ms = (value?: number) => (value === undefined ? "–" : `${Math.round(value)} ms`);
  const lines = [
    ["processor slowed 4 times", "Rollcall", "without its scripts", "limit"],
    ["---", "---", "---", "---"],
    ...Object.entries(limits).map(([name, limit]) => [name, ms(medians(ours, name)), ms(medians(floor, name)), `${limit} ms`]),
    ...Object.keys(urls).map((name) => [`Lighthouse performance, ${name}`, String(medians(scores, name)), "", "95 and more"]),
  ];
  writeFileSync(process.env.ROLLCALL_TABLE ?? "/dev/stdout", lines.map((line) => `| ${line.join(" | ")} |\n`).join(""));
});
