"""How much of each limit is in use at this moment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from .concerns import SERVERS
from .system import prlimits, procsys, sockets
from .system.machine import memory_available_mib, memory_mib
from .system.run import run
from .system.snapshot import Snapshot


class Usage(NamedTuple):
    limit: str
    """The setting that bounds it, or what else does."""
    used: int
    of: int
    where: str


def now(snapshot: Snapshot) -> list[Usage]:
    found = [*_descriptors(snapshot), *_queues(snapshot), *_conntrack(), *_ports()]
    total = memory_mib()
    return [*found, Usage("memory", total - memory_available_mib(), total, "MiB, /proc/meminfo")]


def _descriptors(snapshot: Snapshot) -> Iterator[Usage]:
    """Of each server's service the process that is nearest to its own limit."""
    for server in SERVERS.values():
        for service in server.services(snapshot):
            held = [
                (len(os.listdir(f"/proc/{process.pid}/fd")), int(limit.split()[0]), process.pid)
                for process in snapshot.processes_of(service)
                if (limit := prlimits.of(process.pid)) and os.path.isdir(f"/proc/{process.pid}/fd")
            ]
            if held:
                used, most, pid = max(held, key=lambda one: one[0] / max(one[1], 1))
                yield Usage("nofile.soft", used, most, f"process {pid} of {service.name}")


def _queues(snapshot: Snapshot) -> Iterator[Usage]:
    """Of each server the accept queue that is fullest."""
    listening = sockets.listening()
    for name, server in SERVERS.items():
        pids = {p.pid for service in server.services(snapshot) for p in snapshot.processes_of(service)}
        held = [(one, address) for address, one in listening.items() if one.pids & pids]
        if held:
            fullest, address = max(held, key=lambda pair: pair[0].waiting / max(pair[0].queue, 1))
            place = f"{address.host}:{address.port}" if address.port else address.host
            yield Usage(f"{name}'s accept queue", fullest.waiting, fullest.queue, place)


def _conntrack() -> Iterator[Usage]:
    used, most = procsys.read("net.netfilter.nf_conntrack_count"), procsys.read("net.netfilter.nf_conntrack_max")
    if used and most:
        yield Usage("net.netfilter.nf_conntrack_max", int(used), int(most), "/proc/sys/net/netfilter")


def _ports() -> Iterator[Usage]:
    """To one address at most: each address has them all."""
    span = (procsys.read("net.ipv4.ip_local_port_range") or "").split()
    if len(span) == 2:
        first, last = map(int, span)
        lines = run(("ss", "-tanH", f"sport >= :{first} and sport <= :{last}")).out.splitlines()
        peers: dict[str, int] = {}
        for words in (line.split() for line in lines):
            if len(words) >= 5 and words[0] != "LISTEN":
                peers[words[4]] = peers.get(words[4], 0) + 1
        peer, used = max(peers.items(), key=lambda item: item[1], default=("nobody", 0))
        yield Usage("net.ipv4.ip_local_port_range", used, last - first + 1, f"to {peer}")
