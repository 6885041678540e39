"""A drop-in of ours for a service: what it says, and what the files of others say beside it."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from ..paths import UNITS
from ..system import cnumbers, services
from ..system.bus import INFINITY
from ..system.services import Service

NAME = "zz-heavyload-limits.conf"
"""Read after people's own, of which ours says at least as much."""
EARLIER_NAMES = ("heavyload-limits.conf",)
SECTION = "[Service]"
_LIMIT = re.compile(r"LimitNOFILE\s*=\s*(.*)")
_WORD = "infinity"


class Said(NamedTuple):
    value: str
    """`SOFT HARD`."""
    where: str


_BYTE_ORDER_MARK = "\ufeff"


def path_of(service: str) -> str:
    return f"{UNITS}/{service}.d/{NAME}"


def is_ours(path: str) -> bool:
    return os.path.basename(path) in (NAME, *EARLIER_NAMES)


def lines(limit: str) -> list[str]:
    """`limit`: `SOFT HARD`."""
    return [f"LimitNOFILE={limit.replace(' ', ':').replace(str(INFINITY), _WORD)}"]


def others(service: Service) -> Said | None:
    """The limit that files of others give the service, and where."""
    return _last(service.files)


def later(service: Service) -> Said | None:
    """The limit that a drop-in read after ours gives it, and where: it wins."""
    return _last([path for path in service.files[1:] if os.path.basename(path) > NAME])


def _last(paths: tuple[str, ...] | list[str]) -> Said | None:
    found = None
    for path in paths:
        if not is_ours(path):
            text = services.text(path).decode("utf-8", "backslashreplace")
            for number, said in assignments(text):
                found = Said(said, f"{path} line {number}")
    return found


def assignments(text: str) -> list[tuple[int, str]]:
    """Every LimitNOFILE= that systemd takes, by line: one in another section is none, nor is one with another word than
    a number or `infinity`, with a comment behind it, or empty."""
    found: list[tuple[int, str]] = []
    section, whole, first = "", "", 0
    for number, line in enumerate(text.removeprefix(_BYTE_ORDER_MARK).split("\n"), 1):
        stripped = line.strip()
        if stripped.startswith(("#", ";")):
            continue  # also within a line that goes on
        first = first if whole else number
        whole = (whole + stripped).strip()
        if whole.endswith("\\"):
            whole = f"{whole[:-1]} "
            continue
        if whole.startswith("[") and whole.endswith("]"):
            section = whole
        elif section == SECTION and (match := _LIMIT.fullmatch(whole)):
            value = _pair(match[1])
            if value is not None:
                found.append((first, value))
        whole = ""
    return found


def _pair(text: str) -> str | None:
    """`SOFT HARD` of `SOFT:HARD`, or of one number for both; None: systemd takes no notice of it."""
    values = [_number(part) for part in text.split(":", 1)]
    if None in values or int(values[0] or 0) > int(values[-1] or 0):
        return None
    return f"{values[0]} {values[-1]}"


def _number(text: str) -> str | None:
    if text == _WORD:
        return str(INFINITY)
    number = cnumbers.parse(text, sign="+")
    return str(number) if number is not None and number < INFINITY else None
