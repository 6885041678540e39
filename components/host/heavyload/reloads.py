"""What a change of files asks of the running system, by name: data that a marker can hold."""

from __future__ import annotations

from typing import NamedTuple

from .problem import refuse
from .run import run


class Reload(NamedTuple):
    argv: tuple[str, ...]
    at_boot: bool = False
    """Needed even before anything has started: systemd has read its units by then."""


RELOADS = {"units": Reload(("systemctl", "daemon-reload"), at_boot=True)}


def reload(name: str) -> None:
    argv = RELOADS[name].argv
    done = run(argv, timeout=90)
    if done.code != 0:
        found = f"{done.code}: {done.err.strip()}"
        raise refuse(f"reload of {name}", "exit status 0", found, " ".join(argv), "Run it by hand.")
