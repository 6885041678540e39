"""A problem is a value; one place turns problems into lines."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from typing import NamedTuple

_LONGEST, _MOST = 2000, 100


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
        said = f"{_shown(self.what)}: wanted {_shown(self.wanted)}, found {_shown(self.found)}"
        return f"{said} ({_shown(self.where)}). {self.way_out}"


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
        shown = [f"  - {problem}" for problem in self.problems[:_MOST]]
        return "\n".join([head, *shown, *([f"  - and {count - _MOST} more"] if count > _MOST else [])])


class Misuse(Refused):
    """Of a command, by whoever calls it."""


_WAYS_OUT = {
    errno.ENOSPC: "Make room on its file system",
    errno.EDQUOT: "Make room in its quota",
    errno.EROFS: "Look at `dmesg` why its file system is read-only, mount it for writing",
    errno.EIO: "Look at `dmesg`: the disk fails",
    errno.EPERM: "Look what guards it (`lsattr`, AppArmor, SELinux, a container)",
    errno.EACCES: "Look what guards it (`lsattr`, AppArmor, SELinux, a container)",
}


def problems_of(failure: BaseException, what: str, wanted: str) -> list[Problem]:
    """Its own; of something that nobody has foreseen, a full disk or a fault of ours, one that says so."""
    if isinstance(failure, Refused):
        return failure.problems
    found, where, way_out = str(failure) or repr(failure), "this host", "Mend that"
    if isinstance(failure, Exception) and not isinstance(failure, OSError):
        found = repr(failure)
        way_out = "This is a fault of heavyload's own: please report it with `journalctl -t heavyload`; look at that"
    if isinstance(failure, OSError) and failure.strerror:
        names = [os.fsdecode(name) for name in (failure.filename, failure.filename2) if isinstance(name, (str, bytes))]
        found, where = failure.strerror, " -> ".join(names) or where
        way_out = _WAYS_OUT.get(failure.errno or 0, way_out)
    return [Problem(what, wanted, found, where, f"{way_out}, then run again.")]


def told(failure: BaseException) -> Refused:
    """As people are told of it."""
    if isinstance(failure, Refused):
        return failure
    return Refused(problems_of(failure, "heavyload", "to come to its end"), "nothing more was done")


def refuse(what: str, wanted: str, found: str, where: str, way_out: str) -> Refused:
    return Refused([Problem(what, wanted, found, where, way_out)])
