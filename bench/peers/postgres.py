"""Row 2 on PostgreSQL: one user by id, compared with pgbench running the same query on as many connections.

Both connect over loopback and may use any core: most of the time is spent in PostgreSQL."""

import os, re, subprocess, sys
from pathlib import Path

from load import wrk
from machine import ANY_CORE
from report import Result, plain
from rows import skipped

# The default of an instance.
CONNECTIONS = 16
# The number of pgbench scripts, each with one id.
IDS = 100
STATEMENT = "SELECT id, name, email, version, created_at, updated_at, deleted_at FROM users WHERE id = :id{}::uuid;\n"


def row_2(rows):
    """One person of many, from PostgreSQL"""
    server = os.environ.get("ROLLCALL_TEST_POSTGRES")
    if not server or "--cache-mb" not in rows.rollcall.options:
        return skipped(2, "no PostgreSQL, or no --cache-mb")
    database = re.sub(r"/[^/]*$", "/peers", server)
    subprocess.run(["psql", "--quiet", server, "--command", "CREATE DATABASE peers"], check=True)
    rows.rollcall.run("seed", "--count", rows.options.people, "--database-url", database)
    scope = ["--name", "Load", "--scope", "users:read"]
    token = rows.rollcall.run("token", "create", *scope, "--database-url", database)
    ask = rows.rollcall.person()
    ask.headers = {"authorization": f"Bearer {token}"}
    command = pgbench(rows, database)
    values, mine, theirs = [], [], []
    with rows.rollcall.serve("postgres", "--cache-mb", 0, database=database, core=ANY_CORE) as ours:
        wrk(ours, ask, 1, core=ANY_CORE)
        for number in range(rows.options.rounds):
            mine.append(wrk(ours, ask, rows.options.seconds, core=ANY_CORE)["per_second"])
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            theirs.append(float(re.search(r"tps = ([\d.]+)", said)[1]))
            values.append(mine[-1] / theirs[-1])
            print(f"row 2, round {number + 1}: {mine[-1]:,.0f}/s, pgbench {theirs[-1]:,.0f}/s", file=sys.stderr)
    rates = [f"{plain(sum(all) / len(all))}/s" for all in (mine, theirs)]
    return [Result(2, "`GET /api/v1/users/{id}` from PostgreSQL", "pgbench", "", values, 0.6, True, *rates)]


def pgbench(rows, database):
    command = ["pgbench", "--no-vacuum", "--protocol", "prepared", "--client", CONNECTIONS, "--time", rows.options.seconds]
    for number, id in enumerate(rows.rollcall.ids[:IDS]):
        script = Path(rows.rollcall.folder) / f"{number}.sql"
        script.write_text(STATEMENT.format(number))
        command += ["--define", f"id{number}={id}", "--file", script]
    return [*map(str, command), database]
