"""The machine: assignment of cores, resource usage of processes, and a description for the results."""

import os, platform, re, subprocess

# Server and load generator run on separate cores, so that neither slows the other.
SERVER_CORE, LOAD_CORE = "0", "1"
ANY_CORE = f"0-{os.cpu_count() - 1}"
TICK = 1 / os.sysconf("SC_CLK_TCK")


def on_core(core, command):
    return ["taskset", "--cpu-list", core, *map(str, command)]


def processor(pid):
    """User and system CPU time of a process so far, in seconds."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def memory(pid):
    """Resident memory of a process in bytes: in total, and its anonymous part."""
    with open(f"/proc/{pid}/status") as status:
        text = status.read()
    size = lambda name: int(re.search(rf"{name}:\s+(\d+)", text)[1]) * 1024
    return size("VmRSS"), size("RssAnon")


def version(*command):
    """The first line that a program prints about its version."""
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return ((answer.stdout or answer.stderr).strip().splitlines() or [""])[0]


def description():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory": f"{gibibytes:.0f} GiB",
        "kernel": platform.release(),
    }
