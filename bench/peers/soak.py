"""Row 10: millions of requests: mostly reads, some searches, a few writes. Resident memory at the end must be close to
that after the first tenth. See scripts/bench-soak --help."""

import argparse, json, random, sys, tempfile

from load import Ask, soak
from report import Result, markdown
from rollcall import Rollcall

MEBIBYTE = 2**20
WANTED = 1.05
# Out of a hundred requests; the rest read one user.
LISTS, SEARCHES, WRITES = 20, 9, 1
WORDS = ["ann", "mar", "sofia", "kim", "lopez", "ivan", "ng", "seed1", "wei", "ola"]
SLICE = 10


def requests(rollcall, count=20_000):
    """Writes a file of requests in the format of wrk.lua: method, path and optional body."""
    source = random.Random(2)

    def one(number):
        drawn, id = source.randrange(100), source.choice(rollcall.ids)
        if drawn < WRITES:
            return f"PATCH /api/v1/users/{id} " + json.dumps({"name": f"Person {number}"})
        if drawn < WRITES + SEARCHES:
            return f"GET /api/v1/users?q={source.choice(WORDS)}"
        if drawn < WRITES + SEARCHES + LISTS:
            return f"GET /api/v1/users?page={source.randrange(1, 100)}"
        return f"GET /api/v1/users/{id}"

    file = rollcall.folder / "requests"
    file.write_text("".join(one(number) + "\n" for number in range(count)))
    return file


def main():
    parser = argparse.ArgumentParser(description="Sends millions of requests and measures memory.")
    parser.add_argument("binary", help="Rollcall, built for release")
    parser.add_argument("--requests", type=int, default=10_000_000, help="number of requests")
    parser.add_argument("--people", type=int, default=50_000, help="number of people in the directory")
    chosen = parser.parse_args()
    asked, sizes, early = 0, [], None
    with tempfile.TemporaryDirectory() as folder:
        rollcall = Rollcall(chosen.binary, folder, chosen.people)
        headers = rollcall.bearer | {"content-type": "application/merge-patch+json", "if-match": "*"}
        ask = Ask("/api/v1/users", headers, requests(rollcall))
        with rollcall.serve() as ours:
            while asked < chosen.requests:
                asked += soak(ours, ask, SLICE)
                sizes.append(ours.memory()[0])
                if asked >= chosen.requests / 10 and early is None:
                    early = sizes[-1]
                print(f"{asked:,} requests: {sizes[-1] / MEBIBYTE:.1f} MiB", file=sys.stderr)
    sizes_text = f"{sizes[-1] / MEBIBYTE:.1f} MiB, {early / MEBIBYTE:.1f} MiB after a tenth"
    result = Result(10, f"memory after {asked:,} requests", "", "", [sizes[-1] / early], WANTED, False, sizes_text)
    print(markdown([result]))
    sys.exit(not result.is_met)
