"""What a login gets: a session through sshd's PAM stack, opened without a network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from ..system.run import run_in_unit
from ..system.together import together

_FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")
_ASK = 'echo "nofile $(ulimit -Sn) $(ulimit -Hn)"'
_CODES = {205: "205 (LIMITS)", 216: "216 (GROUP)", 217: "217 (USER)", 224: "224 (PAM)"}  # systemd.exec(5)
_TIME_LIMIT = 60  # seconds


class Session(NamedTuple):
    limit: str
    """`SOFT HARD`, or nothing when no session opens."""
    refusal: str = ""


def stack() -> str:
    """The PAM service that SSH logins go through."""
    return "sshd" if any(os.path.exists(f"{folder}/sshd") for folder in _FOLDERS) else "login"


def open_for(users: Iterable[str]) -> dict[str, Session]:
    """Opens one for each user, all at the same time."""
    names = list(users)
    return dict(zip(names, together([partial(_open, name) for name in names], at_once=max(len(names), 1))))


def _open(user: str) -> Session:
    # The user's own shell may be none at all; it has no part in limits.
    done = run_in_unit(("/bin/sh", "-c", _ASK), (f"PAMName={stack()}", f"User={user}"), timeout=_TIME_LIMIT)
    found = re.search(r"^nofile ([0-9]+ [0-9]+)$", done.out, re.MULTILINE)
    if found:
        return Session(found[1])
    said = (done.err or done.out).strip() or "the journal says why"
    return Session("", f"none: systemd-run ended with {_CODES.get(done.code, done.code)}, {said}")
