"""The users that this host knows."""

from __future__ import annotations

import pwd


def exists(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def home(name: str) -> str | None:
    try:
        return pwd.getpwnam(name).pw_dir
    except KeyError:
        return None
