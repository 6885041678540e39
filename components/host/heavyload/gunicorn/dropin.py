"""Our drop-in of gunicorn's unit: that it reads our file of variables, and how long it may take to stop."""

from __future__ import annotations

import os
import re

from ..journal.ourfile import OurFile, ours_at
from ..journal.records import Record
from ..paths import GUNICORN_ENV, UNITS
from ..problem import Problem
from ..system import services
from .unit import Unit

SECTION = "[Service]"
_FILES = "EnvironmentFile"
# The second one after people's own, where these would stand over ours: of variables the last file's hold, and ours says
# all that theirs say.
_DROPINS = ("heavyload-gunicorn.conf", "zz-heavyload-gunicorn.conf")


def path_of(unit: Unit) -> str:
    first, last = (f"{UNITS}/{unit.name}.d/{name}" for name in _DROPINS)
    return last if _over(unit, first) else first


def lines(reads: bool, stop: str | None) -> list[str]:
    # A variable of an EnvironmentFile stands over one of Environment=, and that of the last file over the others.
    files = [f"{_FILES}=-{GUNICORN_ENV}"] if reads else []
    return [*files, f"TimeoutStopSec={stop}"] if stop else files


def let_go(dropin: str, record: Record | None) -> list[OurFile]:
    """Drop-ins of ours by another name, or of another unit."""
    paths = [path for path in record.files if path.startswith(f"{UNITS}/")] if record else []
    return [ours_at(path, [], record, SECTION) for path in paths if path != dropin]


def later(unit: Unit, dropin: str) -> list[Problem]:
    way_out = f"It is read after {dropin} and would win: give it a name before that."
    return [Problem("gunicorn", "none after ours", found, unit.name, way_out) for found in _over(unit, dropin)]


def _over(unit: Unit, dropin: str) -> list[str]:
    """Settings that a drop-in of others has which is read after ours, with its path."""
    others = [path for path in unit.service.files[1:] if os.path.basename(path) not in _DROPINS]
    after = [path for path in others if os.path.basename(path) > os.path.basename(dropin)]
    return [
        f"{setting}= in {path}"
        for path in after
        for setting in (_FILES, "TimeoutStopSec", "TimeoutSec")
        if re.search(rf"^\s*{setting}\s*=".encode(), services.text(path), re.MULTILINE)
    ]


def unit_of(dropin: str) -> str:
    return os.path.basename(os.path.dirname(dropin))[: -len(".d")]
