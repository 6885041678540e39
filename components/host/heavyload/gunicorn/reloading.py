"""Has the running gunicorn take new settings: by a reload where its environment is the right one already, otherwise by
a restart, in which a socket unit keeps the queue."""

from __future__ import annotations

import os
import signal
import time

from .. import processes, services
from ..problem import Problem, Refused
from ..run import run
from . import unit as units
from .unit import ARGS, Unit

_STEP, _STEADY, _AFTER_GRACE = 0.2, 1.5, 60  # seconds


def reload() -> None:
    """Raises Refused when its workers are not new ones, or do not stay. Nothing to do where it does not run."""
    unit = units.find()
    if not unit.main:
        return
    old = _identities(unit.main)
    if not needs_restart(unit):
        os.kill(unit.main, signal.SIGHUP)
    else:
        done = run(("systemctl", "restart", unit.name), timeout=unit_limit(unit))
        if done.code != 0:
            raise _failed(unit, done.err.strip())
    deadline = time.monotonic() + unit_limit(unit)
    steady = time.monotonic()
    last: set[tuple[int, int]] = set()
    main = unit.main
    while time.monotonic() < deadline:
        if processes.read(main) is None:
            main = services.main_of(unit.name)
        now = _identities(main) if main else set()
        if now != last:
            last, steady = now, time.monotonic()
        if now and not now & old and time.monotonic() - steady >= _STEADY:
            return
        time.sleep(_STEP)
    raise _failed(unit, "old workers" if last & old else "workers that end again" if last else "none")


def needs_restart(unit: Unit) -> bool:
    """The environment of a process is that of its start."""
    return units.environ(unit).get(ARGS, "") != unit.args()


def unit_limit(unit: Unit) -> float:
    return min(unit.stop_seconds, 120) + _AFTER_GRACE


def _identities(main: int) -> set[tuple[int, int]]:
    return {(process.pid, process.start) for process in units.workers(main)}


def _failed(unit: Unit, found: str) -> Refused:
    way_out = f"Look at `journalctl -u {unit.name}`."
    return Refused([Problem("gunicorn's workers", "new ones that stay", found or "none", unit.name, way_out)])
