"""The settings that this program knows, and where each stands: data that the package makes of its own entries."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from . import rules
from .manifest import Manifest, Setting
from .problem import Problem


class Knob(NamedTuple):
    """What components/tuning/setting.ts calls a Place."""

    at: str
    kind: str = ""
    given: str = ""
    givenBefore: Mapping[str, str] = {}
    off: str = ""
    flags: tuple[str, ...] = ()
    since: str = ""
    absent: str = ""
    form: str = ""

    def given_to(self, version: tuple[int, ...]) -> str:
        """What counts in that version where nothing is written."""
        before = [(rules.version(other), value) for other, value in self.givenBefore.items()]
        later = [pair for pair in before if version < pair[0]]
        return min(later)[1] if later else self.given

    def too_new(self, version: tuple[int, ...]) -> bool:
        return bool(self.since) and version < rules.version(self.since)


def _read() -> Mapping[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "catalogue.json"), encoding="utf-8") as file:
        return dict(json.load(file))


def _knob(place: Mapping[str, Any]) -> Knob:
    return Knob(**{**place, "flags": tuple(place.get("flags", ()))})


_DATA = _read()
SETTINGS: Mapping[str, Mapping[str, Knob]] = {
    concern: {name: _knob(place) for name, place in places.items()} for concern, places in _DATA["settings"].items()
}
"""By concern and name."""
SYSTEMS: tuple[Mapping[str, str], ...] = tuple(_DATA["systems"])


def at(concern: str, *places: str) -> dict[str, Knob]:
    """The settings of a concern that stand there."""
    return {name: knob for name, knob in SETTINGS[concern].items() if knob.at in places}


def objections(manifest: Manifest) -> list[Problem]:
    """Settings of which this program knows no place: nothing may be said of them, least of all that they hold. And
    values that could mean something else in the file of a server than they were meant for."""
    known = SETTINGS.get(manifest.concern, {})
    found = []
    for setting in manifest.settings:
        knob = known.get(setting.name)
        if knob is None:
            wanted, said = f"a setting of {manifest.concern}", "a name that this program does not know"
            found.append(Problem(setting.name, wanted, said, "manifest", _OTHER_PROGRAM))
        elif knob.form and not re.fullmatch(knob.form, setting.wanted):
            found.append(Problem(setting.name, f"a value like {knob.form}", setting.wanted, "manifest", _AGAIN))
    return found


def split(manifest: Manifest) -> tuple[Manifest, tuple[Setting, ...]]:
    """What an earlier program has applied: as far as this one knows it, and the settings that it does not."""
    known = SETTINGS.get(manifest.concern, {})
    theirs = tuple(setting for setting in manifest.settings if setting.name not in known)
    return manifest._replace(settings=tuple(s for s in manifest.settings if s.name in known)), theirs


_AGAIN = "Run `pulumi up` again."
_OTHER_PROGRAM = "Give heavyload:reapply a new text, so that the host gets this version's program."
