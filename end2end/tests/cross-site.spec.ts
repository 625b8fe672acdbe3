// Requests that a page of another site can make the browser send (CSRF).
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, Rollcall, test } from "../server";

test("a form on another site changes nothing, although the browser is signed in", async ({ page }) => {
  const rollcall = await Rollcall.start({ anonymous: "none", people: false });
  // A different host name for the same machine counts as a different site.
  const evil = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end(`
      <form method="post" action="${rollcall.url}/users/new" enctype="application/x-www-form-urlencoded">
        <input name="name" value="Eve"><input name="email" value="eve@example.org"><button>Win a prize</button>
      </form>`);
  }).listen(0, "127.0.0.1");
  try {
    await page.goto(rollcall.setup);
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("E-mail").fill("ada@example.org");
    await page.getByLabel("Password").fill("mauve otter tax lantern");
    await page.getByRole("button", { name: "Create admin" }).click();
    await expect(page.getByRole("rowheader")).toHaveCount(1);
    await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
    const answered = page.waitForResponse((response) => response.url().endsWith("/users/new"));
    await page.getByRole("button").click();
    expect((await answered).status()).toBe(403);
    await page.goto(rollcall.url);
    await expect(page.getByRole("rowheader")).toHaveCount(1);
  } finally {
    evil.close();
    await rollcall.stop();
  }
});
