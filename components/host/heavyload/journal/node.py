"""What stands at a path: absent, a regular file or a link, with all that a restore must bring back."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..problem import Problem, Refused


class Node(NamedTuple):
    """`content` of a file, or `target` of a link; both None: absent. `xattrs` hold labels and ACLs."""

    content: bytes | None = None
    target: str | None = None
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    xattrs: Mapping[str, bytes] = {}

    @property
    def absent(self) -> bool:
        return self.content is None and self.target is None

    @property
    def digest(self) -> str:
        """Tells two contents apart; owner and mode are not part of it: an edit is an edit of the text."""
        if self.target is not None:
            return f"link:{self.target}"
        return "absent" if self.content is None else hashlib.sha256(self.content).hexdigest()


ABSENT = Node()


def read_node(path: str) -> Node:
    """Reads without following links. What is neither file nor link is refused."""
    try:
        info = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    if stat.S_ISLNK(info.st_mode):
        return Node(target=os.readlink(path), mode=0o777, uid=info.st_uid, gid=info.st_gid)
    if not stat.S_ISREG(info.st_mode):
        raise Refused([_unfit(path, "neither a file nor a link")])
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        content = file.read()
    xattrs = {name: os.getxattr(path, name, follow_symlinks=False) for name in _xattr_names(path)}
    return Node(content, None, stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid, xattrs)


def _xattr_names(path: str) -> list[str]:
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError:  # a file system without them
        return []


def obstacle(path: str, back: bool = False) -> Problem | None:
    """What makes `path` unfit to be replaced and put back exactly, or None. `back`: it is put back."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return _no_folder(path)
    except NotADirectoryError:
        return _unfit(path, "a folder above it is a file")
    if not (stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode)):
        return _unfit(path, "neither a file nor a link")
    if stat.S_ISREG(info.st_mode) and info.st_nlink > 1 and not back:  # a copy of ours keeps that name then
        return _unfit(path, f"a file with {info.st_nlink} names (hard links)")
    if _is_mount(path):
        return _unfit(path, "a mount point")
    return None


def _no_folder(path: str) -> Problem | None:
    """A link that leads nowhere in the place of a folder above it: no folder can be made there."""
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return None if os.path.isdir(folder) else _unfit(path, f"a link that leads nowhere, {folder}, above it")


def _is_mount(path: str) -> bool:
    """Of a file too, which may be on the same file system."""
    real = os.path.realpath(path)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        places = [line.split(" ")[4] for line in file]
    return real in (re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place) for place in places)


def obstacles(paths: Iterable[str], back: bool = False) -> list[Problem]:
    return [problem for path in paths if (problem := obstacle(path, back))]


def _unfit(path: str, found: str) -> Problem:
    return Problem(path, "a regular file or nothing", found, path, "Move it away, then run again.")
