"""Services of systemd: which there are, what limits it would start them with, and where that is said."""

from __future__ import annotations

from typing import NamedTuple

from . import bus, regular

NGINX = "nginx.service"


class Service(NamedTuple):
    name: str
    names: frozenset[str]
    """With its aliases."""
    found: bool
    main: int
    """Number of its first process, 0 when it does not run."""
    user: str
    limit: str
    """`SOFT HARD` of the next start."""
    files: tuple[str, ...]
    """Its unit file and drop-ins, in the order they are read."""
    command: tuple[str, ...]
    """As its unit has it: systemd puts variables into it only when it starts it."""
    said: bus.Properties
    """All that systemd knows of it."""


def parse(said: bus.Properties) -> Service:
    starts = said.get("ExecStart", [])
    path, words = starts[-1][:2] if starts else ("", [])
    limit = f"{said.get('LimitNOFILESoft', 0)} {said.get('LimitNOFILE', 0)}"
    files = (said.get("FragmentPath", ""), *said.get("DropInPaths", ()))
    return Service(
        said["Id"],
        frozenset(said["Names"]),
        said["LoadState"] == "loaded",
        said.get("MainPID", 0),
        said.get("User", ""),
        limit,
        tuple(path for path in files if path),
        (path, *words[1:]) if path else (),
        said,
    )


_SCRIPT = 65536
"""So much of a script is looked at, bytes."""


def text(path: str) -> bytes:
    """The beginning of a regular file; nothing of anything else."""
    try:
        return regular.read(path, _SCRIPT)
    except OSError:
        return b""
