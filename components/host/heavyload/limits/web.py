"""The services that get limits: those that serve the web, and those that a plan names beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..paths import APP_SERVICE
from ..problem import refuse
from ..system.services import Service
from ..system.snapshot import Snapshot

Servers = Sequence[Callable[[Snapshot], Sequence[Service]]]
"""What finds the services of each kind of server."""


def chosen(named: Sequence[str], servers: Servers, snapshot: Snapshot) -> list[Service]:
    """Every server of people's own, and those that the plan names, as it does with the one that we have set up; refuses
    an unknown name."""
    missing = [name for name in named if name != APP_SERVICE and not snapshot.service(name).found]
    if missing:
        way_out = "Name services that this host has (`systemctl list-units --type=service --all`)."
        raise refuse("services", " ".join(named), f"no {', '.join(missing)}", "systemd", way_out)
    own = [service.name for find in servers for service in find(snapshot) if service.name != APP_SERVICE]
    found = (service for service in snapshot.services((*named, *own)) if service.found)
    return sorted(found, key=lambda service: service.name)
