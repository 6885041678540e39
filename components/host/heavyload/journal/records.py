"""The record of each concern that is applied, and its manifest as people and the report read it."""

from __future__ import annotations

import os

from ..paths import APPLIED, MANIFESTS
from . import files
from .changes import Record


def read(concern: str) -> Record | None:
    return files.read_json(path_of(concern), Record.from_json, None)


def path_of(concern: str) -> str:
    return f"{APPLIED}/{concern}.json"


def is_lost(concern: str) -> bool:
    """Whether there was one, by its manifest's copy."""
    return os.path.lexists(f"{MANIFESTS}/{concern}") and not os.path.lexists(path_of(concern))


def digests() -> dict[str, str]:
    """Of each file as some concern left it, by path."""
    there = os.listdir(APPLIED) if os.path.isdir(APPLIED) else ()
    names = [name[: -len(".json")] for name in there if name.endswith(".json")]
    found = [record for name in names if (record := read(name))]
    return {path: noted["digest"] for record in found for path, noted in record.files.items()}


def write(concern: str, record: Record | None) -> None:
    if record is None:
        for path in (path_of(concern), f"{MANIFESTS}/{concern}"):
            if os.path.lexists(path):
                files.remove(path)
                files.sync_folder(path)
        return
    files.write_text(f"{MANIFESTS}/{concern}", record.manifest)
    files.write_json(path_of(concern), record.to_json())
