"""A service's files of variables, as they are given to a trial: copies that root has made. systemd would wait for ever
for the other end of a FIFO that somebody puts there meanwhile."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from ..problem import Problem, Refused
from ..system import regular
from ..system.bus import Properties
from .unit import Unit

_FILES = "EnvironmentFiles"
_PLACE = "/run"
_MOST = 1 << 24
"""No file of variables is larger, bytes."""


@contextmanager
def copied(unit: Unit, without: str = "") -> Iterator[Properties]:
    """What systemd knows of the unit, with copies in the place of its files of variables; `without`: one that is left
    out. Raises Refused with all that systemd would not start it with."""
    with tempfile.TemporaryDirectory(prefix="heavyload-", dir=_PLACE) as folder:
        paths: list[tuple[str, bool]] = []
        problems = []
        for path, optional in unit.said.get(_FILES, ()):
            matches = sorted(glob.glob(path)) if path != without else []
            if not (matches or optional or path == without):
                problems.append(_unfit(unit, path, "none"))
            for match in matches:
                copy = os.path.join(folder, str(len(paths)))
                if (content := _content(match)) is None:
                    problems.append(_unfit(unit, match, "something else"))
                    continue
                with open(copy, "wb") as file:
                    file.write(content)
                paths.append((copy, False))
        if problems:
            raise Refused(problems)
        yield {**unit.said, _FILES: paths}


def problems(unit: Unit) -> list[Problem]:
    """What systemd would not start the unit with, or would wait for."""
    try:
        with copied(unit):
            return []
    except Refused as refused:
        return list(refused.problems)


def _content(path: str) -> bytes | None:
    """None: no regular file, or no end of one."""
    try:
        content = regular.read(path, _MOST + 1)
    except FileNotFoundError:
        return b""
    except OSError:
        return None
    return content if len(content) <= _MOST else None


def _unfit(unit: Unit, path: str, found: str) -> Problem:
    return Problem("EnvironmentFile", "a regular file", found, f"{path}, {unit.name}", "Put a file there.")
