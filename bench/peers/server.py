"""A server process, by default pinned to one core."""

import os, re, subprocess, sys, time
from pathlib import Path

from machine import SERVER_CORE, memory, on_core, processor

START_TIMEOUT = 60


class Server:
    """Runs for the duration of a `with` block; prints its address as `… at http://ADDRESS`."""

    def __init__(self, name, command, folder, core=SERVER_CORE, **environment):
        self.name, self.folder = name, Path(folder)
        self.command = on_core(core, command)
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = kept | {"NODE_ENV": "production"} | environment
        self.process = None

    def __enter__(self):
        said = self.folder / f"{self.name}.out"
        with open(said, "w") as out, open(self.folder / f"{self.name}.err", "w") as err:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        until = time.monotonic() + START_TIMEOUT
        while not (found := re.search(r"at http://(\S+)\n", said.read_text())):
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                sys.exit(f"{self.name} did not start:\n{(self.folder / f'{self.name}.err').read_text()[-2000:]}")
            time.sleep(0.05)
        self.address = found[1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def processor(self):
        return processor(self.process.pid)

    def memory(self):
        return memory(self.process.pid)
