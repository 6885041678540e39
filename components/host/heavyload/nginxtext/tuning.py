"""The whole tuning of a configuration: every part on one reading of it, and the texts that come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..problem import Problem, Refused
from ..system.addresses import Address
from ..wishes import Wish
from . import directives, listens, logs, upstreams
from .configuration import Configuration
from .edits import Edit, Note, made, undone
from .outcome import Outcome, joined


class Facts(NamedTuple):
    """What the tuning needs to know besides the text."""

    version: tuple[int, ...]
    prefix: str
    access_log: str
    """The log that nginx writes where none is named."""
    switch: str = ""
    """Directives on the command line."""
    gunicorn: tuple[Address, ...] = ()
    cpus: int = 1
    is_pipe: Callable[[str], bool] = lambda _: False
    """Whether that file is one."""
    number: Callable[[Address, int], int] = lambda _, backlog: backlog


class Tuned(NamedTuple):
    texts: dict[str, bytes]
    """Of the files that change."""
    notes: dict[str, list[Note]]
    outcome: Outcome


def tuned(config: Configuration, wishes: Mapping[str, Wish], facts: Facts, strict: bool = False) -> Tuned:
    """`strict`: what would be left as it is, is refused too. Raises Refused with all that stands in the way."""
    outcome = seen(config, wishes, facts)
    if problems := (*outcome.problems, *(outcome.left if strict else ())):
        raise Refused(problems)
    texts: dict[str, bytes] = {}
    notes: dict[str, list[Note]] = {}
    by_path: dict[str, list[Edit]] = {}
    for edit in outcome.edits:
        by_path.setdefault(edit.path, []).append(edit)
    for path, edits in by_path.items():
        texts[path], notes[path] = made(config.texts[path], edits)
        if undone(texts[path], notes[path]) != (config.texts[path], []):
            way_out = "Nothing was changed: set these by hand, and please report the file."
            raise Refused([Problem(path, "edits that can be taken back", "one that cannot", path, way_out)])
    return Tuned(texts, notes, outcome)


def seen(config: Configuration, wishes: Mapping[str, Wish], facts: Facts) -> Outcome:
    """What each part finds, and what it would do."""
    return joined(_parts(config, wishes, facts))


def _parts(config: Configuration, wishes: Mapping[str, Wish], facts: Facts) -> Iterable[Outcome]:
    yield directives.outcome(config, wishes, facts.version, facts.switch, facts.cpus)
    yield listens.outcome(config, wishes, facts.number)
    yield upstreams.outcome(config, wishes, facts.version, facts.gunicorn)
    yield logs.outcome(config, wishes, facts.prefix, facts.access_log, facts.is_pipe)
