// Renders the PNG icons public/icon-*.png from the SVG icon.
import { test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../server";

const svg = readFileSync(join(root, "public/favicon.svg"), "utf8").replace(/ rx="\d+"/, "");

for (const size of [180, 512]) {
  test(`the icon of ${size} pixels`, async ({ page }) => {
    await page.setViewportSize({ width: size, height: size });
    // Without rounded corners, and within the safe zone of a maskable icon.
    await page.setContent(`<style>body{margin:0;background:#14674a}svg{display:block;width:100vw;height:100vh;scale:.8}</style>${svg}`);
    await page.screenshot({ path: join(root, `public/icon-${size}.png`) });
  });
}
