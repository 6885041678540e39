"""Has the running nginx take a new configuration, and sees that it did: its own command says nothing of that."""

from __future__ import annotations

import os
import re
import signal
import time

from ..problem import Problem, Refused
from ..system.snapshot import Snapshot
from . import reading, server
from .server import Server

_COMPLAINT = re.compile(r"\[(?:emerg|alert)\] ([0-9]+)#[0-9]+: (.*)")
_TIME_LIMIT, _STEP = 30, 0.1  # seconds


def reload() -> None:
    """Raises Refused when nginx goes on with its old workers, or complains while it takes the new configuration.

    Nothing to do where it does not run: its next start reads the files.
    """
    nginx = server.find(Snapshot())
    if not nginx.main:
        return
    log = error_log(nginx)
    begin = _size(log)
    old = {(process.pid, process.start) for process in server.workers(nginx.main)}
    os.kill(nginx.main, signal.SIGHUP)
    deadline = time.monotonic() + _TIME_LIMIT
    while time.monotonic() < deadline:
        now = {(process.pid, process.start) for process in server.workers(nginx.main)}
        said = _complaints(log, begin, {pid for pid, _ in old})
        if said or (now and not now & old):
            break
        time.sleep(_STEP)
    else:
        said = f"the old workers after {_TIME_LIMIT} s"
    if said:
        way_out = "The old configuration is back and nginx served on all the while. Mend what it says."
        raise Refused([Problem("nginx's reload", "new workers and no complaint", said, log or "its log", way_out)])


def error_log(nginx: Server) -> str:
    """The file that the master writes to; nothing when that is no file."""
    try:
        named = reading.read(nginx).main.named(b"error_log")
    except Refused:
        named = []
    words = named[-1].directive.arguments if named else ()
    path = os.path.join(nginx.prefix, os.fsdecode(words[0])) if words else nginx.error_log
    return path if os.path.isfile(path) else ""


def _size(path: str) -> int:
    return os.path.getsize(path) if path else 0


def _complaints(path: str, begin: int, old: set[int]) -> str:
    """What master and new workers have against the configuration; old ones complain of what they leave behind."""
    if not path:
        return ""
    with open(path, "rb") as file:
        # Rotated meanwhile: a new file.
        file.seek(begin if os.path.getsize(path) >= begin else 0)
        lines = file.read().decode("utf-8", "backslashreplace").splitlines()
    found = (_COMPLAINT.search(line) for line in lines)
    return "; ".join(said[2] for said in found if said and int(said[1]) not in old)
