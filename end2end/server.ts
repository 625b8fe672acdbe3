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

/** The installed browser. */
export const chromium = () => execFileSync(join(root, "scripts/tools"), ["chromium"], { encoding: "utf8" }).trim();

/** ROLLCALL_BIN, or the latest build. */
export function binary(): string {
  if (process.env.ROLLCALL_BIN) return process.env.ROLLCALL_BIN;
  const built = ["release", "debug"].map((profile) => join(target, profile, "rollcall")).filter((path) => existsSync(path));
  built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!built[0]) throw new Error("build Rollcall first: make build");
  return built[0];
}

/** A free port. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

export interface Settings {
  /** The people to create: the laureates (true), this many generated people (the same each time), or none. */
  people?: boolean | number;
  anonymous?: string;
  binary?: string;
  /** The fixed time of the server's clock, in UTC. */
  now?: string;
  /** Additional environment variables: DATABASE_URL, REDIS_URL, …. */
  environment?: Record<string, string>;
}

/** The folder of a Rollcall, and a runner for its commands. */
class Folder {
  private readonly path = mkdtempSync(join(tmpdir(), "rollcall-end2end-"));
  private readonly program: string[];

  private readonly environment: Record<string, string>;

  constructor({ now, binary: given, environment }: Settings) {
    this.environment = environment ?? {};
    const frozen = now ? ["faketime", "-m", "--exclude-monotonic", "-f", now] : [];
    this.program = [...frozen, given ?? binary()];
  }

  /** With a fixed clock, a process occasionally exits before it starts; then it is run a second time. */
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
    /** The setup link for the first admin. */
    readonly setup: string,
    private readonly process: ChildProcess,
    private readonly folder: Folder,
  ) {}

  /** Like `run`, starts a server with a fixed clock a second time if necessary. */
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

  /** Runs another command on the same database; returns its output. */
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

/** Messages that a test provokes by its URL or by rebuilding are not errors of the page. */
const alwaysIgnored = /^(Failed to load resource|Live-reload disconnected)/;

/** Chromium reports an error when it skips a view transition because the new page was revealed before its scripts ran.
    It does so when the style sheet is requested again, as in a debug build, and occasionally when the new document is
    still empty. */
const skippedTransition = /ViewTransition opt-in disabled|Page already revealed/;

/** Collects the errors and warnings of a browser's pages, including CSP violations,
    except for those that are provoked. */
export async function collectErrors(context: BrowserContext, provoked?: RegExp): Promise<string[]> {
  const browserErrors: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (violation) =>
      console.error(`${violation.violatedDirective} forbids ${violation.blockedURI}`),
    );
  });
  const report = (text: string, expected: RegExp) => {
    if (!expected.test(text) && !provoked?.test(text)) browserErrors.push(text);
  };
  context.on("weberror", (error) => report(String(error.error()), skippedTransition));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) report(message.text(), alwaysIgnored);
  });
  return browserErrors;
}

/** A test with the laureates, which fails on any browser error except those that it declares as provoked. */
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
      const browserErrors = await collectErrors(context, provokes);
      await use();
      expect(browserErrors).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
