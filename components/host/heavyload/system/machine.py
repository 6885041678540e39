"""What this computer is, as its kernel and its system have it."""

from __future__ import annotations

import os

from . import regular


def memory_mib() -> int:
    """Memory of the host as the kernel counts it, MiB, rounded up: firmware and kernel keep a part of the nominal."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return -(-pages * size // 2**20)


def memory_available_mib() -> int:
    """What could be given to programs now, as the kernel reckons, MiB."""
    with open("/proc/meminfo", encoding="ascii") as file:
        known = dict(line.split(":", 1) for line in file)
    return int(known["MemAvailable"].split()[0]) // 2**10


def os_release() -> dict[str, str]:
    pairs = (line.strip().partition("=") for line in regular.text("/etc/os-release").split("\n") if "=" in line)
    return {key: value.strip("\"'") for key, _, value in pairs}
