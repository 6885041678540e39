"""How many files a running process may open, read and set while it runs: prlimit(2). A value is `SOFT HARD`."""

from __future__ import annotations

import os
import re
import resource

from . import processes
from .problem import refuse
from .processes import Process

KIND = "nofile of process "


def key_of(process: Process) -> str:
    return f"{KIND}{process.pid}/{process.start}"


def names(key: str) -> bool:
    return key.startswith(KIND)


def read(key: str) -> str | None:
    """None when the process has ended."""
    pid = _pid(key)
    return None if pid is None else of(pid)


def of(pid: int) -> str | None:
    """From /proc, since prlimit(2) shows another user's process only to those who may raise its limits."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            found = re.search(r"^Max open files +([0-9]+) +([0-9]+) ", file.read(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return f"{found[1]} {found[2]}" if found else None


def write(key: str, value: str) -> None:
    """A process that has ended meanwhile needs nothing."""
    pid = _pid(key)
    soft, hard = (int(part) for part in value.split())
    try:
        if pid is not None:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
    except ProcessLookupError:
        return
    except (OSError, ValueError) as error:  # ValueError is how Python tells of EPERM here
        way_out = "The host program needs CAP_SYS_RESOURCE: in a container, set the limit on the container's host."
        raise refuse(key, value, f"a refusal: {error}", f"/proc/{pid}/limits", way_out) from error


def may_raise() -> bool:
    """Whether the kernel lets this program raise a hard limit, tried on a child: a container may have no right to."""
    child = os.fork()
    if child == 0:
        try:
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, hard - 1), hard - 1))
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, hard - 1), hard))
        except (OSError, ValueError):
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _pid(key: str) -> int | None:
    pid, start = key[len(KIND) :].split("/")
    now = processes.read(int(pid))
    return int(pid) if now and now.start == int(start) else None
