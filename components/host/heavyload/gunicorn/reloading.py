"""Has the running gunicorn take new settings: by a reload where its variables are the right ones already, otherwise by
a restart, in which a socket unit keeps the queue."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from ..journal.servers import Stays
from ..problem import Problem, Refused
from ..say import say
from ..system import bus, processes
from ..system.run import run
from ..system.snapshot import Snapshot
from . import finding, variables
from . import unit as units
from .unit import Unit

_STEP, _STEADY, _AFTER_GRACE = 0.1, 1.5, 60  # seconds
_ALL_THERE = 0.3  # seconds: gunicorn pauses at most a tenth between one worker and the next
_LONGEST_GRACE = 120  # seconds
_MOST = 1200
"""No start is waited for longer, seconds."""
_DOWN = ("failed", "inactive")


def reload(name: str = "") -> Stays | None:
    """`name`: the service; "": the one there is. Raises Refused when its workers are not new ones; what it returns,
    when they do not stay. Nothing to do where it does not run, or is gone: its next start reads the files."""
    unit = running(name)
    if unit is None:
        return None
    old = _identities(unit.main)
    with contextlib.suppress(ProcessLookupError):  # it has just died, which is noticed
        os.kill(units.master(unit.main), signal.SIGHUP)
    return _New(unit, old, may_start=True).stay


def restart(name: str = "") -> Stays | None:
    """As `reload`, for variables, which a process has from its start."""
    unit = running(name)
    if unit is None:
        return None
    if problems := variables.problems(unit):  # systemd would wait with them for ever
        raise Refused(problems)
    old = _identities(unit.main)
    done = run(("systemctl", "restart", "--", unit.name), timeout=min(unit.stop_seconds, _MOST) + _start_limit(unit))
    if done.code != 0:
        raise _failed(unit, done.err.strip())
    return _New(unit, old, may_start=False).stay


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


class _New:
    """Workers that are new ones, once it is made. `may_start`: a gunicorn that dies of a reload, as those before 24
    may, is started again once."""

    def __init__(self, unit: Unit, old: set[tuple[int, int]], may_start: bool) -> None:
        self._unit, self._old, self._may_start = unit, old, may_start
        self._main = unit.main
        # Old ones are gone by then: gunicorn kills them. What is there still is not a worker.
        self._grace = time.monotonic() + min(unit.stop_seconds, _LONGEST_GRACE)
        self._deadline = self._grace + _start_limit(unit)
        self._last: set[tuple[int, int]] = set()
        self._since = time.monotonic()
        self._await(_ALL_THERE)

    def stay(self) -> bool:
        """Raises Refused when they do not; otherwise whether they were these all the time."""
        first = self._last
        self._await(_STEADY)
        return self._last == first

    def _await(self, steady: float) -> None:
        while time.monotonic() < self._deadline:
            if processes.read(self._main) is None:
                said = bus.unit(self._unit.name)
                self._main = said.get("MainPID", 0)
                if not self._main and said["ActiveState"] in _DOWN:
                    self._start_again(f"it is {said['ActiveState']}: {said['Result']}", said["Result"])
                    continue
            now = _identities(self._main) if self._main else set()
            if now != self._last:
                self._last, self._since = now, time.monotonic()
            new = now - self._old
            replaced = new and (new == now or time.monotonic() > self._grace)
            if replaced and time.monotonic() - self._since >= steady:
                return
            time.sleep(_STEP)
        raise _failed(
            self._unit, "old workers" if self._last & self._old else "workers that end again" if self._last else "none"
        )

    def _start_again(self, found: str, result: str) -> None:
        if not self._may_start:
            raise _failed(self._unit, f"none, {found}")
        self._may_start = False
        say(f"gunicorn: {self._unit.name} died of the reload ({result}) and is started again")
        _start(self._unit)


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
