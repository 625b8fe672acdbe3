// `cargo leptos watch` in a copy of the project: a change to a component appears without a manual reload.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, freePort, root, target, test as base } from "../server";

const test = base.extend<{ watched: { folder: string; url: string } }>({
  watched: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "rollcall-watch-"));
      const left = new Set(["target", "node_modules", ".git"]);
      cpSync(root, folder, { recursive: true, filter: (path) => !left.has(basename(path)) });
      const [port, reloadPort] = [await freePort(), await freePort()];
      const watch = spawn("cargo", ["leptos", "watch"], {
        cwd: folder,
        detached: true,
        stdio: "inherit",
        env: {
          ...process.env,
          CARGO_TARGET_DIR: target,
          LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
          LEPTOS_RELOAD_PORT: `${reloadPort}`,
          ROLLCALL_LISTEN: `127.0.0.1:${port}`,
          ROLLCALL_ANONYMOUS: "read",
        },
      });
      const ended = new Promise((resolve) => watch.once("exit", resolve));
      await use({ folder, url: `http://127.0.0.1:${port}` });
      process.kill(-watch.pid!, "SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
    { timeout: 0 },
  ],
});

test("a change to a component or a style sheet appears in the open page without a reload", async ({ watched, page }) => {
  test.setTimeout(25 * 60_000);
  await expect(async () => {
    expect((await page.goto(watched.url))!.status()).toBe(200);
  }).toPass({ timeout: 20 * 60_000, intervals: [1_000] });
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("People");

  const edit = (file: string, from: string, to: string) => {
    const path = join(watched.folder, file);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };
  const changed = Date.now();
  edit("src/ui/text/en/people.rs", 'PEOPLE: &str = "People"', 'PEOPLE: &str = "Users"');
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Users", { timeout: 4 * 60_000 });
  console.log(`A changed component is on the page after ${((Date.now() - changed) / 1_000).toFixed(1)} s`);
  await expect(page.locator("html")).toHaveAttribute("data-hydrated");

  edit("style/base.css", "body {", "body {\n  padding-top: 7px;");
  await expect(page.locator("body")).toHaveCSS("padding-top", "7px", { timeout: 60_000 });
});
