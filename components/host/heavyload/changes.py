"""What a step means to do, as one printable value: files, live values, reloads and what is recorded afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .entry import Entry


@dataclass(frozen=True)
class FileChange:
    path: str
    new: Entry


@dataclass(frozen=True)
class LiveChange:
    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Record:
    """What a concern has applied.

    `files`: per path the `digest` of the whole file as we left it, and `ours`, our lines in it.
    `live`: per key `ours`, and `base`, what the host would have without us: where a lower tier or a restore goes.
    """

    manifest: str
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    live: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"manifest": self.manifest, "files": _plain(self.files), "live": _plain(self.live)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Record:
        return Record(data["manifest"], data["files"], data["live"])


def _plain(table: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {key: dict(value) for key, value in table.items()}


@dataclass(frozen=True)
class Changes:
    concern: str
    files: tuple[FileChange, ...] = ()
    live: tuple[LiveChange, ...] = ()
    reloads: tuple[str, ...] = ()
    record: Record | None = None
    """None: afterwards the concern is no longer applied."""
    left: tuple[str, ...] = ()
    """What somebody else changed since and a restore therefore leaves, a line each."""

    @property
    def nothing(self) -> bool:
        return not self.files and not self.live
