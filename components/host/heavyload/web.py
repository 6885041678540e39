"""The services that serve the web, and those that a plan names beside them."""

from __future__ import annotations

from collections.abc import Sequence

from .gunicorn import finding
from .paths import APP_SERVICE
from .problem import refuse
from .system import services
from .system.services import NGINX, Service


def chosen(named: Sequence[str]) -> list[Service]:
    """nginx, every service of people's own that runs gunicorn, and those that the plan names, as it does with the one
    that we have set up; refuses an unknown name."""
    own = [service.name for service in finding.gunicorns() if service.name != APP_SERVICE]
    table = services.read((NGINX, *named))
    of_name = {alias: service for service in table.values() for alias in (service.name, *service.names)}
    missing = [name for name in named if name != APP_SERVICE and not (name in of_name and of_name[name].found)]
    if missing:
        way_out = "Name services that this host has (`systemctl list-units --type=service --all`)."
        raise refuse("services", " ".join(named), f"no {', '.join(missing)}", "systemd", way_out)
    names = {of_name[name].name for name in (NGINX, *named, *own) if name in of_name and of_name[name].found}
    return [table[name] for name in sorted(names)]
