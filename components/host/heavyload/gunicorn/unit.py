"""The service that runs gunicorn, as systemd knows it."""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..paths import APP_SERVICE
from ..problem import Problem, Refused
from ..system import processes, sockets
from ..system.asuser import Identity
from ..system.bus import INFINITY, Properties
from ..system.processes import Process
from ..system.services import Service
from ..system.snapshot import Snapshot
from . import commandline, finding

_FOREVER = 2**31
AS_ROOT: Mapping[str, Any] = {"User": "", "Group": "", "SupplementaryGroups": (), "DynamicUser": False}


class Unit(NamedTuple):
    service: Service
    start_seconds: int
    """How long systemd lets it start, with what it runs before."""
    stop_seconds: int
    sockets: tuple[str, ...]
    """Socket units that start it: they hold its queue while it restarts."""

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def main(self) -> int:
        return self.service.main

    @property
    def said(self) -> Properties:
        return self.service.said


def of(service: Service) -> Unit:
    said = service.said
    sockets = tuple(name for name in said.get("TriggeredBy", ()) if name.endswith(".socket"))
    return Unit(service, _seconds(said.get("TimeoutStartUSec")), _seconds(said.get("TimeoutStopUSec")), sockets)


def find(snapshot: Snapshot, named: Sequence[str] | None = None) -> Unit:
    """The one that the plan names, or the only one of people's own; `None`: whichever there is, first of all the one
    that we have set up. Raises Refused where no service runs gunicorn, or several do."""
    known = [service for service in finding.gunicorns(snapshot) if named is None or _is_meant(service, named)]
    running = [service for service in known if service.main] or known
    # What a script starts can only be guessed at.
    plain = [service for service in running if commandline.is_gunicorn(service.command)] or running
    chosen = [service for service in plain if service.name == APP_SERVICE] or plain
    if len(chosen) != 1:
        names = ", ".join(service.name for service in chosen) or "none"
        way_out = "Have systemd run gunicorn, by one service."
        if not chosen and (unclear := finding.unclear(snapshot)):
            names = f"none that is seen to ({', '.join(unclear)} may, if started)"
            way_out = "Start it, or have its ExecStart run gunicorn itself."
        raise Refused([Problem("gunicorn", "one service that runs gunicorn", names, "systemd", way_out)])
    return of(chosen[0])


def _is_meant(service: Service, named: Sequence[str]) -> bool:
    return bool(service.names & set(named)) if named else service.name != APP_SERVICE


def _seconds(microseconds: int | None) -> int:
    return _FOREVER if microseconds in (None, INFINITY) else microseconds // 10**6


def runs_as_root(unit: Unit) -> bool:
    """Whether systemd starts it with root's rights: without a user, or past the one that the unit names (`+`, `!`)."""
    starts = unit.said.get("ExecStartEx") or [["", [], []]]
    past = {"privileged", "no-setuid"} & set(starts[-1][2])
    return bool(past) or unit.said.get("User", "") in ("", "root", "0")


def identity(unit: Unit) -> Mapping[str, Any]:
    """Whom its application runs as, where gunicorn itself gives up root's rights: nothing of it is to run as root
    here that does not do so there."""
    if not runs_as_root(unit) or not unit.main:
        return {}
    own = master(unit.main)
    who = processes.identity(own)
    if who is None:
        raise _unclear(unit, "another user's, for a while")
    if who.uid:
        return _as(who)
    # gunicorn's root makes a file for each worker and gives it to whom that is to run as. What its workers have become
    # by now says nothing: a program that its owner may run as root looks like root's own.
    owners = {(info.st_uid, info.st_gid) for info in signs(own)}
    if len({uid for uid, _ in owners}) != 1:
        raise _unclear(unit, f"{len(owners)} of them" if owners else "no workers")
    uid, gid = owners.pop()
    return _as(Identity(uid, gid)) if uid else AS_ROOT


def _as(who: Identity) -> Mapping[str, Any]:
    return {"User": _name(who.uid), "Group": str(who.gid)}


def _unclear(unit: Unit, found: str) -> Refused:
    way_out = "Give its unit User= and Group=, or run again when its workers are up."
    wanted = "to know which user its application runs as"
    return Refused([Problem("gunicorn", wanted, found, f"{unit.name}, which runs as root", way_out)])


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def master(main: int) -> int:
    """gunicorn's own process: a launcher that does not give way to it (`uv run`), or a script, stands above it as the
    service's first, `main`. That one where no other is seen."""
    return _master(main, processes.running())


def _master(main: int, table: Mapping[int, Process]) -> int:
    for process in processes.below(main, table):
        words = processes.command_line(process.pid)
        if commandline.is_interpreter(words) or commandline.is_title(words):
            return process.pid
    return main


def workers(main: int) -> list[Process]:
    """Forks of gunicorn's own process that serve its sockets: not the programs that people's configuration has started
    beside them, and not the arbiter of dirty workers (gunicorn 25 and later), which stays over a reload. `main`: the
    service's first process."""
    table = processes.running()
    own = _master(main, table)
    program = processes.program(own)
    children = [process for process in processes.children(own, table) if processes.program(process.pid) == program]
    # A program of Python's that people's configuration has started shows no sign of life.
    forks = [process for process in children if any(map(is_sign, open_files(process.pid)))] or children
    numbers = {process.pid for process in forks}
    parents = {one.parent for one in table.values() if one.parent in numbers and processes.program(one.pid) == program}
    if not parents:
        return forks
    queues = [listener.pids for listener in sockets.listening().values() if own not in listener.pids]
    arbiters = {pid for pid in parents if any(pid in pids for pids in queues)}
    return [process for process in forks if process.pid not in arbiters]


def signs(own: int) -> Iterator[os.stat_result]:
    """Of the files by which its workers give their signs of life, which `own`, gunicorn's own process, has open too."""
    for handle, path in _open_files(own):
        if is_sign(path):
            with contextlib.suppress(FileNotFoundError):
                yield os.stat(handle)


def is_sign(path: str) -> bool:
    """Whether it is the file by which a worker gives its sign of life."""
    return os.path.basename(path).startswith("wgunicorn-")


def open_files(pid: int) -> Iterator[str]:
    return (path for _, path in _open_files(pid))


def _open_files(pid: int) -> Iterator[tuple[str, str]]:
    """By where /proc has each, what it is."""
    folder = f"/proc/{pid}/fd"
    try:
        for name in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):
                yield f"{folder}/{name}", os.readlink(f"{folder}/{name}")
    except (FileNotFoundError, ProcessLookupError):  # it has just been replaced
        return
