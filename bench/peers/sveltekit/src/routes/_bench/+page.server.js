// A thousand rows of two ids each, from the JSON file TABLE. Without client-side rendering, like the tables of Rollcall
// and maud.
import { readFileSync } from "node:fs";
import { env } from "node:process";

export const csr = false;
export const prerender = false;
const rows = env.TABLE ? JSON.parse(readFileSync(env.TABLE, "utf8")) : [];

export function load() {
  return { rows };
}
