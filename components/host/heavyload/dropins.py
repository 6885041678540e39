"""A drop-in of ours for a service: what it says, and which file of others is read after it."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from .bus import INFINITY
from .paths import UNITS
from .services import Service

NAME = "heavyload-limits.conf"
SECTION = "[Service]"
_LIMIT = re.compile(r"\s*LimitNOFILE\s*=\s*(.*?)\s*")
# What an empty assignment falls back to (DefaultLimitNOFILE since systemd 240).
_DEFAULT = "1024:524288"


class Said(NamedTuple):
    value: str
    where: str


def path_of(service: str) -> str:
    return f"{UNITS}/{service}.d/{NAME}"


def lines(limit: str) -> list[str]:
    """`limit`: `SOFT HARD`."""
    return [f"LimitNOFILE={limit.replace(' ', ':').replace(str(INFINITY), 'infinity')}"]


def later(service: Service) -> Said | None:
    """The limit that a drop-in read after ours gives the service, and where: it wins."""
    found = None
    for path in service.files[1:]:
        if os.path.basename(path) > NAME:
            found = _last(path) or found
    return found


def _last(path: str) -> Said | None:
    try:
        with open(path, encoding="utf-8", errors="backslashreplace") as file:
            text = file.read()
    except OSError:
        return None
    found = None
    for number, line in enumerate(text.splitlines(), 1):
        if match := _LIMIT.fullmatch(line):
            found = Said(_pair(match[1] or _DEFAULT), f"{path} line {number}")
    return found


def _pair(text: str) -> str:
    """`SOFT HARD` of `SOFT:HARD`, or of one number for both."""
    soft, _, hard = text.replace("infinity", str(INFINITY)).partition(":")
    return f"{soft} {hard or soft}"
