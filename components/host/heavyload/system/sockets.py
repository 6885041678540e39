"""Sockets that listen here, and the queue that is really in force for each: what `ss` calls Send-Q."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterable
from typing import NamedTuple

from ..problem import refuse
from .addresses import INET, INET6, UNIX, Address
from .run import run

_LINE = re.compile(
    r"(?:(?P<unix>u_[a-z]+)\s+)?LISTEN\s+(?P<waiting>[0-9]+)\s+(?P<queue>[0-9]+)\s+(?P<place>\S+)\s+(?:[0-9]+\s+)?"
    r"\S+(?:\s+[0-9]+)?(?:\s+users:\((?P<users>\(.*\))\))?"
)
_PLACE = re.compile(r"(\*|\[[0-9a-fA-F:.%a-z]*\]|[0-9a-fA-F:.]*(%[^:\]]+)?):[0-9]+")


class Listener(NamedTuple):
    queue: int
    pids: frozenset[int]
    """Who holds it: a service, and systemd where a socket unit opened it."""
    waiting: int = 0
    """Connections in its queue at this moment."""


def listening() -> dict[Address, Listener]:
    """Every listening TCP and unix socket."""
    found = {}
    for option in ("-ltnpH", "-lxnpH"):
        done = run(("ss", option))
        if done.code != 0:
            raise refuse("sockets", "what listens here", done.err.strip(), f"ss {option}", "Install iproute2.")
        found.update(parse(done.out.splitlines()))
    return found


def parse(lines: Iterable[str]) -> dict[Address, Listener]:
    """Lines of `ss -ltnpH` and `ss -lxnpH`."""
    found: dict[Address, Listener] = {}
    for line in lines:
        # Anybody may name a socket as he likes, with blanks and line ends: what has not the whole form is passed over.
        form = _LINE.fullmatch(line.rstrip())
        if form is None or not (form["unix"] or _PLACE.fullmatch(form["place"])):
            continue
        address = Address(UNIX, form["place"]) if form["unix"] else _address(form["place"])
        pids = frozenset(int(pid) for pid in re.findall(r",pid=([0-9]+),fd=", form["users"] or ""))
        found.setdefault(address, Listener(int(form["queue"]), pids, int(form["waiting"])))
    return found


def _address(text: str) -> Address:
    host, _, port = re.sub(r"%[^\]:]+", "", text).rpartition(":")
    if host == "*":  # both families at once
        return Address(INET6, "::", int(port))
    return Address(INET6, host[1:-1], int(port)) if host.startswith("[") else Address(INET, host, int(port))


def keeps_alive(address: Address) -> bool | None:
    """Whether the kernel looks after a connection to it: seen on one that is opened and closed. None: no answer."""
    family = socket.AF_INET6 if address.family == INET6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as mine:
        mine.settimeout(5)
        try:
            mine.connect((address.reached, address.port))
        except OSError:
            return None
        ours = mine.getsockname()[1]
        if _is_deferred(said := _timers(address.port, ours)):
            mine.sendall(b"\n")  # nothing to a server of HTTP; the kernel hands it over now
            deadline = time.monotonic() + 2
            while _is_deferred(said := _timers(address.port, ours)) and time.monotonic() < deadline:
                time.sleep(0.02)
        return "timer:(keepalive" in said


def _timers(port: int, theirs: int) -> str:
    """What `ss` says of a connection by its two ports, seen from the server."""
    return run(("ss", "-tnoH", f"sport = :{port} and dport = :{theirs}")).out


def _is_deferred(said: str) -> bool:
    """With TCP_DEFER_ACCEPT there is no connection before something was sent on it."""
    return not said.startswith("ESTAB")
