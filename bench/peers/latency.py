"""Row 8: the 99th percentile of the latency at half of Rollcall's peak throughput."""

import sys

from load import rate, wrk
from report import Result, plain

CONNECTIONS = 100
WANTED, WANTED_OF_HYPER = 2, 1.5


def row_8(rows):
    """The 99th percentile at half the peak"""
    ask, seconds = rows.rollcall.list(), rows.options.seconds
    ours_took, hyper_took = [], []
    with rows.rollcall.serve() as ours, rows.peers.hyper(rows.rollcall.record("list", ours, ask)) as hyper:
        half = wrk(ours, ask, seconds, connections=CONNECTIONS)["per_second"] / 2
        for number in range(rows.options.rounds):
            for server, took in ((ours, ours_took), (hyper, hyper_took)):
                took.append(rate(server, ask, half, CONNECTIONS, seconds)["p99"])
            print(f"row 8, round {number + 1}: {ours_took[-1]} ms, hyper {hyper_took[-1]} ms", file=sys.stderr)
    theirs = sorted(hyper_took)[len(hyper_took) // 2]
    wanted = max(WANTED, WANTED_OF_HYPER * theirs)
    what = f"99th percentile of row 3 at {half:,.0f}/s, {CONNECTIONS} connections"
    return [Result(8, what, "hyper", " ms", ours_took, wanted, at_least=False, theirs=f"{plain(theirs)} ms")]
