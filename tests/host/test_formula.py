"""The package works formulas out for its plans, the host for itself: both are held to one list of cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from heavyload.formula import BadFormula, evaluate
from heavyload.manifest import Setting
from heavyload.problem import Refused
from heavyload.wishes import Wish, resolved

ROOM = {"cpus": 2, "memory_mib": 2048}
CASES = json.loads((Path(__file__).parents[1] / "golden" / "formulas.json").read_text())


@pytest.mark.parametrize(("formula", "value"), CASES["works"])
def test_a_formula_is_worked_out(formula: str, value: int) -> None:
    assert evaluate(formula, CASES["facts"]) == value


@pytest.mark.parametrize(("formula", "said"), CASES["refused"])
def test_nothing_else_is_understood(formula: str, said: str) -> None:
    with pytest.raises(BadFormula) as caught:
        evaluate(formula, CASES["facts"])
    assert said in str(caught.value)


def test_a_formula_may_use_another_one_and_what_the_host_has() -> None:
    settings = (
        Setting("gunicorn.threads", "computed", "max(1, 60 / workers)"),
        Setting("gunicorn.workers", "computed", "max(3, min(0 * cpus + 5, memory_mib))"),
        Setting("nginx.worker_connections", "computed", "max(base, 1024)"),
        Setting("nginx.sendfile", "exactly", "on"),
    )
    assert resolved(settings, {"nginx.worker_connections": "4096"}, ROOM) == {
        "gunicorn.threads": Wish("exactly", "12"),
        "gunicorn.workers": Wish("exactly", "5"),
        "nginx.worker_connections": Wish("exactly", "4096"),
        "nginx.sendfile": Wish("exactly", "on"),
    }
    with pytest.raises(Refused, match="wanted one of base, cpus, memory_mib, found workers"):
        resolved(settings[:1], {}, ROOM)
