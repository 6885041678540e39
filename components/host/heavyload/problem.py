"""A problem is a value; one place turns problems into lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_LONGEST = 2000


class Problem(NamedTuple):
    """One thing that stands in the way: what was wanted, what was found, where, and what to do."""

    what: str
    wanted: str
    found: str
    where: str
    way_out: str

    def to_json(self) -> dict[str, str]:
        known = self._asdict()
        return {**{name: known[name] for name in ("what", "wanted", "found", "where")}, "wayOut": self.way_out}

    def __str__(self) -> str:
        return f"{self.what}: wanted {self.wanted}, found {_shown(self.found)} ({self.where}). {self.way_out}"


def _shown(text: str) -> str:
    """An application may have written a book."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


class Refused(Exception):
    """Carries every problem that could be seen together. `changed` tells what became of the host."""

    def __init__(self, problems: Iterable[Problem], outcome: str = "nothing was changed") -> None:
        self.problems = list(problems)
        self.outcome = outcome
        super().__init__(problems, outcome)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{count} problem{'' if count == 1 else 's'}, {self.outcome}:"
        return "\n".join([head, *(f"  - {problem}" for problem in self.problems)])


def refuse(what: str, wanted: str, found: str, where: str, way_out: str) -> Refused:
    return Refused([Problem(what, wanted, found, where, way_out)])
