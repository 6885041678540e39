"""Patterns of `include` as nginx has them expanded, by glob(3): libc itself says what a part of one matches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

_DOTS = (".", "..")
_PERIOD = 1 << 2  # FNM_PERIOD of fnmatch.h: a dot at the beginning is matched by a dot alone


def is_one(word: str) -> bool:
    return any(mark in word for mark in "*?[")


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


def matching(part: str, names: Iterable[str]) -> list[str]:
    import ctypes  # only here: most steps read no configuration

    fnmatch = ctypes.CDLL(None).fnmatch
    wanted = os.fsencode(part)
    return [name for name in names if fnmatch(wanted, os.fsencode(name), _PERIOD) == 0]
