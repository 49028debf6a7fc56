"""The machine: which core serves and which one loads it, and what a process takes."""

import os
import shutil
from pathlib import Path

QUIET_LOAD = 0.5
MIB = 1024 * 1024


class MachineError(Exception):
    """This machine can't run the benchmarks; the message says what is missing."""


def take_cores() -> int:
    """Move this process and all that it starts to one core; give another one, for the servers.

    Raises MachineError.
    """
    remedies = {"wrk": "apt-get install wrk", "taskset": "apt-get install util-linux"}
    for program, remedy in remedies.items():
        if shutil.which(program) is None:
            raise MachineError(f"The benchmarks need {program}: {remedy}")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        raise MachineError("The benchmarks need two cores: one for the servers, one for wrk.")
    os.sched_setaffinity(0, {cores[1]})
    return cores[0]


def load_warning() -> str | None:
    """Say so if the machine has other work to do."""
    load = os.getloadavg()[0]
    if load < QUIET_LOAD:
        return None
    return f"The load average is {load:.2f}: something else runs here, so trust the ratios only."


def description() -> dict[str, str]:
    """Describe the machine, for those who compare results."""
    cpu_info = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(": ")[2] for line in cpu_info if line.startswith("model name")]
    uname = os.uname()
    return {
        "cpu": models[0] if models else uname.machine,
        "cores": str(os.cpu_count()),
        "system": f"{uname.sysname} {uname.release}",
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def process_family(pid: int) -> list[int]:
    """Give a process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in process_family(int(child)))]


def memory_and_threads(pid: int) -> tuple[int, int]:
    """Give the resident bytes and the threads of a process and all that it has started."""
    statuses = [_status(member) for member in process_family(pid)]
    resident = sum(int(status["VmRSS"].split()[0]) * 1024 for status in statuses)
    return resident, sum(int(status["Threads"]) for status in statuses)


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)
