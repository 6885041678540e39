"""Programs beside systemd that set keys of the kernel: which, when, and what to do. Read from their own files and
traces; what none of them says is not told."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..system.snapshot import Snapshot
from . import sysctld
from .sysctld import Assignment

if TYPE_CHECKING:
    from configparser import RawConfigParser

TUNED = "/etc/tuned"
# Of TuneD, the first that has the profile; the second ones since 2.23.
PROFILES: tuple[str, ...] = ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned")
CLOUD_CONFIG = "/var/lib/cloud/instance/cloud-config.txt"
_SYSCTL_CALL = re.compile(r"\bsysctl\b[^#;&|]*?\s([a-z][\w./-]+)=([^\s'\";&|\]]+)")


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


def files() -> dict[str, list[Assignment]]:
    """What files of others set, by when and what to do."""
    found = {when: sysctld.parse(sysctld.text_of(path), path) for path, when in sysctld.OTHERS.items()}
    if profile := _tuned():
        when = "`tuned-adm` and each start of tuned.service set it, and reapply_sysctl is off: turn that on"
        found[f"TuneD's profile {profile[0]}: {when}"] = profile[1]
    if calls := _cloud_init():
        found["cloud-init runs it: take it out of the instance's user data"] = calls
    return found


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


def _tuned() -> tuple[str, list[Assignment]] | None:
    """The active profile and what it sets. By default sysctl.d is applied over it, and nothing of it lasts."""
    name = sysctld.text_of(f"{TUNED}/active_profile").strip()
    if not name:
        return None
    main = _ini(f"[main]\n{sysctld.text_of(f'{TUNED}/tuned-main.conf')}")
    off = main.get("main", "reapply_sysctl", fallback="1").strip().lower() in ("0", "false", "no")
    return (name, _profile(name, set())) if off else None


def _profile(names: str, seen: set[str]) -> list[Assignment]:
    """Of several the later ones win, as do a profile's own keys over those that it includes."""
    found: list[Assignment] = []
    for name in re.split(r"[\s,;]+", names):
        path = next((one for folder in PROFILES if os.path.isfile(one := f"{folder}/{name}/tuned.conf")), None)
        if path is None or name in seen:
            continue
        seen.add(name)
        text = sysctld.text_of(path)
        known = _ini(text)
        found += _profile(known.get("main", "include", fallback=""), seen)
        lines = {line.partition("=")[0].strip(): number for number, line in enumerate(text.split("\n"), 1)}
        keys = known.items("sysctl") if known.has_section("sysctl") else []
        found += [Assignment(key, value.strip(), path, lines.get(key, 0)) for key, value in keys]
    return found


def _ini(text: str) -> RawConfigParser:
    import configparser  # only here: few hosts have TuneD

    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), inline_comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except configparser.Error:  # TuneD would not read it either
        return configparser.RawConfigParser()
    return parser


def _cloud_init() -> list[Assignment]:
    """Calls of sysctl in what the instance is told at its boots."""
    found = []
    for number, line in enumerate(sysctld.text_of(CLOUD_CONFIG).split("\n"), 1):
        found += [Assignment(key, value, CLOUD_CONFIG, number) for key, value in _SYSCTL_CALL.findall(line)]
    return found
