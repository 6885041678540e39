"""What the rules of a plan mean for values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

RULES = ("exactly", "at least", "at most", "widen")
BY_DEFAULT = "by default"
"""The value stands where people have chosen none."""
COMPUTED = "computed"
"""The value is a formula: worked out first, and then at least that."""


_SPANS = "{0}(-{0})?(,{0}(-{0})?)*".format("[0-9]{1,10}")


def normal(value: str) -> str:
    """One spelling for a value: single spaces; a list of ports merged and sorted, as the kernel prints it."""
    value = " ".join(words(value))
    return _print_ports(_ports(value)) if is_ports(value) else value


def words(text: str) -> list[str]:
    """As kernel and systemd take a text apart: other signs that stand for a blank are part of a word."""
    return [word for word in re.split("[ \t\n\v\f\r]+", text) if word]


def is_ports(value: str) -> bool:
    """True for a list that only a port list can be: `80,443`, `8000-8001`."""
    return re.fullmatch(_SPANS, value) is not None and not value.isdigit()


def is_number(text: str) -> bool:
    """A whole number that can be reckoned with; others may have written it."""
    return re.fullmatch("[0-9]{1,10}", text) is not None


def version(text: str) -> tuple[int, ...]:
    """Its numbers, which compare as versions do."""
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def same(one: str, other: str) -> bool:
    return normal(one) == normal(other)


def combine(rule: str, base: str, wanted: str) -> str:
    """The value a host that has `base` gets: the least change that satisfies the rule."""
    base, wanted = normal(base), normal(wanted)
    if rule in ("exactly", BY_DEFAULT):  # whoever asks has looked whether people have chosen
        return wanted
    if rule == "widen" and len(wanted.split()) < 2:
        return _print_ports([*_ports(base), *_ports(wanted)])
    have, want = base.split(), wanted.split()
    if len(have) != len(want) or not all(map(str.isdecimal, (*have, *want))):
        return wanted
    pick = {"at least": (max,) * len(want), "at most": (min,) * len(want), "widen": (min, max)}[rule]
    return " ".join(str(choose(int(h), int(w))) for choose, h, w in zip(pick, have, want))


def satisfies(rule: str, value: str, wanted: str) -> bool:
    return same(combine(rule, value, wanted), value)


def _ports(text: str) -> list[tuple[int, int]]:
    """First and last of each span, however far apart: nobody counts them one by one."""
    found = []
    for part in text.split(","):
        if re.fullmatch(_SPANS, part):
            first, _, last = part.partition("-")
            found.append((int(first), int(last or first)))
    return [(first, last) for first, last in found if first <= last]


def _print_ports(ports: Iterable[tuple[int, int]]) -> str:
    spans: list[tuple[int, int]] = []
    for first, last in sorted(ports):
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((first, last))
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
