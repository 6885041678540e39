"""The record of each concern that is applied, and its manifest as people and the report read it."""

from __future__ import annotations

import os

from . import files
from .changes import Record
from .paths import APPLIED, MANIFESTS


def read(concern: str) -> Record | None:
    data = files.read_json(f"{APPLIED}/{concern}.json", None)
    return None if data is None else Record.from_json(data)


def digests() -> dict[str, str]:
    """Of each file as some concern left it, by path."""
    names = [name[: -len(".json")] for name in (os.listdir(APPLIED) if os.path.isdir(APPLIED) else ())]
    found = [record for name in names if (record := read(name))]
    return {path: noted["digest"] for record in found for path, noted in record.files.items()}


def write(concern: str, record: Record | None) -> None:
    if record is None:
        for path in (f"{APPLIED}/{concern}.json", f"{MANIFESTS}/{concern}"):
            if os.path.lexists(path):
                files.remove(path)
                files.sync_folder(path)
        return
    files.write_text(f"{MANIFESTS}/{concern}", record.manifest)
    files.write_json(f"{APPLIED}/{concern}.json", record.to_json())
