"""Row 10: many requests, nine in ten of them reads, some searches, a few writes. What is resident at the
end must be what was resident after the first tenth. See scripts/bench-soak --help."""

import argparse, json, random, sys, tempfile

from load import Ask, soak
from report import Result, markdown
from rollcall import Rollcall

MEBIBYTE = 2**20
WANTED = 1.05
# Of a hundred requests: the rest are reads of one person.
LISTS, SEARCHES, WRITES = 20, 9, 1
WORDS = ["ann", "mar", "sofia", "kim", "lopez", "ivan", "ng", "seed1", "wei", "ola"]
SLICE = 10


def requests(rollcall, count=20_000):
    """A file of requests in the format of wrk.lua: method, path and, perhaps, a body."""
    source = random.Random(2)

    def one(number):
        drawn, id = source.randrange(100), source.choice(rollcall.ids)
        if drawn < WRITES:
            return f"PATCH /api/v1/users/{id} " + json.dumps({"name": f"Somebody {number}"})
        if drawn < WRITES + SEARCHES:
            return f"GET /api/v1/users?q={source.choice(WORDS)}"
        if drawn < WRITES + SEARCHES + LISTS:
            return f"GET /api/v1/users?page={source.randrange(1, 100)}"
        return f"GET /api/v1/users/{id}"

    file = rollcall.folder / "requests"
    file.write_text("".join(one(number) + "\n" for number in range(count)))
    return file


def main():
    parser = argparse.ArgumentParser(description="Asks Rollcall very often and weighs it.")
    parser.add_argument("binary", help="Rollcall, built for release")
    parser.add_argument("--requests", type=int, default=10_000_000, help="how many")
    parser.add_argument("--people", type=int, default=50_000, help="how many people there are")
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
    told = f"{sizes[-1] / MEBIBYTE:.1f} MiB, {early / MEBIBYTE:.1f} MiB after a tenth"
    result = Result(10, f"memory after {asked:,} requests", "", "", [sizes[-1] / early], WANTED, False, told)
    print(markdown([result]))
    sys.exit(not result.is_met)
