"""A manifest's settings as values: formulas are worked out on this host, in an order in which one may use another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .formula import BadFormula, evaluate
from .manifest import Setting
from .problem import Problem, Refused
from .rules import COMPUTED, combine, is_number


class Wish(NamedTuple):
    """A setting in which no formula stands any more."""

    rule: str
    value: str


def resolved(settings: Iterable[Setting], base: Mapping[str, str], room: Mapping[str, int]) -> dict[str, Wish]:
    """`base`: what the host has without us, which a formula may ask for by that name. `room`: `cpus` and
    `memory_mib`."""
    known: dict[str, Wish] = {}
    waiting: dict[str, Setting] = {}
    for setting in settings:
        if setting.rule == COMPUTED:
            waiting[setting.name] = setting
        else:
            known[setting.name] = Wish(setting.rule, setting.wanted)
    while waiting:
        failures = {}
        for name, setting in waiting.items():
            # Those that are numbers, whatever the host has.
            earlier = {
                _word(other): _comes_to(wish, base.get(other))
                for other, wish in known.items()
                if is_number(wish.value) and is_number(base.get(other, "0"))
            }
            have = base.get(name, "0")
            facts = {"base": int(have) if is_number(have) else 0, **room, **earlier}
            try:
                known[name] = Wish("exactly", str(evaluate(setting.wanted, facts)))
            except BadFormula as failure:
                failures[name] = str(failure)
        if len(failures) == len(waiting):
            way_out = "Run `pulumi up` again, with the package's own values."
            raise Refused(
                Problem(name, "a formula of docs/manifest.md", said, "manifest", way_out)
                for name, said in failures.items()
            )
        waiting = {name: waiting[name] for name in failures}
    return known


def _word(setting: str) -> str:
    """What formulas call it."""
    return setting.rpartition(".")[2]


def _comes_to(wish: Wish, base: str | None) -> int:
    return int(wish.value if base is None else combine(wish.rule, base, wish.value))
