"""Which services run gunicorn, by what systemd knows of them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence

from ..system import bus, processes, services
from ..system.run import TRIALS
from ..system.services import Service
from ..system.snapshot import Snapshot
from . import commandline

_FOLDERS = tuple(f"{top}/systemd/system" for top in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"))
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")
_NAME = re.compile(r"[A-Za-z0-9:_.\\@-]{1,247}\.service")


def _mentioning(snapshot: Snapshot) -> list[str]:
    """Names of services that gunicorn may be in: their unit's text speaks of it, or it seems to run in them. To ask
    systemd for all services takes a second on a small machine."""
    speak = {
        path[len(folder) + 1 :].split("/")[0].removesuffix(".d")
        for folder in _FOLDERS
        for path in (*glob.glob(f"{folder}/*.service"), *glob.glob(f"{folder}/*.service.d/*.conf"))
        if _speaks(path)
    }
    templates = {name for name in speak if "@." in name}
    instances = {name for template in templates for name in bus.loaded(template.replace("@.", "@*."))}
    seem = {_service_of(pid) for pid in snapshot.processes if _seems(processes.command_line(pid))}
    named = (name for name in speak - templates | instances | seem if _NAME.fullmatch(name))
    return sorted(name for name in named if not name.startswith(TRIALS))


def _seems(command: Sequence[str]) -> bool:
    return commandline.is_gunicorn(command) or commandline.is_title(command)


def _service_of(pid: int) -> str:
    names = [part for part in processes.cgroup(pid).split("/") if part.endswith(".service")]
    return names[-1] if names else ""


def _speaks(path: str) -> bool:
    return b"gunicorn" in services.text(path)


def runs_gunicorn(service: Service, snapshot: Snapshot) -> bool:
    """As its unit says, or a script that it names. What its processes call themselves counts for nothing by itself."""
    return commandline.is_gunicorn(service.command) or starts_by_script(service) or _launches(service, snapshot)


def _launches(service: Service, snapshot: Snapshot) -> bool:
    """Whether its unit has another program start gunicorn (`su`, `runuser`, one of people's own): what runs there says
    so, too."""
    if not service.main or not commandline.names(service.command[1:]):
        return False
    started = processes.below(service.main, snapshot.processes)
    return any(_is_master(processes.command_line(process.pid)) for process in started)


def _is_master(command: Sequence[str]) -> bool:
    return commandline.is_interpreter(command) or commandline.is_title(command)


def starts_by_script(service: Service) -> bool:
    """Whether it runs gunicorn by a script that speaks of it, or by a shell."""
    first = os.path.basename(service.command[0]) if service.command else ""
    shell = first in _SHELLS
    texts = [services.text(word) for word in service.command[: 2 if shell else 1]]
    said = [
        *(one for one in texts if one.startswith(b"#!") or shell),
        *(map(os.fsencode, service.command[1:] if shell else ())),
    ]
    return not commandline.is_gunicorn(service.command) and any(b"gunicorn" in one for one in said)


def gunicorns(snapshot: Snapshot) -> list[Service]:
    """Every service that runs gunicorn."""
    return [service for service in snapshot.once(_candidates) if runs_gunicorn(service, snapshot)]


def unclear(snapshot: Snapshot) -> list[str]:
    """Services of people's own whose units speak of gunicorn, and are not seen to run it."""
    others = [service for service in snapshot.once(_candidates) if not runs_gunicorn(service, snapshot)]
    return [service.name for service in others if not service.name.startswith("heavyload")]


def _candidates(snapshot: Snapshot) -> list[Service]:
    found = (service for service in snapshot.services(_mentioning(snapshot)) if service.found)
    return sorted(found, key=lambda service: service.name)
