"""Patterns of `include` as nginx has them expanded, by glob(3)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from ..system.globs import matching

_DOTS = (".", "..")


def expanded(pattern: str, names: Callable[[str], Iterable[str]], real: Callable[[str], str]) -> list[str]:
    """The paths of an absolute pattern, sorted by bytes. `names`: what a folder holds, itself and the one above it
    among it as `.` and `..`; `real`: a path without links."""
    found = [""]
    *folders, last = pattern.split("/")
    for part in filter(None, (*map(_unescaped, folders), last)):
        inside = [(base.rstrip("/"), name) for base in found for name in matching(part, names(base or "/"))]
        found = [real(f"{base}/{name}") if name in _DOTS else f"{base}/{name}" for base, name in inside]
    return sorted(found, key=os.fsencode)


def _unescaped(part: str) -> str:
    """Without a backslash before the slash, which it leaves a slash."""
    backslashes = len(part) - len(part.rstrip("\\"))
    return part[:-1] if backslashes % 2 else part
