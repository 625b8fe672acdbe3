// The release binary, alone in an empty folder.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, expect, Rollcall, test } from "../server";

test("the binary alone serves every file, hashed, compressed and immutable", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-alone-"));
  const alone = join(folder, "rollcall");
  copyFileSync(binary(), alone);
  const server = await Rollcall.start({ binary: alone });
  try {
    const files = new Map<string, Record<string, string>>();
    page.on("response", (response) => {
      if (response.request().resourceType() !== "document") files.set(new URL(response.url()).pathname, response.headers());
    });
    await page.goto(server.url);
    await expect(page.locator("html")).toHaveAttribute("data-hydrated");
    const hash = "\\.[0-9a-f]{16}";
    const packaged = ["css", "js", "wasm"].map((kind) => `pkg${hash}/rollcall\\.${kind}`);
    for (const name of [...packaged, `boot${hash}\\.js`]) {
      const [, headers] = [...files].find(([path]) => new RegExp(`^/${name}$`).test(path)) ?? [];
      expect(headers?.["cache-control"], name).toBe("public, max-age=31536000, immutable");
      expect(headers?.["content-encoding"], name).toBe("br");
    }
    expect([...files.keys()].filter((path) => path.startsWith("/fonts/"))).not.toEqual([]);
    const icon = (await page.request.get(`${server.url}/favicon.svg`)).headers();
    expect(icon["cache-control"]).toBe("no-cache");
    expect(icon["content-type"]).toBe("image/svg+xml; charset=utf-8");
    for (const encoding of ["br", "identity"]) {
      const { headers } = await fetch(`${server.url}/favicon.svg`, { headers: { "accept-encoding": encoding } });
      expect(headers.get("vary")?.match(/accept-encoding/g), encoding).toHaveLength(1);
    }
    const etag = (await page.request.get(`${server.url}/robots.txt`)).headers()["etag"];
    const again = await page.request.get(`${server.url}/robots.txt`, { headers: { "if-none-match": etag } });
    expect(again.status()).toBe(304);
    const post = await fetch(`${server.url}/robots.txt`, { method: "POST" });
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});
