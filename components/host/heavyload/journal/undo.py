"""Takes back an unfinished change, any number of times, from any point it was stopped at."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import Any

from ..problem import Problem
from ..rules import same
from ..say import say
from . import files, live, marker, originals, records
from .changes import Record
from .entry import Entry, read_entry
from .servers import Servers


def recover(servers: Servers, at_boot: bool = False) -> list[Problem]:
    """Undoes what the marker names, in exactly the opposite order; the marker last. What does not run again as before
    is returned: it stops nothing of the rest.

    `at_boot`: before any service reads the files; the live values died with the old boot.
    """
    data = marker.read()
    if data is None:
        return []
    same_boot = data["boot"] == marker.boot_id()
    if same_boot:
        _put_back_values(data["lowered"])
    for noted in reversed(data["files"]):
        _put_back(noted)
    problems = [
        problem for name in data["reloads"] for problem in servers.reload_back(name, at_boot, data.get("ran", ()))
    ]
    if same_boot:
        _put_back_values(data["raised"])
    record = data["record"]
    records.write(data["concern"], Record.from_json(record) if record else None)
    marker.drop()
    sweep()
    _forget_untouched(data)
    say(f"{data['concern']}: the unfinished change was taken back")
    for problem in problems:
        say(f"{data['concern']}: {problem}")
    return problems


def sweep() -> None:
    """Removes staged files and second names, which can only stand beside paths with an original, and folders of ours
    that are empty. While a marker stands nothing is swept: it needs the second names."""
    if marker.read() is not None:
        return
    for path in originals.paths():
        for kind in (files.STAGED, files.UNDO):
            files.remove(files.beside(path, kind))
    for folder in originals.folders():
        _remove_if_empty(folder)


def _put_back(noted: dict[str, Any]) -> None:
    path, undo = noted["path"], files.beside(noted["path"], files.UNDO)
    now = read_entry(path).digest
    if now == noted["old"]:
        return
    if now not in (noted["new"], "absent"):
        say(f"{path}: edited by somebody else meanwhile, left as it is")
        return
    if noted["old"] == "absent":
        files.remove(path)
    elif os.path.lexists(undo):
        os.rename(undo, path)
    else:
        files.put(path, _kept(path, noted["old"]))
    files.sync_folder(path)


def _kept(path: str, digest: str) -> Entry:
    """The old text when the second name is gone too: it can only be the first original."""
    entry = originals.file_of(path)
    if entry is None or entry.digest != digest:
        raise FileNotFoundError(f"{path}: its text before the change is lost (wanted {digest})")
    return entry


def _put_back_values(changes: list[dict[str, str]]) -> None:
    for change in reversed(changes):
        key, now = change["key"], live.read(change["key"])
        if now is None:
            continue  # gone meanwhile, and its value with it
        if same(now, change["after"]):
            live.write(key, change["before"])
        elif not same(now, change["before"]):
            say(f"{key}: neither the old nor our value, left at {now}")


def _forget_untouched(data: dict[str, Any]) -> None:
    """What no record speaks of is as people have it, and may be theirs to change before the next first touch."""
    record = data["record"] or {"files": {}, "live": {}}
    touched = {noted["path"] for noted in data["files"]} - set(record["files"])
    moved = {change["key"] for change in (*data["raised"], *data["lowered"])} - set(record["live"])
    originals.forget(touched, moved)


def _remove_if_empty(folder: str) -> None:
    cache = os.path.join(folder, "__pycache__")
    if os.path.isdir(folder) and os.listdir(folder) == ["__pycache__"]:
        shutil.rmtree(cache, ignore_errors=True)  # of a configuration of ours that root's gunicorn has read
    with contextlib.suppress(OSError):  # somebody uses it
        os.rmdir(folder)
