"""What was computed for another size of this machine: worked out anew at the next boot."""

from __future__ import annotations

import time
from collections.abc import Mapping

from . import manifest as manifests
from . import steps
from .concerns import SERVERS
from .journal import records
from .journal.records import Record
from .paths import PROGRAM
from .problem import Problem, Refused, problems_of
from .say import say
from .system import unit
from .system.snapshot import Snapshot

_PATIENCE, _STEP = 60, 2  # seconds: a service is started before its workers are


def at_boot() -> int:
    """In a unit of its own, as every change, where there is something to do."""
    return unit.run((PROGRAM, "inside", "resize"), b"") if _resized(Snapshot()) else 0


def anew() -> None:
    """Raises Refused with what cannot be worked out; the others are."""
    stuck: list[Problem] = []
    for name, (record, now) in _resized(Snapshot()).items():
        say(f"{name}: values for {told(now)}, which were {told(record.room)}")
        try:
            _apply(name, record)
        except Exception as failure:  # the others do not wait for it
            stuck += problems_of(failure, name, "to be worked out anew")
    if stuck:
        raise Refused(stuck, "the rest was worked out anew")


def problems(snapshot: Snapshot) -> list[tuple[str, Problem]]:
    """What is as another size of the machine asked for, by layer."""
    way_out = "The next boot works it out anew, and so does `pulumi up` with a new heavyload:reapply."
    found = []
    for name, (record, now) in _resized(snapshot).items():
        wanted, have = f"those for {told(now)}", f"those for {told(record.room)}"
        found.append((name, Problem(f"{name}'s values", wanted, have, "this host", way_out)))
    return found


def told(room: Mapping[str, int]) -> str:
    return f"{room['cpus']} CPUs and {room['memory_mib']} MiB"


def _resized(snapshot: Snapshot) -> dict[str, tuple[Record, Mapping[str, int]]]:
    """Of each server what is applied, and what it has room for by now."""
    found = {}
    for name, server in SERVERS.items():
        record = records.read(name)
        if record is None or not record.room:  # an earlier version has not written it down
            continue
        try:
            now = server.room(manifests.parse(record.manifest.encode(), name), snapshot)
        except (Refused, OSError):  # it is gone, which is told elsewhere
            continue
        if now != record.room:
            found[name] = record, now
    return found


def _apply(name: str, record: Record) -> None:
    """Waited for is what can be planned, which touches nothing; what is carried out is so once."""
    raw = record.manifest.encode()
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            steps.plan(name, manifests.parse(raw, name), Snapshot())
            break
        except Refused:
            if time.monotonic() > end:
                raise
        time.sleep(_STEP)
    steps.apply(name, raw)
