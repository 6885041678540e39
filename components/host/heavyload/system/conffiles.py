"""Files of packages that people may edit: what dpkg and unattended-upgrades do with edited ones."""

from __future__ import annotations

import os
from collections.abc import Iterable

from .run import run

_STATUS = "/var/lib/dpkg/status"
_UNATTENDED = "/usr/bin/unattended-upgrade"
_CONFFILES = "Conffiles:"
_KEEPS = "--force-confold"


def packages(paths: Iterable[str], status: str = _STATUS) -> dict[str, str]:
    """Of those that are conffiles the package, by path."""
    wanted = set(paths)
    found: dict[str, str] = {}
    package, within = "", False
    try:
        with open(status, encoding="utf-8", errors="backslashreplace") as file:
            for line in file:
                if within and line.startswith(" /"):
                    path = line.split()[0]
                    if path in wanted:
                        found[path] = package
                    continue
                within = line.startswith(_CONFFILES)
                if line.startswith("Package: "):
                    package = line.split()[1]
    except FileNotFoundError:  # no Debian
        return {}
    return found


def held_back(paths: Iterable[str]) -> list[str]:
    """What a person should know of edited ones, where upgrades come by themselves; a line each."""
    if not os.path.exists(_UNATTENDED):
        return []
    said = run(("apt-config", "dump")).out
    runs = any(
        line.startswith("APT::Periodic::Unattended-Upgrade ") and '"0"' not in line for line in said.splitlines()
    )
    if not runs or _KEEPS in said:
        return []
    way_out = f'`Dpkg::Options {{ "--force-confdef"; "{_KEEPS}"; }};` in /etc/apt/apt.conf.d has it keep this one'
    return [
        f"{path} is a conffile of {package}: unattended-upgrades leaves out an upgrade of it that brings another one, "
        f"until somebody decides. {way_out}"
        for path, package in sorted(packages(paths).items())
    ]
