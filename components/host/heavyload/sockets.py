"""Sockets that listen here, and the queue that is really in force for each: what `ss` calls Send-Q."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from typing import NamedTuple

from .nginxtext.addresses import INET, INET6, UNIX, Address
from .problem import refuse
from .run import run

_LOOPBACK = {INET: "127.0.0.1", INET6: "::1"}


class Listener(NamedTuple):
    queue: int
    pids: frozenset[int]
    """Who holds it: a service, and systemd where a socket unit opened it."""


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
    found = {}
    for line in lines:
        words = line.split()
        if "LISTEN" in words:
            at = words.index("LISTEN")
            address = _address(words[at + 3]) if at == 0 else Address(UNIX, words[at + 3])
            pids = frozenset(int(pid) for pid in re.findall(r"pid=([0-9]+)", line))
            found[address] = Listener(int(words[at + 2]), pids)
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
            mine.connect((_LOOPBACK[address.family] if address.wild else address.host, address.port))
        except OSError:
            return None
        done = run(("ss", "-tnoH", f"sport = :{address.port} and dport = :{mine.getsockname()[1]}"))
        return "timer:(keepalive" in done.out
