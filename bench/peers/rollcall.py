"""Rollcall: a seeded directory, instances that serve it, and recordings of their responses."""

import http.client, json, random, re, shutil, subprocess, uuid
from functools import cached_property
from pathlib import Path

from load import Ask, once
from server import Server

LIMITS = ["--max-connections", 19_000, "--max-streams", 19_000, "--idle-timeout", 900]
# Headers that hyper adds.
OWN = {"content-length", "date", "transfer-encoding", "connection"}
# Headers that differ between responses to the same kind of request.
VALIDATORS = {"etag", "last-modified"}


class Rollcall:
    def __init__(self, binary, folder, people):
        self.binary, self.folder = Path(binary).resolve(), Path(folder)
        self.seeded = self.folder / "seeded"
        self.seeded.mkdir()
        self.run("seed", "--count", people)
        self.token = self.run("token", "create", "--name", "Load", "--scope", "users:read", "--scope", "users:write")
        self.bearer = {"authorization": f"Bearer {self.token}"}
        self.people = self.folder / "people.jsonl"
        self.people.write_text(self.run("export", "--format", "jsonl") + "\n")
        self.ids = [json.loads(line)["id"] for line in self.people.read_text().splitlines()]
        random.Random(1).shuffle(self.ids)
        self.paths = self.folder / "paths"
        self.paths.write_text("".join(f"/api/v1/users/{id}\n" for id in self.ids))

    def run(self, *arguments):
        command = [self.binary, *map(str, arguments)]
        environment = {"PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=self.seeded, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    @cached_property
    def options(self):
        return self.run("serve", "--help")

    def serve(self, name="rollcall", *options, database=None, **more):
        """An instance with a copy of the directory, or with another database."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.seeded, folder)
        command = [self.binary, "--listen", "127.0.0.1:0", "--anonymous", "read", *LIMITS, *options]
        return Server(name, command, folder, RUST_LOG="warn", **({"DATABASE_URL": database} if database else {}), **more)

    # Requests.

    def person(self):
        return Ask(f"/api/v1/users/{self.ids[0]}", self.bearer, self.paths)

    def list(self):
        return Ask("/api/v1/users", self.bearer)

    # Files for the peers.

    def record(self, name, server, ask):
        """Records responses, for hyper."""
        connection = http.client.HTTPConnection(server.address)
        paths = ask.paths.read_text().split() if ask.paths else [ask.path]
        asks = (Ask(path, ask.headers, status=ask.status) for path in paths)
        return self.write_recording(name, ask, ((each.path, once(server, each, connection)) for each in asks))

    def write_recording(self, name, ask, answers, endless=False):
        """Writes a recording in the format of rust/src/bin/serve-hyper.rs: common headers first."""
        recording, begun = self.folder / f"{name}.recording", False
        with open(recording, "wb") as file:
            for path, answer in answers:
                headers = {True: [], False: []}
                for header in answer.headers:
                    headers[header[0].lower() in VALIDATORS].append(header)
                if not begun:
                    common = [header for header in headers[False] if header[0].lower() not in OWN]
                    file.write(line({"status": ask.status, "headers": common}))
                    begun = True
                own = {"path": path, "headers": headers[True], "length": len(answer.body), "open": endless}
                file.write(line(own))
                file.write(answer.body)
        return recording

    def list_file(self, server):
        file = self.folder / "list.json"
        file.write_bytes(once(server, self.list()).body)
        return file

    def page_file(self, server):
        """The list page, split into its rows and the markup before and after them."""
        page = once(server, Ask("/")).body.decode()
        # Other renderers do not send what only hydration needs.
        page = re.sub(r"<!>|<!--.*?-->|<script>__RESOLVED.*?</script>", "", page, flags=re.DOTALL)
        before, table, after = re.split(r"<tbody[^>]*>|</tbody>", page)
        row = re.compile(
            r'<span aria-hidden="true" class="avatar hue-(?P<hue>\d+)">(?P<initials>[^<]*)</span>'
            r'<a dir="auto" href="(?P<href>[^"]*)"[^>]*>(?P<name>[^<]*)</a>.*?class="email">(?P<email>[^<]*)</td>'
            r'.*?datetime="(?P<datetime>[^"]*)" title="(?P<title>[^"]*)"[^>]*>(?P<date>[^<]*)</time>'
        )
        rows = [found.groupdict() for found in row.finditer(table)]
        assert len(rows) == table.count("<tr") > 0, "the page has changed: adapt this"
        file = self.folder / "page.json"
        file.write_text(json.dumps({"before": before, "after": after, "rows": rows}))
        return file

    def table_file(self):
        """A thousand rows of two ids each."""
        source = random.Random(1)
        made = lambda: str(uuid.UUID(int=source.getrandbits(128), version=4))
        file = self.folder / "table.json"
        file.write_text(json.dumps([{"id": made(), "name": made()} for _ in range(1000)]))
        return file


def line(value):
    return json.dumps(value).encode() + b"\n"
