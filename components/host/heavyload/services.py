"""Services of systemd: which there are, what limits it would start them with, and where that is said."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from . import bus, processes
from .gunicorn import commandline
from .paths import APP_SERVICE
from .problem import refuse
from .processes import Process

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


_FOLDERS = tuple(f"{top}/systemd/system" for top in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"))
_SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh")
_SCRIPT = 65536
"""So much of a script is looked at, bytes."""
_NAME = re.compile(r"[A-Za-z0-9:_.\\@-]{1,247}\.service")
_asked: set[str] = set()
_known: dict[str, Service] = {}


def read(names: Sequence[str]) -> dict[str, Service]:
    """Those of `names`, known to systemd or not, and whatever was read before. Asked once, until `forget`."""
    for name in dict.fromkeys(names):
        if name not in _asked:
            service = parse(bus.unit(name))
            _known[service.name] = service
            _asked.add(name)
    return dict(_known)


def _mentioning() -> list[str]:
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
    seem = {_service_of(pid) for pid in processes.running() if _seems(processes.command_line(pid))}
    return sorted(name for name in speak - templates | instances | seem if _NAME.fullmatch(name))


def _seems(command: Sequence[str]) -> bool:
    return commandline.is_gunicorn(command) or commandline.is_title(command)


def _service_of(pid: int) -> str:
    names = [part for part in processes.cgroup(pid).split("/") if part.endswith(".service")]
    return names[-1] if names else ""


def _speaks(path: str) -> bool:
    return b"gunicorn" in text(path)


def forget() -> None:
    """What was read no longer holds: something was started or is about to be looked at anew."""
    _asked.clear()
    _known.clear()


def runs_gunicorn(service: Service) -> bool:
    """As its unit says, or a script that it names. What its processes call themselves counts for nothing by itself."""
    return commandline.is_gunicorn(service.command) or starts_by_script(service) or _launches(service)


def _launches(service: Service) -> bool:
    """Whether its unit has another program start gunicorn (`su`, `runuser`, one of people's own): what runs there says
    so, too."""
    if not service.main or not commandline.names(service.command[1:]):
        return False
    started = processes.below(service.main, processes.running())
    return any(_is_master(processes.command_line(process.pid)) for process in started)


def _is_master(command: Sequence[str]) -> bool:
    return commandline.is_interpreter(command) or commandline.is_title(command)


def starts_by_script(service: Service) -> bool:
    """Whether it runs gunicorn by a script that speaks of it, or by a shell."""
    first = os.path.basename(service.command[0]) if service.command else ""
    shell = first in _SHELLS
    texts = [text(word) for word in service.command[: 2 if shell else 1]]
    said = [
        *(one for one in texts if one.startswith(b"#!") or shell),
        *(map(os.fsencode, service.command[1:] if shell else ())),
    ]
    return not commandline.is_gunicorn(service.command) and any(b"gunicorn" in one for one in said)


def processes_of(service: Service, table: Mapping[int, Process]) -> list[Process]:
    """Its first one, then the others."""
    found = processes.of_group(service.said.get("ControlGroup", ""), table)
    return sorted(found, key=lambda process: process.pid != service.main)


def text(path: str) -> bytes:
    """The beginning of a regular file; nothing of anything else, some of which does something when it is opened."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        # It may have become a FIFO meanwhile, which would keep us waiting for whoever made it.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            return file.read(_SCRIPT) or b""
    except OSError:
        return b""


def gunicorns() -> list[Service]:
    """Every service that runs gunicorn."""
    return [service for service in _candidates() if runs_gunicorn(service)]


def unclear() -> list[str]:
    """Services of people's own whose units speak of gunicorn, and are not seen to run it."""
    others = [service for service in _candidates() if not runs_gunicorn(service)]
    return [service.name for service in others if not service.name.startswith("heavyload")]


def _candidates() -> list[Service]:
    names = set(_mentioning())
    found = (service for service in read(sorted(names)).values() if service.found and service.names & names)
    return sorted(found, key=lambda service: service.name)


def web(named: Sequence[str]) -> list[Service]:
    """nginx, every service of people's own that runs gunicorn, and those that the plan names, as it does with the one
    that we have set up; refuses an unknown name."""
    own = [service.name for service in gunicorns() if service.name != APP_SERVICE]
    table = read((NGINX, *named))
    of_name = {alias: service for service in table.values() for alias in (service.name, *service.names)}
    missing = [name for name in named if name != APP_SERVICE and not (name in of_name and of_name[name].found)]
    if missing:
        way_out = "Name services that this host has (`systemctl list-units --type=service --all`)."
        raise refuse("services", " ".join(named), f"no {', '.join(missing)}", "systemd", way_out)
    chosen = {of_name[name].name for name in (NGINX, *named, *own) if name in of_name and of_name[name].found}
    return [table[name] for name in sorted(chosen)]
