"""Whether root alone can write a program: nothing else is run with root's rights."""

from __future__ import annotations

import grp
import os
import pwd
import stat

_ROOT = 0


def objection(program: str) -> str:
    """Who else could put another one into its place, by the file, the folders above it and the links on the way;
    nothing: nobody. `program`: its whole path."""
    seen: set[str] = set()
    waiting = [program]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        info = os.lstat(path)
        if found := _others(path, info):
            return found
        if stat.S_ISLNK(info.st_mode):
            # A loop ends with `seen`: such a program is not found either.
            waiting.append(os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path))))
        if path != "/":
            waiting.append(os.path.dirname(path))
    return ""


def _others(path: str, info: os.stat_result) -> str:
    if info.st_uid != _ROOT:
        return f"{path} belongs to {_user(info.st_uid)}"
    if stat.S_ISLNK(info.st_mode) or (stat.S_ISDIR(info.st_mode) and info.st_mode & stat.S_ISVTX):
        return ""  # a link has no mode of its own; in a sticky folder each may replace its own files alone
    if info.st_mode & stat.S_IWOTH:
        return f"everybody can write {path}"
    if info.st_mode & stat.S_IWGRP and (members := _members(info.st_gid)):
        return f"{', '.join(members)} can write {path}"
    return ""


def _members(group: int) -> list[str]:
    """Users other than root who are in a group, as their first one or besides. Debian's /usr/local belongs to `staff`,
    in which nobody is."""
    if group == _ROOT:
        return []
    try:
        named = set(grp.getgrgid(group).gr_mem)
    except KeyError:
        named = {f"group {group}"}
    named |= {user.pw_name for user in pwd.getpwall() if user.pw_gid == group}
    return sorted(named - {"root"})


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
