"""Units that were edited and not read by systemd yet: their next start would be another one than anybody has seen, and
whatever has systemd read its units anew would bring it about."""

from __future__ import annotations

from .journal import records
from .journal.node import read_node
from .paths import UNITS
from .problem import Problem
from .system.services import Service


def objection(service: Service) -> Problem | None:
    if not service.said.get("NeedDaemonReload") or _ours_alone(service):
        return None
    way_out = "Try it yourself first (`systemctl daemon-reload`, then restart it), or take the edit back."
    found = "edited since, and not read by systemd yet"
    return Problem(service.name, "its unit as it runs", found, f"{service.name}, NeedDaemonReload", way_out)


def _ours_alone(service: Service) -> bool:
    """Whether it is a drop-in of ours that somebody has changed or taken away."""
    ours = {path: digest for path, digest in records.digests().items() if path.startswith(f"{UNITS}/{service.name}.d/")}
    return any(read_node(path).digest != digest for path, digest in ours.items())
