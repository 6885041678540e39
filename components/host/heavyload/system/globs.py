"""Patterns as glob(3) matches them: libc itself says what one part of a path matches."""

from __future__ import annotations

import os
from collections.abc import Iterable

_PERIOD = 1 << 2  # FNM_PERIOD of fnmatch.h: a dot at the beginning is matched by a dot alone


def is_one(word: str) -> bool:
    return any(mark in word for mark in "*?[")


def matching(part: str, names: Iterable[str]) -> list[str]:
    import ctypes  # only here: most steps have no pattern before them

    fnmatch = ctypes.CDLL(None).fnmatch
    wanted = os.fsencode(part)
    return [name for name in names if fnmatch(wanted, os.fsencode(name), _PERIOD) == 0]
