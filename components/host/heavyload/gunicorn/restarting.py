"""Whether systemd can start a service again as it runs: a restart is no way back for one that it cannot."""

from __future__ import annotations

from .. import records
from ..entry import read_entry
from ..paths import UNITS
from ..problem import Problem
from ..run import run
from .unit import Unit

_WAY_OUT = "Nothing is restarted that would not come back"


def problems(unit: Unit) -> list[Problem]:
    """What stands in the way of its next start, as far as systemd knows it beforehand."""
    return [*edited(unit), *_manual(unit), *_conditions(unit)]


def edited(unit: Unit) -> list[Problem]:
    """Its next start would be another one than anybody has seen yet, and whatever has systemd read its units anew would
    bring it about."""
    if not unit.said.get("NeedDaemonReload") or _ours_alone(unit):
        return []
    way_out = "Try it yourself first (`systemctl daemon-reload`, then restart it), or take the edit back."
    found = "edited since, and not read by systemd yet"
    return [Problem("gunicorn", "its unit as it runs", found, f"{unit.name}, NeedDaemonReload", way_out)]


def _ours_alone(unit: Unit) -> bool:
    """Whether it is a drop-in of ours that somebody has changed or taken away."""
    ours = {path: digest for path, digest in records.digests().items() if path.startswith(f"{UNITS}/{unit.name}.d/")}
    return any(read_entry(path).digest != digest for path, digest in ours.items())


def _manual(unit: Unit) -> list[Problem]:
    refused = [name for name in ("RefuseManualStop", "RefuseManualStart") if unit.said.get(name)]
    way_out = "Take that out, or restart it by what starts it, with the same settings."
    return [Problem("gunicorn", "a unit that can be restarted", f"{name}=yes", unit.name, way_out) for name in refused]


def _conditions(unit: Unit) -> list[Problem]:
    """systemd itself tries them."""
    found = []
    for kind in ("Conditions", "Asserts"):
        for name, trigger, negate, parameter, _ in unit.said.get(kind, ()):
            line = f"{name}={'!' if negate else ''}{parameter}"
            # Of those with a `|` one is enough.
            if not trigger and run(("systemd-analyze", "condition", line)).code == 1:
                way_out = f"{_WAY_OUT}: see to it, or take the line out."
                found.append(Problem("gunicorn", "conditions of its start that hold", line, unit.name, way_out))
    return found
