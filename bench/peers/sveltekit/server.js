// SvelteKit's production build, by its adapter for Node, on a free port.
import { createServer } from "node:http";
import { handler } from "./build/handler.js";

const server = createServer(handler).listen(0, "127.0.0.1", () => {
  console.log(`Listening at http://127.0.0.1:${server.address().port}`);
});
