"""What each concern has applied, as it is kept, and its manifest as people and the report read it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..paths import APPLIED, MANIFESTS
from ..problem import refuse
from . import files


class NotedFile(NamedTuple):
    """What is known of a file that we have written or edited."""

    digest: str
    """Of the whole file as we left it."""
    ours: str = ""
    """Our lines in it, as its concern writes them down; nothing: all of it is ours."""
    given: str | None = None
    """The text of a file that we made and that is edited besides: as it was before that."""

    def to_json(self) -> dict[str, str]:
        return {name: text for name, text in self._asdict().items() if text is not None}


class NotedValue(NamedTuple):
    """What is known of a value in force."""

    base: str
    """What the host would have without us: where a lower tier or a restore goes."""
    ours: str

    def to_json(self) -> dict[str, str]:
        return self._asdict()


class Record(NamedTuple):
    """What a concern has applied: files by path, values by key."""

    manifest: str
    files: Mapping[str, NotedFile] = {}
    live: Mapping[str, NotedValue] = {}
    room: Mapping[str, int] = {}
    """`cpus` and `memory_mib` for which values were worked out; nothing: they do not depend on it."""

    def to_json(self) -> dict[str, Any]:
        return {
            "manifest": self.manifest,
            "files": {path: noted.to_json() for path, noted in self.files.items()},
            "live": {key: noted.to_json() for key, noted in self.live.items()},
            **({"room": dict(self.room)} if self.room else {}),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Record:
        """Fails where something is missing or no text."""
        return Record(
            str(data["manifest"]),
            {
                path: NotedFile(_text(noted["digest"]), _text(noted["ours"]), _given(noted))
                for path, noted in data["files"].items()
            },
            {key: NotedValue(_text(noted["base"]), _text(noted["ours"])) for key, noted in data["live"].items()},
            _room(data.get("room", {})),
        )


def _room(data: Mapping[str, Any]) -> dict[str, int]:
    room = {name: int(number) for name, number in data.items()}
    if room and room.keys() != {"cpus", "memory_mib"}:
        raise ValueError("the size of another thing than a machine")
    return room


def _given(noted: Mapping[str, object]) -> str | None:
    return _text(noted["given"]) if "given" in noted else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("something else than a text")
    return value


def read(concern: str) -> Record | None:
    """Raises Refused where there was one, and where it is something else than was written."""
    record = files.read_json(path_of(concern), Record.from_json, None)
    if record is None and is_lost(concern):
        raise refuse(path_of(concern), "what heavyload has written", "nothing", path_of(concern), files.DAMAGED)
    return record


def path_of(concern: str) -> str:
    return f"{APPLIED}/{concern}.json"


def manifest_of(concern: str) -> str:
    return f"{MANIFESTS}/{concern}"


def is_lost(concern: str) -> bool:
    """Whether there was one, by its manifest's copy, which comes later and goes earlier."""
    return os.path.lexists(manifest_of(concern)) and not os.path.lexists(path_of(concern))


def digests() -> dict[str, str]:
    """Of each file as some concern left it, by path."""
    there = os.listdir(APPLIED) if os.path.isdir(APPLIED) else ()
    names = [name[: -len(".json")] for name in there if name.endswith(".json")]
    found = [record for name in names if (record := read(name))]
    return {path: noted.digest for record in found for path, noted in record.files.items()}


def write(concern: str, record: Record | None) -> None:
    if record is None:
        for path in (manifest_of(concern), path_of(concern)):
            if os.path.lexists(path):
                files.remove(path)
                files.sync_folder(path)
        return
    files.write_json(path_of(concern), record.to_json())
    files.write_text(manifest_of(concern), record.manifest)
