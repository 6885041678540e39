"""The two limits of open files as one value, `SOFT HARD`, and what rows and plans make of it. Pure."""

from __future__ import annotations

from ..manifest import Manifest, Setting

PREFIX = "nofile."
RULE = "at least"
KINDS = ("soft", "hard")


def settings(manifest: Manifest) -> list[tuple[int, Setting]]:
    """The settings for it, each with its place in the value."""
    return [(KINDS.index(s.name[len(PREFIX) :]), s) for s in manifest.settings if s.name.startswith(PREFIX)]


def wanted(manifest: Manifest) -> str:
    """0 where the plan says nothing: every host satisfies that."""
    by_place = {place: setting.wanted for place, setting in settings(manifest)}
    return " ".join(by_place.get(place, "0") for place in range(len(KINDS)))


def soft_alone(limit: str) -> str:
    return f"{limit.split()[0]} 0"
