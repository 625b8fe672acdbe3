"""Measures Rollcall beside its peers: see scripts/bench-peers --help."""

import argparse, sys, tempfile
from pathlib import Path

import browser, latency, machine, memory, peers, picture, postgres, report
from load import HERE
from rollcall import Rollcall
from rows import Rows

ROWS = [
    (1, Rows.row_1), (2, Rows.row_2), (2, postgres.row_2), (3, Rows.row_3), (4, Rows.row_4), (5, Rows.row_5),
    (6, Rows.row_6), (7, memory.row_7), (8, latency.row_8), (9, memory.row_9), (11, browser.row_11),
]  # fmt: skip


def options():
    parser = argparse.ArgumentParser(description="Measures Rollcall beside its peers.")
    parser.add_argument("binary", help="Rollcall, built for release")
    parser.add_argument("--rounds", type=int, default=5, help="number of rounds")
    parser.add_argument("--seconds", type=int, default=10, help="duration of a measurement")
    parser.add_argument("--people", type=int, default=50_000, help="number of people in the directory")
    parser.add_argument("--only", type=int, action="append", metavar="ROW", help="measure only this row; can be repeated")
    parser.add_argument("--peers", type=lambda names: names.split(","), help="measure only these peers, separated by commas")
    parser.add_argument("--connections", type=int, default=18_000, help="number of open connections in row 9")
    parser.add_argument("--results", type=Path, help="file for the results [default: results.json if all rows are measured]")
    parser.add_argument("--picture", type=Path, help="file for the chart [default: docs/peers.svg if all rows are measured]")
    chosen = parser.parse_args()
    # A partial run does not replace the complete results.
    if not chosen.only:
        chosen.results = chosen.results or HERE / "results.json"
        chosen.picture = chosen.picture or HERE.parent.parent / "docs/peers.svg"
    return chosen


def main():
    chosen = options()
    results = []
    settings = {"rounds": chosen.rounds, "seconds": chosen.seconds, "people": chosen.people}
    described, versions = machine.description(), peers.versions(chosen.binary)
    with tempfile.TemporaryDirectory() as folder:
        rollcall = Rollcall(chosen.binary, folder, chosen.people)
        rows = Rows(rollcall, peers.Peers(Path(folder)), chosen)
        for number, row in ROWS:
            if not chosen.only or number in chosen.only:
                print(f"==> {number}. {row.__doc__}", file=sys.stderr)
                measured = list(row(rows))
                print(*map(report.line, measured), sep="\n", file=sys.stderr)
                results += measured
                # Written after each row, so that a later failure loses nothing.
                if chosen.results:
                    report.write(chosen.results, described, versions, settings, results)
                if chosen.picture:
                    picture.draw(chosen.picture, results)
    if chosen.picture:
        print(f"==> The chart is {chosen.picture}", file=sys.stderr)
    print(report.markdown(results))
