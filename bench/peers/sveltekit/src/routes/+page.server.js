// The list of the JSON file PEOPLE.
import { readFileSync } from "node:fs";
import { env } from "node:process";

export const prerender = false;
const users = env.PEOPLE ? JSON.parse(readFileSync(env.PEOPLE, "utf8")) : [];

export function load() {
  return { users };
}
