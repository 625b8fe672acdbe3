// Takes the README's screenshots: npx playwright test --config screenshots.config.ts
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({ ...base, testDir: "screenshots", projects: [{ name: "screenshots" }] });
