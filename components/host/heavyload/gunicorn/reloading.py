"""Has the running gunicorn take new settings: by a reload where its variables are the right ones already, otherwise by
a restart, in which a socket unit keeps the queue."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from ..problem import Problem, Refused
from ..say import say
from ..system import bus, processes
from ..system.run import run
from ..system.snapshot import Snapshot
from . import finding, variables
from . import unit as units
from .unit import Unit

_STEP, _STEADY, _AFTER_GRACE = 0.2, 1.5, 60  # seconds
_LONGEST_GRACE = 120  # seconds
_MOST = 1200
"""No start is waited for longer, seconds."""
_DOWN = ("failed", "inactive")


def reload(name: str = "") -> None:
    """`name`: the service; "": the one there is. Raises Refused when its workers are not new ones, or do not stay.
    Nothing to do where it does not run, or is gone: its next start reads the files."""
    if unit := running(name):
        old = _identities(unit.main)
        with contextlib.suppress(ProcessLookupError):  # it has just died, which is noticed
            os.kill(units.master(unit.main), signal.SIGHUP)
        _await(unit, old, may_start=True)


def restart(name: str = "") -> None:
    """As `reload`, for variables, which a process has from its start."""
    if unit := running(name):
        if problems := variables.problems(unit):  # systemd would wait with them for ever
            raise Refused(problems)
        old = _identities(unit.main)
        done = run(
            ("systemctl", "restart", "--", unit.name), timeout=min(unit.stop_seconds, _MOST) + _start_limit(unit)
        )
        if done.code != 0:
            raise _failed(unit, done.err.strip())
        _await(unit, old, may_start=False)


def running(name: str) -> Unit | None:
    """The service of that name, or the one there is, where it runs and takes new settings."""
    snapshot = Snapshot()
    unit = units.of(snapshot.service(name)) if name else units.find(snapshot)
    if unit.main and not unit.service.found:
        say(f"gunicorn: {unit.name} runs without a unit file; it has its old settings until it is started anew")
        return None
    if unit.main and not finding.runs_gunicorn(unit.service, snapshot):
        say(f"gunicorn: {unit.name} is to run something else by now; what runs has its old settings until it ends")
        return None
    return unit if unit.main else None


def _await(unit: Unit, old: set[tuple[int, int]], may_start: bool) -> None:
    """`may_start`: a gunicorn that dies of a reload, as those before 24 may, is started again once."""
    # Old ones are gone by then: gunicorn kills them. What is there still is not a worker.
    grace = time.monotonic() + min(unit.stop_seconds, _LONGEST_GRACE)
    deadline = grace + _start_limit(unit)
    steady = time.monotonic()
    last: set[tuple[int, int]] = set()
    main = unit.main
    while time.monotonic() < deadline:
        if processes.read(main) is None:
            said = bus.unit(unit.name)
            main = said.get("MainPID", 0)
            if not main and said["ActiveState"] in _DOWN:
                if not may_start:
                    raise _failed(unit, f"none, it is {said['ActiveState']}: {said['Result']}")
                may_start = False
                say(f"gunicorn: {unit.name} died of the reload ({said['Result']}) and is started again")
                _start(unit)
                continue
        now = _identities(main) if main else set()
        if now != last:
            last, steady = now, time.monotonic()
        new = now - old
        if new and (new == now or time.monotonic() > grace) and time.monotonic() - steady >= _STEADY:
            return
        time.sleep(_STEP)
    raise _failed(unit, "old workers" if last & old else "workers that end again" if last else "none")


def _start(unit: Unit) -> None:
    done = run(("systemctl", "start", "--", unit.name), timeout=_start_limit(unit))
    if done.code != 0:
        raise _failed(unit, done.err.strip())


def _start_limit(unit: Unit) -> float:
    return min(unit.start_seconds, _MOST) + _AFTER_GRACE


def _identities(main: int) -> set[tuple[int, int]]:
    return {(process.pid, process.start) for process in units.workers(main)}


def _failed(unit: Unit, found: str) -> Refused:
    way_out = f"Look at `journalctl -u {unit.name}`."
    return Refused([Problem("gunicorn's workers", "new ones that stay", found or "none", unit.name, way_out)])
