"""Measures Rollcall beside its peers: see scripts/bench-peers --help."""

import argparse, sys, tempfile
from pathlib import Path

import machine, peers, report
from load import HERE
from rollcall import Rollcall
from rows import Rows


def options():
    parser = argparse.ArgumentParser(description="Measures Rollcall beside its peers.")
    parser.add_argument("binary", help="Rollcall, built for release")
    parser.add_argument("--rounds", type=int, default=5, help="how often everybody has a turn")
    parser.add_argument("--seconds", type=int, default=10, help="how long a turn is")
    parser.add_argument("--people", type=int, default=50_000, help="how many people there are")
    parser.add_argument("--only", type=int, action="append", metavar="ROW", help="this row; repeat for several")
    parser.add_argument("--peers", type=lambda names: names.split(","), help="these peers alone, in rows of several")
    parser.add_argument("--results", type=Path, default=HERE / "results.json", help="where results are written")
    return parser.parse_args()


def main():
    chosen = options()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        rollcall = Rollcall(chosen.binary, folder, chosen.people)
        rows = Rows(rollcall, peers.Peers(Path(folder)), chosen)
        for number in range(1, 10):
            row = getattr(rows, f"row_{number}", None)
            if row and (not chosen.only or number in chosen.only):
                print(f"==> {number}. {row.__doc__}", file=sys.stderr)
                results += row()
    told = {"rounds": chosen.rounds, "seconds": chosen.seconds, "people": chosen.people}
    report.write(chosen.results, machine.description(), peers.versions(chosen.binary), told, results)
    print(report.markdown(results))
