"""What the files of sysctl.d say in the order systemd-sysctl reads them (sysctl.d(5)), with file and line."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .rules import normal

FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d")


class Assignment(NamedTuple):
    key: str
    value: str
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
        except FileNotFoundError:
            continue
        for name in names:
            if name.endswith(".conf"):
                found.setdefault(name, f"{folder}/{name}")
    return [found[name] for name in sorted(found)]


def parse(text: str, path: str) -> list[Assignment]:
    """`key = value` lines. `/` may stand for `.`; a leading `-` tells to ignore a failure."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        key, equals, value = line.strip().partition("=")
        if line.strip()[:1] in ("", "#", ";") or not equals:
            continue
        found.append(Assignment(_dotted(key.strip().lstrip("-").strip()), normal(value), path, number))
    return found


def _dotted(key: str) -> str:
    """As systemd: the first separator decides; with `/` first, dots are part of a name."""
    first = min((key.find(sign) for sign in "./" if sign in key), default=-1)
    return key.translate(str.maketrans("/.", "./")) if first >= 0 and key[first] == "/" else key


def read(skip: str) -> tuple[list[Assignment], list[Assignment]]:
    """Every assignment of the host before and after the place of the file `skip`, which is not read."""
    before: list[Assignment] = []
    after: list[Assignment] = []
    for path in paths():
        if path == skip:
            continue
        try:
            with open(path, encoding="utf-8", errors="backslashreplace") as file:
                text = file.read()
        except OSError:  # a dangling link: systemd-sysctl reads nothing there either
            continue
        (before if os.path.basename(path) < os.path.basename(skip) else after).extend(parse(text, path))
    return before, after


def last(assignments: Iterable[Assignment], key: str) -> Assignment | None:
    """The assignment that holds for `key`: the last by name, and only without one the last by pattern."""
    named = pattern = None
    for item in assignments:
        if item.key == key:
            named = item
        elif any(sign in item.key for sign in "*?[") and fnmatch.fnmatchcase(key, item.key):
            pattern = item
    return named or pattern
