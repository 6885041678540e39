"""What a part of the tuning makes of a configuration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..problem import Problem
from .edits import Edit


class Outcome(NamedTuple):
    edits: tuple[Edit, ...] = ()
    base: dict[str, str] = {}
    """By setting: what the text as it is gives. A setting that has nothing to hold on to is missing."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    left: tuple[Problem, ...] = ()
    """What stays as it is since it has no place for ours, by setting; of no weight to `base`."""


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    parts = list(outcomes)
    return Outcome(
        tuple(dict.fromkeys(edit for part in parts for edit in part.edits)),  # one snippet may stand in many servers
        {name: value for part in parts for name, value in part.base.items()},
        tuple(dict.fromkeys(problem for part in parts for problem in part.problems)),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        tuple(dict.fromkeys(left for part in parts for left in part.left)),
    )
