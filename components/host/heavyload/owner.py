"""One owner a host."""

from __future__ import annotations

from .journal import files
from .manifest import Owner
from .paths import OWNER
from .problem import Problem

NOBODY = Owner("")


def read() -> Owner:
    """For root: to others it is as if there were none, since the folder is root's alone."""
    try:
        with open(OWNER, encoding="utf-8", errors="backslashreplace") as file:
            stack, _, state = file.read().strip().partition(" ")
            return Owner(stack, state)
    except (FileNotFoundError, PermissionError):
        return NOBODY


def write(owner: Owner) -> None:
    files.write_text(OWNER, " ".join(part for part in owner if part) + "\n")


def other_than(wanted: Owner) -> Owner:
    """Who has this host and is not `wanted`; NOBODY when there is none."""
    owner = read()
    same = owner.stack == wanted.stack and (owner.state == wanted.state or not (owner.state and wanted.state))
    return NOBODY if same else owner


def objection(wanted: Owner, adopt: bool = False) -> Problem | None:
    """Why `wanted` may not touch this host."""
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
