import { defineConfig, devices } from "@playwright/test";
import { chromium } from "./server";

const executablePath = chromium();
const desktop = { viewport: { width: 1440, height: 900 } };

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  reporter: [["list"]],
  // A slow machine is no failure.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: {
      executablePath,
      // As root, Chromium has no sandbox; the rest keeps it from calling home.
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
    trace: "retain-on-failure",
  },
  projects: [
    { name: "desktop", use: desktop, testIgnore: "watch.spec.ts" },
    { name: "phone", use: { ...devices["Pixel 7"], viewport: { width: 360, height: 740 } }, testMatch: ["accounts.spec.ts", "api-docs.spec.ts", "browse.spec.ts", "forms.spec.ts", "hydrated.spec.ts"] },
    { name: "without-javascript", use: { ...desktop, javaScriptEnabled: false }, testMatch: ["accounts.spec.ts", "api-docs.spec.ts", "browse.spec.ts", "forms.spec.ts"] },
    // Builds while it runs: last, when nothing else needs the machine.
    { name: "watch", use: desktop, testMatch: "watch.spec.ts", dependencies: ["desktop", "phone", "without-javascript"] },
  ],
});
