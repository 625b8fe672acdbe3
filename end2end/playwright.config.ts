import { defineConfig, devices } from "@playwright/test";
import { join } from "node:path";
import { chromium } from "./server";

const executablePath = chromium();
const desktop = { viewport: { width: 1440, height: 900 } };

const everywhere = ["accounts", "api-docs", "audit", "browse", "bulk", "forms", "list", "trash"].map((name) => `${name}.spec.ts`);
const onPhone = [...everywhere, "accessibility.spec.ts", "hydrated.spec.ts", "layout-shift.spec.ts", "visual.spec.ts"];

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: "100%",
  forbidOnly: !!process.env.CI,
  // On a shared machine a page may be painted half parsed; a test that passes only the second time is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"]],
  // Generous timeouts: a slow machine must not fail a test.
  timeout: 5 * 60_000,
  expect: { timeout: 30_000, toHaveScreenshot: { maxDiffPixels: 20 } },
  snapshotPathTemplate: "snapshots/{arg}-{projectName}{ext}",
  use: {
    launchOptions: {
      executablePath,
      env: { ...process.env, FONTCONFIG_FILE: join(import.meta.dirname, "fonts.conf") },
      // Chromium as root cannot use its sandbox. The other flags stop its background requests.
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
    trace: "retain-on-failure",
  },
  projects: [
    { name: "desktop", use: desktop, testIgnore: "watch.spec.ts" },
    { name: "phone", use: { ...devices["Pixel 7"], viewport: { width: 360, height: 740 } }, testMatch: onPhone },
    { name: "without-javascript", use: { ...desktop, javaScriptEnabled: false }, testMatch: everywhere },
    // Compiles Rollcall while it runs, so it runs last, when nothing else needs the machine.
    { name: "watch", use: desktop, testMatch: "watch.spec.ts", dependencies: ["desktop", "phone", "without-javascript"] },
  ],
});
