"""Places that root itself cannot write: read-only file systems, and what chattr(1) has closed."""

from __future__ import annotations

import array
import fcntl
import os
from collections.abc import Iterable

from ..problem import Problem

# Of linux/fs.h.
_GETFLAGS, _IMMUTABLE, _APPEND = 0x80086601, 0x10, 0x20
_ATTRIBUTES = {_IMMUTABLE: "+i", _APPEND: "+a"}


def objection(path: str) -> Problem | None:
    """Why a file there can be neither put nor taken away, or None."""
    folder = _folder(path)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return _problem(path, "a read-only file system", folder, f"Remount it for writing (`findmnt -T {folder}`)")
    for place in (folder, path):
        if attribute := _attribute(place):
            way_out = f"Take it away (`chattr -{attribute[1]} {place}`)"
            return _problem(path, f"the attribute {attribute}", place, way_out)
    return None


def objections(paths: Iterable[str]) -> list[Problem]:
    found = (objection(path) for path in paths)
    return list(dict.fromkeys(problem for problem in found if problem))


def _problem(path: str, found: str, where: str, way_out: str) -> Problem:
    return Problem(path, "a place that can be written", found, where, f"{way_out}, then run again.")


def _folder(path: str) -> str:
    """The innermost one that is there."""
    folder = os.path.dirname(path)
    return folder if os.path.isdir(folder) else _folder(folder)


def _attribute(path: str) -> str:
    """One that closes it; nothing: none, or a file system that has none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return ""
    flags = array.array("l", [0])
    try:
        fcntl.ioctl(handle, _GETFLAGS, flags, True)
    except OSError:
        return ""
    finally:
        os.close(handle)
    return next((text for bit, text in _ATTRIBUTES.items() if flags[0] & bit), "")
