"""Patterns of `include` as nginx has them expanded, by glob(3): libc itself says what a part of one matches."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable

_PERIOD = 1 << 2  # FNM_PERIOD of fnmatch.h: a dot at the beginning is matched by a dot alone


def is_one(word: str) -> bool:
    return any(mark in word for mark in "*?[")


def expanded(pattern: str, names: Callable[[str], Iterable[str]], real: Callable[[str], str]) -> list[str]:
    """The paths of an absolute pattern, sorted by bytes. `names`: what a folder holds; `real`: a path without links."""
    found = [""]
    for part in filter(None, pattern.split("/")):
        if part in (".", ".."):
            found = [real(f"{base or '/'}/{part}") for base in found]
        else:
            found = [f"{base.rstrip('/')}/{name}" for base in found for name in matching(part, names(base or "/"))]
    return sorted(found, key=os.fsencode)


def matching(part: str, names: Iterable[str]) -> list[str]:
    fnmatch = ctypes.CDLL(None).fnmatch
    wanted = os.fsencode(part)
    return [name for name in names if fnmatch(wanted, os.fsencode(name), _PERIOD) == 0]
