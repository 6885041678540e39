"""The processes that run: who descends from whom, and which of two with one number it is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import NamedTuple

from . import asuser
from .asuser import Identity


class Process(NamedTuple):
    """`start` (clock ticks since boot) tells it from a later one that gets the same number."""

    pid: int
    parent: int
    start: int
    name: str = ""
    """As the kernel keeps it, 15 characters at most; a process may choose it."""


def parse(line: str) -> Process:
    """A line of /proc/PID/stat; the name in it may hold blanks and brackets."""
    before, _, after = line.rpartition(")")
    fields = after.split()
    number, _, name = before.partition(" (")
    return Process(int(number), int(fields[1]), int(fields[19]), name)


def read(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="backslashreplace") as file:
            return parse(file.read())
    except (FileNotFoundError, ProcessLookupError):
        return None


def running() -> dict[int, Process]:
    found = (read(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {process.pid: process for process in found if process}


def children(parent: int, table: Mapping[int, Process]) -> list[Process]:
    return [process for process in table.values() if process.parent == parent]


def below(first: int, table: Mapping[int, Process]) -> list[Process]:
    """The process and all that descend from it, parents before children: who is forked meanwhile inherits."""
    children: dict[int, list[Process]] = {}
    for process in table.values():
        children.setdefault(process.parent, []).append(process)
    found = [table[first]] if first in table else []
    for process in found:  # which grows meanwhile
        found += children.get(process.pid, ())
    return found


def of_group(group: str, table: Mapping[int, Process]) -> list[Process]:
    """Those in a control group, as systemd names it, and in what is below it; parents before children. Whose child one
    is says less: daemons leave their parents, and a login moves to a unit of its own."""
    inside = re.compile(rf":{re.escape(group)}(/.*)?$", re.MULTILINE)
    found = [process for process in table.values() if inside.search(cgroup(process.pid))] if group else []
    return sorted(found, key=lambda process: (process.start, process.pid))


def cgroup(pid: int) -> str:
    """Its control groups, as /proc has them: the unit that it belongs to is the last part of the path."""
    try:
        with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="backslashreplace") as file:
            return file.read().rstrip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def command_line(pid: int) -> list[str]:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode("utf-8", "backslashreplace").rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def environ(pid: int) -> dict[str, str]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            pairs = (os.fsdecode(entry).partition("=") for entry in file.read().split(b"\0") if entry)
            return {key: value for key, _, value in pairs}
    except (FileNotFoundError, ProcessLookupError):
        return {}


def user(pid: int) -> int | None:
    """The number of the user it runs as, the effective one. Of its folder in /proc the owner says less."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="backslashreplace") as file:
            found = re.search(r"^Uid:\t[0-9]+\t([0-9]+)\t", file.read(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(found[1]) if found else None


def identity(pid: int) -> Identity | None:
    """Who it is in each way, by a program that makes nobody another one; None: it is not to be told. What a user starts
    that runs as root (`su`, `sudo`) may look as root's own."""
    before, found = program(pid), asuser.of(pid)
    if before is None or before != program(pid):  # it may run another one by now
        return None
    return None if before.mode & (stat.S_ISUID | stat.S_ISGID) else found


class Program(NamedTuple):
    device: int
    inode: int
    mode: int


def program(pid: int) -> Program | None:
    """What it runs."""
    try:
        info = os.stat(f"/proc/{pid}/exe")
    except OSError:
        return None
    return Program(info.st_dev, info.st_ino, info.st_mode)
