"""Which line of limits.conf and limits.d decides how many files a login may open, as pam_limits reads them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_ITEM = "nofile"
SOFT, HARD = "soft", "hard"
_KINDS = {SOFT: (SOFT,), HARD: (HARD,), "-": (SOFT, HARD)}
NO_LIMIT = "unlimited"
_NO_LIMIT_WORDS = (NO_LIMIT, "infinity", "-", "-1")
_USER, _GROUP, _EVERYBODY = range(3)


class Line(NamedTuple):
    """A line for nofile; without a value it is `domain -`, which exempts the login from every limit of every file."""

    domain: str
    kinds: tuple[str, ...]
    value: str
    """A number, or NO_LIMIT."""
    path: str
    number: int

    @property
    def where(self) -> str:
        return f"{self.path} line {self.number}"


class Login(NamedTuple):
    """Who logs in; `groups` are all of the user's by number and name, `gid` is the first of them."""

    user: str
    uid: int
    gid: int
    groups: tuple[tuple[int, str], ...] = ()


def parse(text: str, path: str) -> list[Line]:
    """Lines for nofile, and exemptions. Type, item and value may be written in capitals; the name may not. What follows
    the value counts for nothing, nor does a value that begins with no digit."""
    found = []
    for number, raw in enumerate(text.split("\n"), 1):
        words = re.split(r"[ \t\v\f\r]+", raw.partition("#")[0].strip())
        if len(words) == 2 and words[1].startswith("-"):
            found.append(Line(words[0], (SOFT, HARD), "", path, number))
        elif len(words) >= 4 and words[2].lower() == _ITEM and (value := _value(words[3].lower())):
            found.append(Line(words[0], _KINDS.get(words[1].lower(), ()), value, path, number))
    return found


def _value(word: str) -> str:
    if word in _NO_LIMIT_WORDS:
        return NO_LIMIT
    digits = re.match(r"\+?([0-9]+)", word)
    return str(int(digits[1])) if digits else ""


def deciding(lines: Iterable[Line], login: Login, kind: str) -> Line | None:
    """The line that holds for a soft or hard limit: an exemption, else the most specific, and of equals the last."""
    best, rank = None, dict.fromkeys((SOFT, HARD), _EVERYBODY)
    for line in lines:
        found = _rank(line.domain, login)
        if found is None or not line.kinds:
            continue
        if not line.value:
            if line.domain != "*":
                return line
            continue
        for one in line.kinds:
            if found > rank[one]:
                break  # a line for both that comes too late for the soft limit does not set the hard one either
            rank[one] = found
            if one == kind:
                best = line
    return best


def overruling(lines: Sequence[Line], ours: str, login: Login) -> list[Line]:
    """Lines of others that hold for a login in place of those that the file `ours` has for it."""
    found: list[Line] = []
    for kind in (SOFT, HARD):
        best = deciding(lines, login, kind)
        has_ours = deciding((line for line in lines if line.path == ours), login, kind) is not None
        if has_ours and best is not None and best.path != ours and best not in found:
            found.append(best)
    return found


def _rank(domain: str, login: Login) -> int | None:
    """How specific a line is; None: it does not mean this login. Groups and `*` never reach root on Debian."""
    if domain == login.user:
        return _USER
    if domain.startswith("@"):
        return _GROUP if login.uid != 0 and _in_group(domain[1:], login) else None
    if domain == "*":
        return _EVERYBODY if login.uid != 0 else None
    return _USER if _in_range(domain, login.uid, {login.uid}) else None


def _in_group(group: str, login: Login) -> bool:
    if ":" in group:
        return _in_range(group, login.gid, {gid for gid, _ in login.groups} | {login.gid})
    return any(name == group for _, name in login.groups)


def _in_range(text: str, first: int, every: set[int]) -> bool:
    """`1000:` is from 1000 up, `1000:2000` from one to the other, `:1000` just 1000, which any group may be."""
    low, colon, high = text.partition(":")
    if not colon or not all(part.isascii() and part.isdecimal() for part in (low, high) if part):
        return False
    if not low:
        return high != "" and int(high) in every
    return int(low) <= first and (not high or first <= int(high))
