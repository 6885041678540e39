from __future__ import annotations

import os
from typing import Any

import pytest
from heavyload.system import bus, machine, room

NONE = {"CPUQuotaPerSecUSec": bus.INFINITY, "MemoryMax": bus.INFINITY, "MemoryHigh": bus.INFINITY, "AllowedCPUs": []}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, {}),
        (NONE, {}),
        ({**NONE, "CPUQuotaPerSecUSec": 1_500_000}, {"cpus": 2}),
        ({**NONE, "CPUQuotaPerSecUSec": 50_000}, {"cpus": 1}),
        ({**NONE, "AllowedCPUs": [0b101, 0b1]}, {"cpus": 3}),
        ({**NONE, "AllowedCPUs": [0b1111], "CPUQuotaPerSecUSec": 2_000_000}, {"cpus": 2}),
        ({**NONE, "MemoryMax": 2**30, "MemoryHigh": 2**29}, {"memory_mib": 512}),
    ],
)
def test_what_a_unit_leaves_its_service(said: dict[str, Any], found: dict[str, int]) -> None:
    assert room._limits(said) == found


def test_the_least_of_unit_and_slices_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    slices = {"sites.slice": {"MemoryMax": 2**29}, "sites-shop.slice": {"CPUQuotaPerSecUSec": 1_000_000}}
    monkeypatch.setattr(bus, "unit", slices.__getitem__)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    monkeypatch.setattr(room, "memory_mib", lambda: 4096)
    monkeypatch.setattr(room, "_read", lambda _: "")
    assert room.of({"Slice": "sites-shop.slice", "MemoryMax": 2**30}) == {"cpus": 1, "memory_mib": 512}
    assert room.of({"Slice": "-.slice"}) == {"cpus": 64, "memory_mib": 4096}


def test_a_container_has_limits_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"/sys/fs/cgroup/memory.max": str(2**28), "/sys/fs/cgroup/cpu.max": "150000 100000"}
    monkeypatch.setattr(room, "_read", lambda path: texts.get(path, ""))
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert room.of({})["memory_mib"] == min(256, machine.memory_mib())
    assert room.of({})["cpus"] <= 2
