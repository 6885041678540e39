"""What a host must be before anything of it is touched. Needs no root: everything is seen together."""

from __future__ import annotations

import os
import shutil

from . import owner, systems
from .manifest import Manifest
from .problem import Problem
from .rules import satisfies
from .system.machine import memory_mib, os_release
from .system.run import run


def problems(manifest: Manifest) -> list[Problem]:
    """All that stands in the way of tuning this host."""
    found = [
        _sudo(),
        _systemd(),
        None if manifest.allow_untested else systems.objection(os_release()),
        owner.objection(manifest.owner, manifest.adopt),
        _writable("/etc"),
        _writable("/var/lib"),
        _runs_programs("/var/lib"),
    ]
    for need in manifest.require.values():
        have = FACTS[need.name]() if need.name in FACTS else "unknown"
        if not have.isdigit() or not satisfies(need.rule, have, need.wanted):
            way_out = "Choose a lower tier, or a larger host."
            found.append(Problem(need.name, f"{need.rule} {need.wanted}", have, "this host", way_out))
    return [problem for problem in found if problem]


def notes() -> tuple[str, ...]:
    """What a person should know of this host, a line each."""
    return systems.notes(os_release())


FACTS = {"memory_mib": lambda: str(memory_mib())}


def is_root() -> bool:
    return os.geteuid() == 0


def _sudo() -> Problem | None:
    if is_root():
        return None
    way_out = "Log in as root, or let this user run everything with sudo without a password."
    wanted, where = "root's rights without a password", f"user {_user()}"
    if not shutil.which("sudo"):
        return Problem("sudo", wanted, "no sudo", where, way_out)
    tried = run(("sudo", "-n", "true"), timeout=30)
    return Problem("sudo", wanted, tried.err.strip() or "a refusal", where, way_out) if tried.code else None


def _user() -> str:
    return os.environ.get("USER") or str(os.geteuid())


def _systemd() -> Problem | None:
    if os.path.isdir("/run/systemd/system") and shutil.which("systemd-run"):
        return None
    with open("/proc/1/comm", encoding="utf-8") as file:
        found = file.read().strip()
    return Problem("systemd", "systemd as the first process", found, "/proc/1", "Use a host that systemd runs.")


def _runs_programs(folder: str) -> Problem | None:
    if not os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return None
    way_out = "Remount it without noexec: heavyload's own program lies there."
    return Problem(folder, "a file system whose programs run", "one that is mounted with noexec", folder, way_out)


def _writable(folder: str) -> Problem | None:
    if not os.statvfs(folder).f_flag & os.ST_RDONLY:
        return None
    return Problem(folder, "a file system that can be written", "a read-only one", folder, "Remount it for writing.")
