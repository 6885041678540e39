"""Programs beside systemd that set keys of the kernel: which, when, and what to do. Read from their own files and
traces; what none of them says is not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..system import regular
from ..system.snapshot import Snapshot
from . import cloudinit, sysctld, tuned
from .sysctld import Assignment


class Program(NamedTuple):
    """One that is known by its process, and says nowhere what it sets."""

    keys: frozenset[str]
    what: str
    way_out: str


PROGRAMS: Mapping[str, Program] = {
    "kube-proxy": Program(
        frozenset({"net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_buckets"}),
        "kube-proxy sets it when it starts, by its CPUs",
        "Give it conntrack.maxPerCore: 0, which leaves the key alone",
    ),
    # Its tuners: net_buffer, tcp_buffer, tcp_conn, neigh_table.
    "bpftune": Program(
        frozenset({"net.core.netdev_max_backlog", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_syncookies"}),
        "bpftune moves it by what it sees",
        "It lets a key go once somebody else has set it; started with -R it takes values back when it ends",
    ),
}


def files(snapshot: Snapshot) -> dict[str, list[Assignment]]:
    """What files of others set, by when and what to do."""
    found = {when: sysctld.parse(regular.text(path), path) for path, when in sysctld.OTHERS.items()}
    return {**found, **tuned.found(snapshot), **cloudinit.found()}


def running(keys: Sequence[str], snapshot: Snapshot) -> list[str]:
    """Of these keys, what programs that run set without saying it."""
    names = {process.name for process in snapshot.processes.values()}
    return [
        f"{key}: {program.what}. {program.way_out}"
        for name, program in PROGRAMS.items()
        if name in names
        for key in keys
        if key in program.keys
    ]
