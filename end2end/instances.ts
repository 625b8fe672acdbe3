// Fixture: two instances with one PostgreSQL and one Redis of their own.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { admin, makeAdmin, signIn, type Fixture } from "./fixture";
import { collectErrors, expect, freePort, Rollcall, root, test as base } from "./server";

export interface Instances {
  first: Rollcall;
  second: Rollcall;
  /** The admin's session, valid at both instances. */
  session: Fixture["session"];
}

const ended = (process: ChildProcess) => new Promise<void>((resolve) => process.once("exit", () => resolve()));

/** Starts a PostgreSQL that runs until it is stopped; returns its URL. */
async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const script = ["sh", "-c", 'echo "$ROLLCALL_TEST_POSTGRES"; cat >/dev/null'];
  const process = spawn(join(root, "scripts/with-postgres"), script, { stdio: ["pipe", "pipe", "inherit"] });
  for await (const url of createInterface(process.stdout)) {
    const stop = async () => {
      const end = ended(process);
      process.stdin.end();
      await end;
    };
    return { url, stop };
  }
  throw new Error("PostgreSQL did not start");
}

async function startRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = String(await freePort());
  const folder = mkdtempSync(join(tmpdir(), "rollcall-redis-"));
  const process = spawn("redis-server", ["--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", folder], { stdio: "ignore" });
  const stop = async () => {
    const end = ended(process);
    process.kill("SIGTERM");
    await end;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** A test with two instances, whose page is signed in as the admin at the first. */
export const test = base.extend<object, { instances: Instances }>({
  instances: [
    async ({}, use) => {
      const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
      const environment = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
      const first = await Rollcall.start({ environment });
      const second = await Rollcall.start({ environment, people: false });
      makeAdmin(first);
      await use({ first, second, session: await signIn(first, admin) });
      await Promise.all([first.stop(), second.stop()]);
      await Promise.all([postgres.stop(), redis.stop()]);
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ instances }, use) => use(instances.first.url),
  storageState: async ({ instances }, use) => use(instances.session),
});

export { admin, collectErrors, expect };
