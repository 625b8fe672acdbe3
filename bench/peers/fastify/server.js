// Fastify: `server.js LIST` serves the list of a JSON file, serialised anew for each request by the serialiser that
// Fastify generates from the schema, its fastest. Times stay text: a `Date` would be written with milliseconds, which
// the API does not have.
import { readFileSync } from "node:fs";
import fastify from "fastify";

const people = JSON.parse(readFileSync(process.argv[2], "utf8"));
const string = { type: "string" };
const user = {
  type: "object",
  properties: {
    id: string,
    name: string,
    email: string,
    version: { type: "integer" },
    created_at: string,
    updated_at: string,
    deleted_at: { ...string, nullable: true },
  },
};
const app = fastify();
const schema = { response: { 200: { type: "array", items: user } } };
app.get("/api/v1/users", { schema }, async () => people);
console.log(`Listening at ${await app.listen({ host: "127.0.0.1", port: 0 })}`);
