// A Rollcall of its own for each worker: a free port, a fresh folder, ended with the worker.
import { test as base, expect, type BrowserContext } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const root = resolve(import.meta.dirname, "..");
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/** The browser of the machine. */
export const chromium = () => execFileSync(join(root, "scripts/tools"), ["chromium"], { encoding: "utf8" }).trim();

/** ROLLCALL_BIN, or what was built last. */
export function binary(): string {
  if (process.env.ROLLCALL_BIN) return process.env.ROLLCALL_BIN;
  const built = ["release", "debug"].map((profile) => join(target, profile, "rollcall")).filter((path) => existsSync(path));
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!built[0]) throw new Error("build Rollcall first: make build");
  return built[0];
}

export class Rollcall {
  private constructor(
    readonly url: string,
    /** The link that makes the first admin. */
    readonly setup: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(settings: { people?: boolean; anonymous?: string; binary?: string } = {}): Promise<Rollcall> {
    const rollcall = settings.binary ?? binary();
    const folder = mkdtempSync(join(tmpdir(), "rollcall-end2end-"));
    const options = { cwd: folder, env: { PATH: process.env.PATH, RUST_LOG: "warn" } };
    if (settings.people ?? true) {
      execFileSync(rollcall, ["import", join(root, "data/laureates.csv")], { ...options, stdio: "ignore" });
    }
    const server = spawn(rollcall, ["--listen", "127.0.0.1:0", "--anonymous", settings.anonymous ?? "read"], {
      ...options,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const links: string[] = [];
    for await (const line of createInterface(server.stdout!)) {
      links.push(...(line.match(/http:\S+/g) ?? []));
      if (links.length === 2) return new Rollcall(links[0], links[1], server, folder);
    }
    throw new Error("Rollcall did not start");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Gathers what the pages of a browser complain of, violations of their policy (CSP) among it. */
export async function listen(context: BrowserContext): Promise<string[]> {
  const complaints: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (violation) =>
      console.error(`${violation.violatedDirective} forbids ${violation.blockedURI}`),
    );
  });
  context.on("weberror", (error) => {
    const text = String(error.error());
    // Left before it was shown, a page is not moved into view; the browser calls that an error.
    if (!text.includes("Transition was aborted")) complaints.push(text);
  });
  context.on("console", (message) => {
    // What a test provokes by its address or by rebuilding is not told by the page.
    const provoked = /^(Failed to load resource|Live-reload disconnected)/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !provoked) complaints.push(message.text());
  });
  return complaints;
}

/** A test with the laureates behind it, which fails on any error that the browser tells of. */
export const test = base.extend<{ quiet: void }, { rollcall: Rollcall }>({
  rollcall: [
    async ({}, use) => {
      const rollcall = await Rollcall.start();
      await use(rollcall);
      await rollcall.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ rollcall }, use) => use(rollcall.url),
  quiet: [
    async ({ context }, use) => {
      const complaints = await listen(context);
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
