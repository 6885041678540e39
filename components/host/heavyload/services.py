"""Services of systemd: which there are, what limits it would start them with, and where that is said."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from . import processes
from .problem import refuse
from .run import run

NGINX = "nginx.service"
_SHOWN = "Id,Names,LoadState,MainPID,User,LimitNOFILE,LimitNOFILESoft,FragmentPath,DropInPaths,ExecStart"
_INFINITY = str(2**64 - 1)
_GUNICORN = re.compile(r"(.*/)?gunicorn[0-9.]*")


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


def parse(text: str) -> list[Service]:
    """What `systemctl show` prints: `Key=value` lines, an empty line between units."""
    return [_service(dict(_pairs(block))) for block in text.split("\n\n") if block.strip()]


def _pairs(block: str) -> Iterable[tuple[str, str]]:
    for line in block.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            yield key, value


def _service(said: Mapping[str, str]) -> Service:
    argv = re.search(r"argv\[\]=(.*?) ;", said.get("ExecStart", ""))
    limit = f"{said.get('LimitNOFILESoft', '0')} {said.get('LimitNOFILE', '0')}".replace("infinity", _INFINITY)
    files = (said.get("FragmentPath", ""), *said.get("DropInPaths", "").split())
    return Service(
        said.get("Id", ""),
        frozenset(said.get("Names", "").split()),
        said.get("LoadState") == "loaded",
        int(said.get("MainPID", "0")),
        said.get("User", ""),
        limit,
        tuple(path for path in files if path),
        tuple(argv[1].split()) if argv else (),
    )


_FOLDERS = tuple(f"{top}/systemd/system" for top in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"))
_asked: set[str] = set()
_known: dict[str, Service] = {}


def read(names: Sequence[str]) -> dict[str, Service]:
    """Those of `names`, known to systemd or not, and whatever was read before. Asked once, until `forget`."""
    missing = [name for name in names if name not in _asked]
    if missing:
        done = run(("systemctl", "show", f"--property={_SHOWN}", "--", *missing))
        if done.code != 0:
            found = done.err.strip()
            raise refuse("services", "what systemd knows of them", found, "systemctl show", "Run it by hand.")
        _known.update({service.name: service for service in parse(done.out)})
        _asked.update(missing)
    return dict(_known)


def _mentioning() -> list[str]:
    """Names of services that gunicorn may be in: it runs in them, or their unit's text speaks of it. To ask systemd for
    all services takes a second on a small machine."""
    found = {_service_of(pid) for pid in processes.running() if is_gunicorn(processes.command_line(pid))}
    for folder in _FOLDERS:
        for path in (*glob.glob(f"{folder}/*.service"), *glob.glob(f"{folder}/*.service.d/*.conf")):
            name = path[len(folder) + 1 :].split("/")[0].removesuffix(".d")
            if name not in found and "@." not in name and _speaks(path):
                found.add(name)
    return sorted(found - {""})


def _service_of(pid: int) -> str:
    names = [part for part in processes.cgroup(pid).split("/") if part.endswith(".service")]
    return names[-1] if names else ""


def _speaks(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"gunicorn" in file.read()
    except OSError:  # a link that leads nowhere
        return False


def forget() -> None:
    """What was read no longer holds: something was started or is about to be looked at anew."""
    _asked.clear()
    _known.clear()


def main_of(name: str) -> int:
    """Number of a service's first process now, 0 when it does not run."""
    said = run(("systemctl", "show", "--property=MainPID", "--value", "--", name)).out.strip()
    return int(said) if said.isdigit() else 0


def is_gunicorn(command: Sequence[str]) -> bool:
    """`gunicorn app`, `python gunicorn app`, `python -m gunicorn app`, and the title of a running one."""
    first, second, third = (*command, "", "", "")[:3]
    if first.startswith("gunicorn:"):
        return True
    python = os.path.basename(first).startswith("python")
    script = second if python else first
    return _GUNICORN.fullmatch(script) is not None or (python and (second, third) == ("-m", "gunicorn"))


def runs_gunicorn(service: Service) -> bool:
    """As its unit says, or as its main process shows: a script may have started it."""
    return is_gunicorn(service.command) or (service.main > 0 and is_gunicorn(processes.command_line(service.main)))


def web(named: Sequence[str]) -> list[Service]:
    """nginx, every service whose main process is gunicorn, and those that the plan names; refuses an unknown name."""
    table = read((NGINX, *named, *_mentioning()))
    of_name = {alias: service for service in table.values() for alias in (service.name, *service.names)}
    missing = [name for name in named if name not in of_name or not of_name[name].found]
    if missing:
        way_out = "Name services that this host has (`systemctl list-units --type=service --all`)."
        raise refuse("services", " ".join(named), f"no {', '.join(missing)}", "systemd", way_out)
    wanted = {of_name[name].name for name in named}
    chosen = (s for s in table.values() if s.found and (s.name == NGINX or s.name in wanted or runs_gunicorn(s)))
    return sorted(chosen, key=lambda service: service.name)
