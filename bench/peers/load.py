"""Requests, and the load generators that send them: a single request, wrk, and the clients in rust/."""

import http.client, json, subprocess, sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from machine import LOAD_CORE, on_core

HERE = Path(__file__).parent
RUST = HERE / "rust/target/release"
# The length of responses varies: dates and request ids a little, and the resources of different paths a lot.
TOLERANCE = 0.25


@dataclass
class Ask:
    """A request: its path or a file of many paths, its headers, and the expected status."""

    path: str
    headers: dict = field(default_factory=dict)
    paths: Path | None = None
    status: int = 200


@dataclass
class Answer:
    status: int
    headers: list
    body: bytes

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)


def once(server, ask, connection=None):
    """Sends one request; exits if the status is not the expected one."""
    connection = connection or http.client.HTTPConnection(server.address)
    # Exactly the headers that the load generator sends, because others could change the response.
    connection.putrequest("GET", ask.path, skip_accept_encoding=True)
    for header in ask.headers.items():
        connection.putheader(*header)
    connection.endheaders()
    response = connection.getresponse()
    answer = Answer(response.status, response.getheaders(), response.read())
    if answer.status != ask.status:
        sys.exit(f"{server.name} answered {ask.path} with {answer.status}: {answer.body[:300]}")
    return answer


def run_wrk(server, ask, seconds, connections, core):
    """The summary that wrk.lua prints."""
    command = ["wrk", "--threads", 1, "--connections", connections, "--duration", seconds, "--timeout", 10, "--latency"]
    command += ["--script", HERE / "wrk.lua"]
    for header in ask.headers.items():
        command += ["--header", ": ".join(header)]
    command += [f"http://{server.address}{ask.path}", "--", *([ask.paths] if ask.paths else [])]
    said = subprocess.run(on_core(core, command), capture_output=True, text=True, check=True).stdout
    return json.loads(said.strip().splitlines()[-1])


def wrk(server, ask, seconds, connections=32, core=LOAD_CORE):
    """Saturates the server; returns throughput, latency and CPU time per request.

    wrk counts responses with a status of 400 and above. Other wrong responses are detected by a request before and
    after, and by the average length."""
    expected = once(server, ask)
    before = server.processor()
    measured = run_wrk(server, ask, seconds, connections, core)
    used = server.processor() - before
    once(server, ask)
    requests = measured["requests"]
    length = len(expected.body) + sum(len(name) + len(value) + 4 for name, value in expected.headers)
    if measured["failed"] or requests == 0 or measured["bytes"] / requests < length * (1 - TOLERANCE):
        sys.exit(f"{server.name} failed at {ask.path}: {measured}, where an answer has {length} bytes")
    return {
        "microseconds": used / requests * 1e6,
        "per_second": requests / measured["seconds"],
        "p99": measured["p99"],
        "busy": used / measured["seconds"],
    }


def soak(server, ask, seconds):
    """The number of requests of a mixed load; exits if any failed."""
    measured = run_wrk(server, ask, seconds, 32, LOAD_CORE)
    if measured["failed"]:
        sys.exit(f"{server.name} failed: {measured}")
    return measured["requests"]


def lines(ask):
    return [": ".join(header) for header in ask.headers.items()]


def rate(server, ask, per_second, connections, seconds):
    """Latency quantiles at a constant request rate, in milliseconds."""
    command = [RUST / "rate", server.address, ask.path, per_second, connections, seconds, *lines(ask)]
    said = subprocess.run(on_core(LOAD_CORE, command), capture_output=True, text=True, check=True).stdout
    return json.loads(said)


@contextmanager
def open_connections(server, ask, connections):
    """Holds connections open, each after one request, for the duration of the `with` block."""
    command = on_core(LOAD_CORE, [RUST / "connections", server.address, ask.path, connections, *lines(ask)])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if not process.stdout.readline():
            sys.exit(f"{server.name} did not take {connections} connections")
        yield
        process.stdin.close()
