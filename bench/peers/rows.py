"""The rows with a load of one kind of request, sent alternately to Rollcall and its peers."""

import json, re, sys
from contextlib import ExitStack

from load import Ask, once, wrk
from report import ratios

WARM_UP = 2


class Rows:
    """Each row is a method that returns its results."""

    def __init__(self, rollcall, peers, options):
        self.rollcall, self.peers, self.options = rollcall, peers, options

    def compare(self, row, what, ours, ask, peers, wanted=None):
        """`peers` maps a name to a server that is not started yet and the target ratio."""
        with ExitStack() as stack:
            servers = {"rollcall": ours} | {name: stack.enter_context(peer) for name, (peer, _) in peers.items()}
            for server in servers.values():
                self.must_agree(ask, ours, server)
            measured = []
            for number in range(self.options.rounds):
                measured.append(turn := {name: self.turn(server, ask) for name, server in servers.items()})
                figures = ", ".join(f"{name} {turn[name]['microseconds']:.1f} µs" for name in turn)
                print(f"row {row}, round {number + 1}: {what}: {figures}", file=sys.stderr)
        return list(ratios(row, what, measured, {name: wish for name, (_, wish) in peers.items()}))

    def turn(self, server, ask):
        """Measures once, after a warm-up, because caches may be cold after the turns of the others."""
        wrk(server, ask, WARM_UP)
        return wrk(server, ask, self.options.seconds)

    def must_agree(self, ask, ours, theirs):
        """Exits if a peer's response differs from Rollcall's."""
        a, b = once(ours, ask), once(theirs, ask)
        encoding = a.header("content-encoding")
        if (a.header("content-type") or "").startswith("application/json") and not encoding:
            agree = json.loads(a.body) == json.loads(b.body)
        elif "text/html" in (a.header("content-type") or "") and not encoding:
            agree = ask.path == "/_bench" or words(a.body) == words(b.body)
        else:
            agree = True
        if not agree:
            sys.exit(f"{theirs.name} responds to {ask.path} differently from Rollcall")

    def cold(self, name="cold"):
        """An instance without a response cache, if the binary supports that."""
        if "--cache-mb" in self.rollcall.options:
            return self.rollcall.serve(name, "--cache-mb", 0)
        return None

    def row_1(self):
        """One of many users, by token, from the cache"""
        with self.rollcall.serve() as ours:
            ask = self.rollcall.person()
            recording = self.rollcall.record("people", ours, ask)
            axum = self.peers.axum(self.rollcall.people, self.rollcall.list_file(ours))
            peers = {"hyper": (self.peers.hyper(recording), 0.55), "axum": (axum, 0.75)}
            return self.compare(1, "`GET /api/v1/users/{id}`", ours, ask, peers)

    def row_2(self):
        """The same from the database"""
        if not (cold := self.cold()):
            return skipped(2, "no --cache-mb")
        with cold as ours:
            ask = self.rollcall.person()
            recording = self.rollcall.record("people", ours, ask)
            peers = {"hyper": (self.peers.hyper(recording), 0.3)}
            return self.compare(2, "`GET /api/v1/users/{id}` from SQLite", ours, ask, peers)

    def row_3(self):
        """A list of twenty users, by token, from the cache"""
        with self.rollcall.serve() as ours:
            users, ask = self.rollcall.list_file(ours), self.rollcall.list()
            peers = {
                # The upper bound for any server.
                "hyper": (self.peers.hyper(self.rollcall.record("list", ours, ask)), None),
                "axum": (self.peers.axum(self.rollcall.people, users), 1.5),
                "chi": (self.peers.chi(users), 3),
                "fastify": (self.peers.fastify(users), 4),
                "fastapi": (self.peers.fastapi(users), 16),
            }
            return self.compare(3, "`GET /api/v1/users`", ours, ask, self.chosen(peers))

    def row_4(self):
        """A table of a thousand rows, rendered anew for each request"""
        with self.rollcall.serve() as ours:
            users, table = self.rollcall.list_file(ours), self.rollcall.table_file()
            ask = Ask("/_bench")
            try:
                rows = once(ours, ask).body.count(b"<tr")
            except SystemExit:
                return skipped(4, "the binary is not the example `bench-server`")
            assert rows >= 1000, f"/_bench has {rows} rows"
            peers = {
                "sveltekit": (self.peers.sveltekit(users, table), 10),
                "maud": (self.peers.maud(self.rollcall.page_file(ours), table), 0.6),
            }
            return self.compare(4, "`/_bench`, 1,000 rows", ours, ask, self.chosen(peers))

    def row_5(self):
        """The list page, rendered anew for each request"""
        with self.cold() or self.rollcall.serve() as ours:
            maud = self.peers.maud(self.rollcall.page_file(ours), self.rollcall.table_file())
            return self.compare(5, "`/` rendered anew", ours, Ask("/"), {"maud": (maud, 0.35)})

    def row_6(self):
        """The list page from the cache: in full, not modified, and compressed"""
        results = []
        with self.rollcall.serve() as ours:
            asks = {"`/`": (Ask("/"), 0.55)}
            for unchanged in (Ask("/"), self.rollcall.list()):
                if etag := once(ours, unchanged).header("etag"):
                    headers = unchanged.headers | {"if-none-match": etag}
                    asks[f"`{unchanged.path}`, 304"] = (Ask(unchanged.path, headers, status=304), 0.6)
            for encoding in ("br", "zstd"):
                asks[f"`/`, {encoding}"] = (Ask("/", {"accept-encoding": encoding}), 0.55)
            for what, (ask, wish) in asks.items():
                hyper = self.peers.hyper(self.rollcall.record("page", ours, ask))
                results += self.compare(6, what, ours, ask, {"hyper": (hyper, wish)})
        return results

    def chosen(self, peers):
        wanted = self.options.peers
        return {name: peer for name, peer in peers.items() if not wanted or name in wanted}


def words(page):
    """The text of a page, without its markup."""
    page = re.sub(rb"<script.*?</script>|<!--.*?-->", b"", page, flags=re.DOTALL)
    return b" ".join(re.sub(rb"<[^>]*>", b" ", page).split())


def skipped(row, why):
    print(f"row {row} is skipped: {why}", file=sys.stderr)
    return []
