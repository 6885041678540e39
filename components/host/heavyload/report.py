"""One row of the report: what was wanted, what is, and where it was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from .manifest import Setting

IN_FORCE, NOT_APPLICABLE, SHORT = "in force", "not applicable", "short"
_STATES = (IN_FORCE, NOT_APPLICABLE, SHORT)
NOTHING = "-"


class Row(NamedTuple):
    concern: str
    name: str
    wanted: str
    before: str
    now: str
    afterReboot: str
    rule: str
    state: str
    """One of the three above. Of what is not applicable `readFrom` has the reason."""
    readFrom: str

    @property
    def is_short(self) -> bool:
        return self.state == SHORT

    def to_json(self) -> dict[str, str | bool]:
        return {**self._asdict(), "ok": not self.is_short}


def state(holds: bool) -> str:
    return IN_FORCE if holds else SHORT


def without(concern: str, setting: Setting, why: str, name: str = "") -> Row:
    """Of a setting that this host has no place for."""
    values = (setting.wanted, NOTHING, NOTHING, NOTHING, setting.rule)
    return Row(concern, name or setting.name, *values, NOT_APPLICABLE, why)


def missing(concern: str, setting: Setting, why: str) -> Row:
    """Of a setting that this host should have and has not."""
    return Row(concern, setting.name, setting.wanted, NOTHING, "none", NOTHING, setting.rule, SHORT, why)


def numbers(rows: Sequence[Row]) -> dict[str, int]:
    """By state."""
    return {state: sum(row.state == state for row in rows) for state in _STATES}


def counts(rows: Sequence[Row]) -> str:
    return ", ".join(f"{number} {state}" for state, number in numbers(rows).items())


# Titles, and how wide a column may grow before its cells wrap.
_COLUMNS = (
    ("", 0),
    ("setting", 0),
    ("before", 22),
    ("now", 22),
    ("wanted", 22),
    ("rule", 0),
    ("after a reboot", 22),
    ("read from", 42),
)
_MARKS = {IN_FORCE: "ok", NOT_APPLICABLE: "n/a", SHORT: "NO"}
_PARTS = re.compile(r"[^,/ ]*[,/ ]|[^,/ ]+")
_FOLDERS = re.compile(r"(?:/[\w.-]+)*/([\w.-]+)")


def table(rows: Sequence[Row]) -> str:
    """The one that Pulumi prints, for people on the host; `status --json` has the whole paths."""
    cells = [[_wrapped(cell, widest) for cell, (_, widest) in zip(_cells(row), _COLUMNS)] for row in rows]
    titles = [[title] for title, _ in _COLUMNS]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(titles, *cells)]
    rule = [["-" * width] for width in widths]
    return "\n".join(line for row in (titles, rule, *cells) for line in _lines(row, widths))


def _cells(row: Row) -> list[str]:
    values = [value or NOTHING for value in (row.before, row.now, row.wanted)]
    where = _FOLDERS.sub(r"\1", row.readFrom)
    return [_MARKS[row.state], row.name, *values, row.rule, row.afterReboot or NOTHING, where]


def _wrapped(text: str, widest: int) -> list[str]:
    """The lines a text takes; a port or a path's name is never cut."""
    found = [""]
    for part in _PARTS.findall(text):
        if widest and found[-1] and len((found[-1] + part).rstrip()) > widest:
            found.append("")
        found[-1] += part
    return [line.rstrip() for line in found]


def _lines(row: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    lines = zip_longest(*row, fillvalue="")
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
