"""What a change of files asks of the running system, by name: data that a marker can hold."""

from __future__ import annotations

from .problem import refuse
from .run import run

RELOADS = {"units": ("systemctl", "daemon-reload")}


def reload(name: str) -> None:
    argv = RELOADS[name]
    done = run(argv, timeout=90)
    if done.code != 0:
        found = f"{done.code}: {done.err.strip()}"
        raise refuse(f"reload of {name}", "exit status 0", found, " ".join(argv), "Run it by hand.")
