"""What stood on the host before the first touch, kept once for good: a blob by its hash, then the index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..paths import APPLIED, ORIGINALS
from ..problem import refuse
from . import files
from .entry import ABSENT, Entry, from_json, read_entry, to_json

INDEX = f"{ORIGINALS}/index.json"


def _index() -> dict[str, Any]:
    """None at all is an empty one only where nothing was applied yet."""
    if not os.path.lexists(INDEX) and os.path.isdir(APPLIED) and any(os.scandir(APPLIED)):
        raise refuse(INDEX, "what was here before us", "no such file", INDEX, files.DAMAGED)
    return files.read_json(INDEX, _checked, {"files": {}, "live": {}, "folders": []})


def _checked(data: Any) -> dict[str, Any]:
    for noted in data["files"].values():
        from_json(noted, None)
    return {"files": dict(data["files"]), "live": dict(data["live"]), "folders": list(data["folders"])}


def begin() -> None:
    """From here on an index that is missing was lost."""
    if not os.path.lexists(INDEX):
        begin_anew((), ())


def begin_anew(absent: Iterable[str], folders: Iterable[str]) -> None:
    """With paths and folders at which nothing was."""
    index = {"files": {path: to_json(ABSENT) for path in absent}, "live": {}, "folders": sorted(folders)}
    files.write_json(INDEX, index)


def paths() -> list[str]:
    """Every path that was ever to be changed."""
    return sorted(_index()["files"])


class Kept(NamedTuple):
    files: tuple[str, ...] = ()
    live: tuple[str, ...] = ()


def keep(targets: Iterable[str], live: Mapping[str, str]) -> Kept:
    """Takes originals of what has none yet, and returns which these are. The index is written last: it never names a
    blob that is not there."""
    index = _index()
    new_files = {path: read_entry(path) for path in targets if path not in index["files"]}
    new_live = {key: value for key, value in live.items() if key not in index["live"]}
    if not new_files and not new_live:
        return Kept()
    missing = {folder for path in new_files for folder in files.missing_folders(path)}
    for entry in new_files.values():
        if entry.content is not None and not os.path.exists(_blob(entry.digest)):
            files.put(_blob(entry.digest), Entry(content=entry.content, mode=0o600))
    index["files"].update({path: to_json(entry) for path, entry in new_files.items()})
    index["live"].update(new_live)
    index["folders"] = sorted({*index["folders"], *missing})
    files.write_json(INDEX, index)
    return Kept(tuple(new_files), tuple(new_live))


def folders() -> list[str]:
    """Folders that did not exist before the first touch, the innermost first."""
    return sorted(_index()["folders"], reverse=True)


def file_of(path: str) -> Entry | None:
    """The original at `path`; None when it was never touched, or its text is lost."""
    data = _index()["files"].get(path)
    if data is None:
        return None
    entry = from_json(data, blob(data["digest"]))
    return entry if entry.digest == data["digest"] else None


def path_of(path: str) -> str:
    """Where its first text is kept."""
    return _blob(_index()["files"][path]["digest"])


def live_of(key: str) -> str | None:
    value = _index()["live"].get(key)
    return None if value is None else str(value)


def live_values() -> dict[str, str]:
    """Of each key that was ever to be changed."""
    return dict(_index()["live"])


def blob(digest: str) -> bytes | None:
    try:
        with open(_blob(digest), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def forget(targets: Iterable[str], keys: Iterable[str]) -> None:
    """They are as people have them again: the next first touch is a new one."""
    index = _index()
    for path in targets:
        index["files"].pop(path, None)
    for key in keys:
        index["live"].pop(key, None)
    files.write_json(INDEX, index)


def _blob(digest: str) -> str:
    return f"{ORIGINALS}/blobs/{digest}"
