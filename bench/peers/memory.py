"""Rows 7 and 9: resident memory at rest, after a load, and with many open connections."""

import http.client, resource, time

from load import Answer, Ask, open_connections, wrk
from report import Result

MEBIBYTE, KIBIBYTE = 2**20, 2**10
# Until memory used during startup is returned, and that of new connections is stable.
REST = 3
# File descriptors for everything except connections.
OTHER_FILES = 1_000


def row_7(rows):
    """Memory at rest, and after a hundred connections"""
    at_rest, after = [], []
    for _ in range(min(rows.options.rounds, 3)):
        with rows.rollcall.serve() as ours:
            time.sleep(REST)
            at_rest.append(ours.memory())
            wrk(ours, rows.rollcall.list(), rows.options.seconds, connections=100)
            time.sleep(REST)
            after.append(ours.memory())
    load = "after 100 connections of row 3"
    return [of_rollcall("at rest", at_rest, 18), of_rollcall(load, after, 32)]


def of_rollcall(when, sizes, wanted):
    resident, own = ([size / MEBIBYTE for size in part] for part in zip(*sizes))
    ours = f"{sum(own) / len(own):.1f} MiB of its own"
    return Result(7, f"memory {when}", "", " MiB", resident, wanted, at_least=False, ours=ours)


def row_9(rows):
    """Memory of an open connection: idle, and with an event stream"""
    count = min(rows.options.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES)
    results = []
    person = Ask(rows.rollcall.person().path, rows.rollcall.bearer)
    for what, ask in {"idle": person, "with an event stream": Ask("/events/users")}.items():
        with rows.rollcall.serve() as ours:
            recording = stream(rows, ours, ask) if ask is not person else rows.rollcall.record("idle", ours, ask)
            mine = each(ours, ask, count)
        with rows.peers.hyper(recording) as hyper:
            theirs = each(hyper, ask, count)
        each_size = [f"{bytes / KIBIBYTE:.1f} KiB each" for bytes in (mine, theirs)]
        results.append(Result(9, f"memory of {count:,} connections {what}", "hyper", "", [theirs / mine], 0.77, True, *each_size))
    return results


def each(server, ask, count):
    """The memory of a server for each connection, in bytes."""
    time.sleep(REST)
    before, _ = server.memory()
    with open_connections(server, ask, count):
        time.sleep(REST)
        after, _ = server.memory()
    return (after - before) / count


def stream(rows, server, ask):
    """Records the beginning of an endless response, for hyper."""
    connection = http.client.HTTPConnection(server.address)
    connection.request("GET", ask.path, headers=ask.headers)
    response = connection.getresponse()
    answer = Answer(response.status, response.getheaders(), response.read1())
    connection.close()
    return rows.rollcall.write_recording("stream", ask, [(ask.path, answer)], endless=True)
