"""Has gunicorn itself say what it would run with: in a unit of systemd's with the service's own user, folder,
variables, files and limits, its application loaded. No terminal is there, and a time limit is."""

from __future__ import annotations

import os
import re
import tempfile
from typing import NamedTuple

from .. import surroundings
from ..run import Ran, run_in_unit
from . import commandline
from .start import ARGS, Start
from .unit import Unit, identity

_TIME_LIMIT = 120  # seconds: the application is imported
_LINE = re.compile(r"^(\w+) += (.*)$", re.MULTILINE)


class Trial(NamedTuple):
    values: dict[str, str]
    refusal: str
    """Why it would not start; nothing: it would."""


def run(unit: Unit, start: Start, args: str) -> Trial:
    """`args`: the GUNICORN_CMD_ARGS it would have."""
    done = _ask(unit, start, (*start.words, "--print-config"), args)
    if done.code != 0:
        return Trial({}, " / ".join(done.err.strip().splitlines()[-3:]) or f"exit status {done.code}")
    # What an application prints comes after.
    return Trial(dict(reversed(_LINE.findall(done.out))), "")


def version(unit: Unit, start: Start) -> str | None:
    done = _ask(unit, start, (*commandline.program(start.words), "--version"), "")
    found = re.search(r"\d+(\.\d+)+", done.out)
    return found[0] if found and done.code == 0 else None


def _ask(unit: Unit, start: Start, words: tuple[str, ...], args: str) -> Ran:
    # Variables may be secret: they are in no command line, and in no file that others can read.
    with tempfile.TemporaryDirectory(prefix="heavyload-") as folder:
        path = os.path.join(folder, "env")
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            for name, value in {**start.exported, ARGS: args}.items():
                file.write(f"{name}={in_file(value)}\n")
        properties = surroundings.properties({**unit.said, **identity(unit)})
        return run_in_unit(surroundings.unexpanded(words), [*properties, f"EnvironmentFile={path}"], _TIME_LIMIT)


def in_file(text: str) -> str:
    """A value as an EnvironmentFile holds it."""
    return '"' + re.sub(r'(["\\$`])', r"\\\1", text) + '"'
