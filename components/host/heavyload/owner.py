"""One owner a host: the stack that tunes it, as project/stack/name."""

from __future__ import annotations

from . import files
from .paths import OWNER
from .problem import Problem

NOBODY = ""


def read() -> str:
    """For root: to others it is as if there were none, since the folder is root's alone."""
    try:
        with open(OWNER, encoding="utf-8") as file:
            return file.read().strip()
    except (FileNotFoundError, PermissionError):
        return NOBODY


def write(stack: str) -> None:
    files.write_text(OWNER, f"{stack}\n")


def other_than(stack: str) -> str:
    """The stack that has this host and is not `stack`; NOBODY when there is none."""
    owner = read()
    return NOBODY if owner == stack else owner


def objection(stack: str, adopt: bool = False) -> Problem | None:
    """Why `stack` may not touch this host."""
    owner = other_than(stack)
    if adopt or owner == NOBODY:
        return None
    way_out = (
        f"Destroy that stack first, or set heavyload:adopt to true in {stack} to take the host over, "
        "or run `sudo heavyload restore` on the host."
    )
    return Problem("owner", stack, owner, OWNER, way_out)
