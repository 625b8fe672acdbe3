// Page speed benchmarks: scripts/bench-page.
import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

export default defineConfig({ ...base, testDir: "bench", workers: 1, timeout: 20 * 60_000, reporter: "line", projects: [{ name: "bench" }] });
