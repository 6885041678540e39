"""Runs a program that sees staged files in the place of the real ones, which stay as they are for everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import files
from .changes import FileChange
from .run import Ran, run

_UNIT = ("systemd-run", "--wait", "--pipe", "--collect", "--quiet")
_TIME_LIMIT = 60  # seconds


def run_with(changes: Iterable[FileChange], argv: Sequence[str], properties: Sequence[str] = ()) -> Ran:
    """`properties`: more of systemd's, such as the user it runs as."""
    # Bound over the real paths: links, relative includes and folders of snippets are the real ones.
    bound = [
        f"BindReadOnlyPaths={_escaped(files.beside(path, files.STAGED))}:{_escaped(path)}"
        for path, new in changes
        if not new.absent
    ]
    return run([*_UNIT, *(f"--property={text}" for text in (*bound, *properties)), *argv], timeout=_TIME_LIMIT)


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(" ", "\\x20")
