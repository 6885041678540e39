"""Whether systemd can start a service again as it runs: a restart is no way back for one that it cannot."""

from __future__ import annotations

from ..problem import Problem
from ..system.run import run
from .unit import Unit


def problems(unit: Unit) -> list[Problem]:
    """What stands in the way of its next start, as far as systemd knows it beforehand."""
    return [*_manual(unit), *_conditions(unit)]


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
                way_out = "Nothing is restarted that would not come back: see to it, or take the line out."
                found.append(Problem("gunicorn", "conditions of its start that hold", line, unit.name, way_out))
    return found
