"""Runs a program that sees staged files in the place of the real ones, which stay as they are for everybody else."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..system.run import Ran, run_in_unit
from ..system.surroundings import in_pair
from . import files
from .changes import FileChange


def run_with(changes: Sequence[FileChange], argv: Sequence[str]) -> Ran:
    # Bound over the real paths: links, relative includes and folders of snippets are the real ones.
    with _bound(changes) as pairs:
        return run_in_unit(argv, [f"BindReadOnlyPaths={in_pair(here)}:{in_pair(there)}" for here, there in pairs])


@contextmanager
def _bound(changes: Sequence[FileChange]) -> Iterator[list[tuple[str, str]]]:
    """What goes over what. Nothing can be bound over a file that is not there, and no file can be bound away: where
    one comes or goes its whole folder has a stand-in."""
    place = tempfile.mkdtemp(prefix="heavyload-")
    try:
        stand_ins: dict[str, str] = {}
        for path, new in changes:
            folder = os.path.dirname(path)
            if folder not in stand_ins and (new.absent or not os.path.lexists(path)):
                stand_ins[folder] = _copy(folder, f"{place}/{len(stand_ins)}")
        pairs = [(stand_in, folder) for folder, stand_in in stand_ins.items()]
        for path, new in changes:
            folder, name = os.path.split(path)
            staged = files.beside(path, files.STAGED)
            if folder not in stand_ins:
                pairs.append((staged, path))
                continue
            files.remove(f"{stand_ins[folder]}/{name}")
            if not new.absent:
                shutil.copy2(staged, f"{stand_ins[folder]}/{name}")
        yield pairs
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _copy(folder: str, place: str) -> str:
    shutil.copytree(folder, place, symlinks=True)
    for entry in os.scandir(place):
        if entry.is_symlink():  # a relative one would lead elsewhere from here
            target = os.path.join(folder, os.readlink(entry.path))
            os.unlink(entry.path)
            os.symlink(target, entry.path)
    return place
