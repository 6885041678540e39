"""The files of limits.conf and limits.d, in the order pam_limits reads them: limits.conf, then by name."""

from __future__ import annotations

import glob
from collections.abc import Sequence

from ..journal.ourfile import without
from ..journal.records import NotedFile
from ..paths import LIMITS_CONF, LIMITS_FILE, LIMITS_FOLDER
from ..system import regular
from . import pam as pamlimits
from .pam import Line


def others(record_of_ours: NotedFile | None) -> list[Line]:
    """Every line for nofile but ours. What somebody added to our file is theirs."""
    found: list[Line] = []
    for path in _paths():
        text = regular.text(path)
        if path == LIMITS_FILE and record_of_ours:
            text = without(text, record_of_ours.ours)
        found += pamlimits.parse(text, path)
    return found


def placed(lines: Sequence[Line], ours: Sequence[str]) -> list[Line]:
    """All lines as they are read once `ours` stand in our file."""
    new = pamlimits.parse("".join(f"{line}\n" for line in ours), LIMITS_FILE)
    return sorted([*lines, *new], key=lambda line: (line.path != LIMITS_CONF, line.path))


def _paths() -> list[str]:
    return [LIMITS_CONF, *sorted(glob.glob(f"{LIMITS_FOLDER}/*.conf"))]
