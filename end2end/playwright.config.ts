import { defineConfig, devices } from "@playwright/test";
import { chromium } from "./server";

const executablePath = chromium();

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath,
      // As root, Chromium has no sandbox; the rest keeps it from calling home.
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
    trace: "retain-on-failure",
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1440, height: 900 } } },
    { name: "phone", use: { ...devices["Pixel 7"], viewport: { width: 360, height: 740 } } },
    { name: "without JavaScript", use: { viewport: { width: 1440, height: 900 }, javaScriptEnabled: false } },
  ],
});
