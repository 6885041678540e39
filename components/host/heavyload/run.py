"""The one runner of other programs: an argument list, a time limit, the C locale, no shell."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import NamedTuple

ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

IN_UNIT = ("systemd-run", "--wait", "--pipe", "--collect", "--quiet")
"""Runs what follows in a unit of its own: systemd gives it a user, a folder, an environment, a view of the files."""


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def run(argv: Sequence[str], timeout: float = 60) -> Ran:
    """Runs to the end. A program that is missing gives 127, one over its time (seconds) 124."""
    try:
        done = subprocess.run(
            list(argv), stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=ENVIRONMENT, check=False
        )
    except FileNotFoundError:
        return Ran(127, "", f"{argv[0]}: not found")
    except subprocess.TimeoutExpired:
        return Ran(124, "", f"{argv[0]}: no end after {timeout:g} s")
    return Ran(done.returncode, _text(done.stdout), _text(done.stderr))


def run_in_unit(argv: Sequence[str], properties: Sequence[str] = (), timeout: float = 60) -> Ran:
    """`properties`: systemd's, `Name=value`."""
    return run([*IN_UNIT, *(f"--property={text}" for text in properties), *argv], timeout=timeout)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
