"""One owner a host."""

from __future__ import annotations

import re

from .journal import files, records
from .manifest import Owner
from .paths import OWNER
from .problem import Problem, Refused, refuse
from .system import regular

NOBODY = Owner("")
_WRITTEN = re.compile(r"[^\s/]+/[^\s/]+/\S+( \S+)?\n")
_STACK = "the stack that tunes this host, as project/stack/name"
_WAY_OUT = "Write it into that file, or run `sudo heavyload restore`, which takes everything back."


def read() -> Owner:
    """For root: to others it is as if there were none, since the folder is root's alone. Raises Refused where it is
    something else than was written."""
    try:
        found = regular.read(OWNER)
    except (FileNotFoundError, PermissionError):
        return NOBODY
    except regular.NotRegular as error:
        raise refuse("owner", _STACK, str(error.strerror), OWNER, _WAY_OUT) from error
    text = found.decode("utf-8", "replace")
    if not (_WRITTEN.fullmatch(text) and text.encode() == found):
        raise refuse("owner", _STACK, repr(found), OWNER, _WAY_OUT)
    stack, _, state = text.strip().partition(" ")
    return Owner(stack, state)


def damage() -> Problem | None:
    """Of a host that is tuned and does not say by whom."""
    try:
        lost = read() == NOBODY and records.read("host") is not None
    except Refused as refused:
        return refused.problems[0]
    except PermissionError:  # not for this user to see; root looks once more
        return None
    return Problem("owner", _STACK, "nothing", OWNER, _WAY_OUT) if lost else None


def write(owner: Owner) -> None:
    files.write_text(OWNER, " ".join(part for part in owner if part) + "\n")


def other_than(wanted: Owner) -> Owner:
    """Who has this host and is not `wanted`; NOBODY when there is none."""
    owner = read()
    same = owner.stack == wanted.stack and (owner.state == wanted.state or not (owner.state and wanted.state))
    return NOBODY if same else owner


def objection(wanted: Owner, adopt: bool = False) -> Problem | None:
    """Why `wanted` may not touch this host."""
    if damaged := damage():
        return damaged
    owner = other_than(wanted)
    if adopt or owner == NOBODY:
        return None
    namesake = owner.stack == wanted.stack
    way_out = (
        f"Destroy {'it where its state is' if namesake else 'that stack'} first, or set heavyload:adopt to true in "
        f"{wanted.stack} to take the host over, or run `sudo heavyload restore` on the host."
    )
    said = (str(wanted), str(owner)) if namesake else (wanted.stack, owner.stack)
    return Problem("owner", *said, OWNER, way_out)
