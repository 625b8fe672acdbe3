// Takes the pictures in docs/pictures, and renders the icons: npx playwright test --config screenshots.config.ts
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({ ...base, testDir: "screenshots", projects: [{ name: "screenshots" }] });
