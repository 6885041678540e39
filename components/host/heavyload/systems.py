"""The distributions that are taken, and what is known of each: one line of data a system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .problem import Problem

_RUN = "run"
"""The tests have run on it."""
_BETWEEN = "between"
"""They have not; what matters here has versions that lie between those of systems on which they have."""


class System(NamedTuple):
    id: str
    version: str
    known: str
    codename: str = ""
    """How a release that is still in the making is told, which has no number."""

    @property
    def title(self) -> str:
        return f"{self.id} {self.version}"


SYSTEMS = (
    System("debian", "11", _RUN, "bullseye"),
    System("debian", "12", _RUN, "bookworm"),
    System("debian", "13", _RUN, "trixie"),
    System("debian", "14", _RUN, "forky"),
    System("ubuntu", "22.04", _BETWEEN),
    System("ubuntu", "24.04", _BETWEEN),
    System("ubuntu", "26.04", _BETWEEN),
)


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
    if system is None or system.known == _RUN:
        return ()
    ran = ", ".join(known.title for known in SYSTEMS if known.known == _RUN)
    return (f"{system.title} itself no test has run on: they have on {ran}, between whose versions its own lie",)
