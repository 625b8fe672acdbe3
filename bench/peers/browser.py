"""Row 11: hydration time of the list in a browser with its CPU throttled four times, and the size of its code."""

import json, os, subprocess, sys
from statistics import median

from load import HERE
from report import Result

KIBIBYTE = 2**10


def row_11(rows):
    """The list in a browser"""
    result = rows.rollcall.folder / "hydrated.json"
    with rows.rollcall.serve() as ours, rows.peers.sveltekit(rows.rollcall.list_file(ours), rows.rollcall.table_file()) as theirs:
        environment = {"OURS": f"http://{ours.address}/", "THEIRS": f"http://{theirs.address}/"}
        environment |= {"ROLLCALL_BIN": str(rows.rollcall.binary), "ROUNDS": str(rows.options.rounds), "RESULT": str(result)}
        command = ["npx", "playwright", "test", "--config", "bench.config.ts", "hydrated"]
        subprocess.run(command, cwd=HERE.parent.parent / "end2end", env=os.environ | environment, stdout=sys.stderr, check=True)
    rounds = json.loads(result.read_text())
    took = [median(turn[whose]["milliseconds"] for turn in rounds) for whose in ("ours", "theirs")]
    slower = [turn["ours"]["milliseconds"] / turn["theirs"]["milliseconds"] for turn in rounds]
    weight = [turn["ours"]["bytes"] / KIBIBYTE for turn in rounds]
    theirs = f"{rounds[0]['theirs']['bytes'] / KIBIBYTE:.1f} KiB"
    hydrated = [f"{milliseconds:,.0f} ms" for milliseconds in took]
    return [
        Result(11, "JavaScript and WebAssembly of the list", "sveltekit", " KiB", weight, 120, at_least=False, theirs=theirs),
        Result(11, "time until the list is hydrated, ours ÷ theirs", "sveltekit", "", slower, 1.5, False, *hydrated),
    ]
