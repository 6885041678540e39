"""What the files of sysctl.d say in the order systemd-sysctl reads them (sysctl.d(5)), with file and line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..rules import normal
from ..system import globs, procsys, regular

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d")
OTHERS = {
    "/etc/sysctl.conf": "`sysctl --system` reads it last",
    "/etc/ufw/sysctl.conf": "ufw sets it when it starts; heavyload.service raises it again at boot",
}
"""Files that others than systemd read, and when."""
_BLANKS = " \t\n\r"
_SWAPPED = str.maketrans("/.", "./")


class Assignment(NamedTuple):
    key: str
    value: str | None
    """None: no pattern is to set that key."""
    path: str
    line: int

    @property
    def where(self) -> str:
        return f"{self.path} line {self.line}"


def paths(folders: Sequence[str] = FOLDERS) -> list[str]:
    """Files in the order they are read: by name, whichever folder; an earlier folder hides the same name."""
    found: dict[str, str] = {}
    for folder in folders:
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            continue
        for name in names:
            if name.endswith(".conf") and not name.startswith("."):
                found.setdefault(name, f"{folder}/{name}")
    return [found[name] for name in sorted(found, key=os.fsencode)]


def parse(text: str, path: str) -> list[Assignment]:
    """`key = value` lines. `/` may stand for `.`; a leading `-` tells to ignore a failure, and without a value that
    patterns leave the key alone."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        key, equals, value = line.strip(_BLANKS).partition("=")
        if key[:1] in ("", "#", ";") or not (equals or key.startswith("-")):
            continue
        said = normal(value) if equals else None
        found.append(Assignment(_dotted(key[key.startswith("-") :].strip(_BLANKS)), said, path, number))
    return found


def _dotted(key: str) -> str:
    """As systemd: the first separator decides; with `/` first, dots are part of a name."""
    first = min((key.find(sign) for sign in "./" if sign in key), default=-1)
    if first < 0 or key[first] == ".":
        return key
    return "/".join(filter(None, key.split("/"))).translate(_SWAPPED)


def read(skip: str) -> tuple[list[Assignment], list[Assignment]]:
    """Every assignment of the host before and after the place of the file `skip`, which is not read."""
    before: list[Assignment] = []
    after: list[Assignment] = []
    for path in paths():
        if path != skip:
            earlier = os.fsencode(os.path.basename(path)) < os.fsencode(os.path.basename(skip))
            (before if earlier else after).extend(parse(regular.text(path), path))
    return before, after


def applied(assignments: Iterable[Assignment], key: str) -> list[Assignment]:
    """The assignments that are made to `key`, in that order: the last by name, and only without one all by pattern."""
    by_key: dict[str, Assignment] = {}
    for item in assignments:
        by_key.pop(item.key, None)  # the last one of a pattern decides when it is applied, too
        by_key[item.key] = item
    found = [by_key[key]] if key in by_key else [by_key[pattern] for pattern in by_key if _matches(pattern, key)]
    return [item for item in found if item.value is not None]


def _matches(pattern: str, key: str) -> bool:
    if not globs.is_one(pattern):
        return False
    parts, names = pattern.translate(_SWAPPED).split("/"), key.translate(_SWAPPED).split("/")
    return len(parts) == len(names) and all(globs.matching(part, [name]) for part, name in zip(parts, names))


class Said(NamedTuple):
    """What files say of a key, as the kernel takes it."""

    value: str
    where: str


def said(assignments: Iterable[Assignment], key: str, now: str) -> Said | None:
    """What is in force afterwards where it was `now`; None: nothing was said, or what the kernel refuses."""
    found = None
    for item in applied(assignments, key):
        value = procsys.meant(key, item.value or "", found.value if found else now)
        found = found if value is None or not procsys.takes(key, item.value or "") else Said(value, item.where)
    return found
