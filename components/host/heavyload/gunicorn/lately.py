"""What gunicorn has answered within the last minute. The steps of one change ask it the same, each from a process of
its own, and each answer loads the application: what was asked a moment ago, of the same words, variables and files,
need not be asked once more. Answers may hold secrets, and are root's alone."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..journal.files import private_folder
from ..paths import GUNICORN_CONF, GUNICORN_ENV
from ..system import surroundings
from .start import Start
from .unit import Unit, identity

_FOLDER = "/run/heavyload"
_PLACE = f"{_FOLDER}/gunicorn.json"
_AGE = 60
"""Seconds."""
_MOST = 8
_LARGEST = 1 << 24
Answer = Mapping[str, Any]


class _Noted(NamedTuple):
    at: float
    """By the clock that counts from the boot."""
    answer: Answer


def question(
    unit: Unit, start: Start, kind: str, args: str, files: Sequence[str] = (), ours: str = GUNICORN_CONF
) -> str:
    """Tells two questions apart. `files`: what the answer depends on besides our configuration, if `args` names that,
    which lies at `ours` yet."""
    of_variables = [path for path, _ in unit.said.get("EnvironmentFiles", ()) if path != GUNICORN_ENV]
    said = {name: value for name, value in unit.said.items() if name != "EnvironmentFiles"}
    asked = (
        *(kind, start.words, args, dict(start.exported), start.folder, start.user),
        # A limit is no part of the answer, and another step's to move.
        [line for line in surroundings.properties({**said, **identity(unit)}) if not line.startswith("Limit")],
        *([(path, _digest(path)) for path in paths] for paths in (of_variables, files)),
        _digest(ours) if GUNICORN_CONF in args else "",
    )
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def recall(asked: str, once: bool = False) -> Answer | None:
    """`once`: it is forgotten then."""
    known = _read()
    found = known.pop(asked, None)
    if found is None or time.monotonic() - found.at > _AGE:
        return None
    if once:
        _write(known)
    return found.answer


def note(asked: str, answer: Answer) -> None:
    _write({**_read(), asked: _Noted(time.monotonic(), answer)})


def _write(known: Mapping[str, _Noted]) -> None:
    """That it cannot be kept is no reason to stop."""
    latest = sorted(known.items(), key=lambda item: -item[1].at)[:_MOST]
    with contextlib.suppress(OSError):
        private_folder(_FOLDER)
        written = f"{_PLACE}.{os.getpid()}"
        with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            json.dump({asked: noted._asdict() for asked, noted in latest}, file)
        os.rename(written, _PLACE)


def _read() -> dict[str, _Noted]:
    try:
        with open(_PLACE, encoding="ascii") as file:
            return {asked: _Noted(float(of["at"]), dict(of["answer"])) for asked, of in json.load(file).items()}
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}


def _digest(path: str) -> str:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            return hashlib.sha256(file.read(_LARGEST)).hexdigest()
    except OSError:
        return "none"
