// A thousand rows of two ids each, of the file of JSON named by TABLE. Without what would make the page
// come alive in the browser, which Rollcall's table and maud's do without as well.
import { readFileSync } from "node:fs";
import { env } from "node:process";

export const csr = false;
export const prerender = false;
const rows = env.TABLE ? JSON.parse(readFileSync(env.TABLE, "utf8")) : [];

export function load() {
  return { rows };
}
