"""What a step means to do, as one printable value: files, live values, reloads and what is recorded afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..problem import Problem
from .entry import Entry


class FileChange(NamedTuple):
    path: str
    new: Entry


class LiveChange(NamedTuple):
    key: str
    before: str
    after: str


class Record(NamedTuple):
    """What a concern has applied.

    `files`: per path the `digest` of the whole file as we left it, and `ours`, our lines in it.
    `live`: per key `ours`, and `base`, what the host would have without us: where a lower tier or a restore goes.
    """

    manifest: str
    files: Mapping[str, Mapping[str, str]] = {}
    live: Mapping[str, Mapping[str, str]] = {}

    def to_json(self) -> dict[str, Any]:
        return {"manifest": self.manifest, "files": _plain(self.files), "live": _plain(self.live)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Record:
        files, live = _plain(data["files"]), _plain(data["live"])
        if not all({"digest", "ours"} <= noted.keys() for noted in files.values()):
            raise ValueError("a file without what is known of it")
        if not all({"base", "ours"} <= noted.keys() for noted in live.values()):
            raise ValueError("a value without what is known of it")
        return Record(str(data["manifest"]), files, live)


def _plain(table: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    found = {key: dict(value) for key, value in table.items()}
    if not all(isinstance(text, str) for value in found.values() for text in value.values()):
        raise ValueError("something else than texts")
    return found


class Changes(NamedTuple):
    concern: str
    raised: tuple[LiveChange, ...] = ()
    """Before the files: no line of theirs may be above a limit that is still low."""
    files: tuple[FileChange, ...] = ()
    check: Callable[[Sequence[FileChange]], Sequence[Problem]] = lambda _: ()
    """What the servers say of the new files while they only lie beside the old ones."""
    reloads: tuple[str, ...] = ()
    lowered: tuple[LiveChange, ...] = ()
    """After the files, for the same reason."""
    inherited: bool = False
    """A process that is forked in between has its parent's old values: what is left is looked for once more."""
    record: Record | None = None
    """None: afterwards the concern is no longer applied."""
    left: tuple[str, ...] = ()
    """What somebody else changed since and a restore therefore leaves, a line each."""
    notes: tuple[str, ...] = ()
    """What a person should know besides, a line each."""

    @property
    def nothing(self) -> bool:
        return not self.files and not self.moves and not self.reloads

    @property
    def moves(self) -> tuple[LiveChange, ...]:
        return (*self.raised, *self.lowered)

    def lines(self) -> list[str]:
        """What a person reads, before it is done."""
        if self.nothing and not (self.left or self.notes):
            return [f"{self.concern}: nothing to change"]
        parts = [f"{path}: {'removed' if new.absent else 'written'}" for path, new in self.files]
        parts += [f"{key}: {before or 'none'} -> {after or 'none'}" for key, before, after in self.moves]
        if self.reloads and not parts:
            parts = ["nothing to change, but what runs has not taken it: it is told anew"]
        return [f"{self.concern}: {part}" for part in (*parts, *self.left, *self.notes)]
