"""How much of the host a service may use: what its unit, the slices around it and the container leave it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from . import bus
from .machine import memory_mib

_MIB = 2**20
_SECOND = 10**6  # microseconds
# The container's own, where the host is one: of control groups of version 2 and 1.
_MEMORY = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_CPU = "/sys/fs/cgroup/cpu.max"


def of(said: bus.Properties) -> dict[str, int]:
    """`cpus` and `memory_mib` of a service, as formulas ask for them. `said`: all that systemd knows of it."""
    limits = [_limits(unit) for unit in (said, *_around(said))]
    cpus = [os.cpu_count() or 1, *_affinity(), *_quota(), *(one["cpus"] for one in limits if "cpus" in one)]
    memory = [memory_mib(), *_own_memory(), *(one["memory_mib"] for one in limits if "memory_mib" in one)]
    return {"cpus": max(1, min(cpus)), "memory_mib": min(memory)}


def _limits(said: Mapping[str, Any]) -> dict[str, int]:
    """Pure. What one unit allows."""
    found = []
    quota = said.get("CPUQuotaPerSecUSec", bus.INFINITY)
    if quota != bus.INFINITY:
        found.append(-(-quota // _SECOND))
    for name in ("AllowedCPUs", "CPUAffinity"):
        # A bit for each CPU; none: all of them.
        if allowed := sum(bin(byte).count("1") for byte in said.get(name, ())):
            found.append(allowed)
    memory = min(said.get(name, bus.INFINITY) for name in ("MemoryMax", "MemoryHigh", "MemoryLimit"))
    return {
        **({"cpus": min(found)} if found else {}),
        **({"memory_mib": memory // _MIB} if memory != bus.INFINITY else {}),
    }


def _around(said: bus.Properties) -> Iterator[bus.Properties]:
    """The slices that the unit is in: `a-b.slice` is in `a.slice`."""
    name = said.get("Slice", "")
    while name.endswith(".slice") and name != "-.slice":
        yield bus.unit(name)
        name = f"{name[: -len('.slice')].rpartition('-')[0] or '-'}.slice"


def _affinity() -> list[int]:
    return [len(os.sched_getaffinity(1))]


def _quota() -> list[int]:
    words = _read(_CPU).split()
    return [-(-int(words[0]) // int(words[1]))] if len(words) == 2 and words[0].isdigit() else []


def _own_memory() -> list[int]:
    return [int(text) // _MIB for path in _MEMORY if (text := _read(path)).isdigit()]


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
