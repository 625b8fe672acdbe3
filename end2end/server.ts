// Fixture: one Rollcall per worker, on a free port with a fresh folder, stopped with the worker.
import { test as base, expect, type BrowserContext } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
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

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export interface Settings {
  /** Who is there: the laureates (true), so many made-up people, who are the same each time, or nobody. */
  people?: boolean | number;
  anonymous?: string;
  binary?: string;
  /** Where the server's clock stands, in UTC, for as long as it runs. */
  now?: string;
  /** What else is set: DATABASE_URL, REDIS_URL, …. */
  environment?: Record<string, string>;
}

/** Where a Rollcall keeps its people, and how its commands are run there. */
class Folder {
  private readonly path = mkdtempSync(join(tmpdir(), "rollcall-end2end-"));
  private readonly program: string[];

  private readonly environment: Record<string, string>;

  constructor({ now, binary: given, environment }: Settings) {
    this.environment = environment ?? {};
    const frozen = now ? ["faketime", "-m", "--exclude-monotonic", "-f", now] : [];
    this.program = [...frozen, given ?? binary()];
  }

  /** Under a stopped clock a process now and then ends before it begins: then it is run once more. */
  run(args: string[], input = ""): string {
    try {
      return this.runOnce(args, input);
    } catch (error) {
      if (this.program.length === 1) throw error;
      return this.runOnce(args, input);
    }
  }

  private runOnce(args: string[], input: string): string {
    const [program, ...rest] = [...this.program, ...args];
    return execFileSync(program, rest, { ...this.options(), input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  }

  serve(args: string[]): ChildProcess {
    const [program, ...rest] = [...this.program, ...args];
    // A process group of its own, because faketime runs Rollcall as a child process.
    return spawn(program, rest, { ...this.options(), detached: true, stdio: ["ignore", "pipe", "inherit"] });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private options() {
    return { cwd: this.path, env: { PATH: process.env.PATH, RUST_LOG: "warn", TZ: "UTC", ...this.environment } };
  }
}

export class Rollcall {
  private constructor(
    readonly url: string,
    /** The link that makes the first admin. */
    readonly setup: string,
    private readonly process: ChildProcess,
    private readonly folder: Folder,
  ) {}

  /** As with commands, a server under a stopped clock is started once more. */
  static async start(settings: Settings = {}): Promise<Rollcall> {
    return (await Rollcall.attempt(settings)) ?? (await Rollcall.attempt(settings)) ?? Promise.reject(new Error("Rollcall did not start"));
  }

  private static async attempt(settings: Settings): Promise<Rollcall | undefined> {
    const folder = new Folder(settings);
    const people = settings.people ?? true;
    if (people === true) folder.run(["import", join(root, "data/laureates.csv")]);
    else if (people) folder.run(["seed", "--count", String(people)]);
    const server = folder.serve(["--listen", "127.0.0.1:0", "--anonymous", settings.anonymous ?? "read"]);
    const links: string[] = [];
    for await (const line of createInterface(server.stdout!)) {
      links.push(...(line.match(/http:\S+/g) ?? []));
      if (links.length === 2) return new Rollcall(links[0], links[1], server, folder);
    }
    folder.remove();
    return undefined;
  }

  /** Runs another of its commands on the same database; answers what it prints. */
  command(args: string[], input = ""): string {
    return this.folder.run(args, input).trim();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    process.kill(-this.process.pid!, "SIGTERM");
    await ended;
    this.folder.remove();
  }
}

/** What a test provokes by its address or by rebuilding is not told by the page. */
const provokedByAny = /^(Failed to load resource|Live-reload disconnected)/;

/** Where Chromium gives up to move a page into view before any script of it runs, it just appears, but that is
    called an error. It gives up where the style sheet is asked for anew, as in a debug build, and comes too late
    to say that the page wants it; and now and then by itself, where a new document is still empty. */
const givenUp = /ViewTransition opt-in disabled|Page already revealed/;

/** Gathers what the pages of a browser complain of, violations of their policy (CSP) among it, but for what is
    provoked. */
export async function listen(context: BrowserContext, provoked?: RegExp): Promise<string[]> {
  const complaints: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (violation) =>
      console.error(`${violation.violatedDirective} forbids ${violation.blockedURI}`),
    );
  });
  const complain = (text: string, expected: RegExp) => {
    if (!expected.test(text) && !provoked?.test(text)) complaints.push(text);
  };
  context.on("weberror", (error) => complain(String(error.error()), givenUp));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(message.text(), provokedByAny);
  });
  return complaints;
}

/** A test with the laureates behind it, which fails on any error that the browser tells of, but for those that
    it says it provokes. */
export const test = base.extend<{ provokes: RegExp | undefined; quiet: void }, { rollcall: Rollcall }>({
  rollcall: [
    async ({}, use) => {
      const rollcall = await Rollcall.start();
      await use(rollcall);
      await rollcall.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ rollcall }, use) => use(rollcall.url),
  provokes: [undefined, { option: true }],
  quiet: [
    async ({ context, provokes }, use) => {
      const complaints = await listen(context, provokes);
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
