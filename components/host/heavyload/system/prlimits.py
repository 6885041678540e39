"""How many files a running process may open, read and set while it runs: prlimit(2). A value is `SOFT HARD`."""

from __future__ import annotations

import errno
import os
import re
import resource
from collections.abc import Callable

from ..problem import refuse
from . import asuser, processes
from .processes import Process

KIND = "nofile of process "


def key_of(process: Process) -> str:
    return f"{KIND}{process.pid}/{process.start}"


def names(key: str) -> bool:
    return key.startswith(KIND)


def read(key: str) -> str | None:
    """None when the process has ended."""
    process = _process(key)
    return of(process.pid) if process else None


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
    process = _process(key)
    if process is None:
        return
    soft, hard = (int(part) for part in value.split())

    def act() -> None:
        now = processes.read(process.pid)
        if now and now.start == process.start:
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (soft, hard))

    try:
        act()
    except ProcessLookupError:
        return
    except PermissionError:
        _as_its_user(process, value, act)
    except (OSError, ValueError) as error:
        raise refuse(
            key, value, f"a refusal: {error}", _place(process), "Override it with a value it takes."
        ) from error


def _as_its_user(process: Process, value: str, act: Callable[[], None]) -> None:
    """Without CAP_SYS_RESOURCE even root may not set another user's limits; that user may, up to the hard one."""
    now, identity = of(process.pid), asuser.of(process.pid)
    if now is None:
        return
    if int(value.split()[1]) > int(now.split()[1]):
        found = f"{now}, and no right to raise the hard limit"
        way_out = (
            "Start the service anew with a higher one: its unit's LimitNOFILE, or where this container is started."
        )
    elif identity is None:
        found = f"{now}, and no right to change it: its users or groups (real, effective, saved) differ"
        way_out = "Start the service anew with that limit (`systemctl edit`: LimitNOFILE), then run again."
    elif (code := asuser.do(identity, act)) in (0, errno.ESRCH):
        return
    else:
        found = f"{now}, and a refusal to user {identity.uid}, group {identity.gid}: {os.strerror(code)}"
        way_out = "Start the service anew with that limit (`systemctl edit`: LimitNOFILE), then run again."
    raise refuse(key_of(process), value, found, _place(process), way_out)


def _place(process: Process) -> str:
    return f"/proc/{process.pid}/limits"


def _process(key: str) -> Process | None:
    pid, start = key[len(KIND) :].split("/")
    now = processes.read(int(pid))
    return now if now and now.start == int(start) else None
