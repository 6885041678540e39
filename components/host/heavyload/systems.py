"""The distributions that are taken, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from . import catalogue
from .problem import Problem

_RUN = "run"


class System(NamedTuple):
    """What components/tuning/systems.ts says of one."""

    id: str
    version: str
    tests: str
    codename: str = ""

    @property
    def title(self) -> str:
        return f"{self.id} {self.version}"


SYSTEMS = tuple(System(**data) for data in catalogue.SYSTEMS)


def of(release: Mapping[str, str]) -> System | None:
    """`release`: what /etc/os-release says."""
    name, version, codename = (release.get(key, "") for key in ("ID", "VERSION_ID", "VERSION_CODENAME"))
    for system in SYSTEMS:
        if system.id == name and (
            system.version == version or (not version and codename and system.codename == codename)
        ):
            return system
    return None


def objection(release: Mapping[str, str]) -> Problem | None:
    if of(release):
        return None
    found = [release.get("ID", "none"), release.get("VERSION_ID") or release.get("VERSION_CODENAME") or "no version"]
    wanted = ", ".join(system.title for system in SYSTEMS)
    way_out = "Set heavyload:allowUntested to true to try it there all the same."
    return Problem("system", f"one of {wanted}", " ".join(found), "/etc/os-release", way_out)


def notes(release: Mapping[str, str]) -> tuple[str, ...]:
    """What a person should know of the system that was taken."""
    system = of(release)
    if system is None or system.tests == _RUN:
        return ()
    ran = ", ".join(known.title for known in SYSTEMS if known.tests == _RUN)
    return (f"{system.title} itself no test has run on: they have on {ran}, between whose versions its own lie",)
