"""What a step means to do, as one printable value: files, live values, reloads and what is recorded afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..problem import Problem
from .node import Node
from .records import Record


class FileChange(NamedTuple):
    path: str
    new: Node


class LiveChange(NamedTuple):
    key: str
    before: str
    after: str


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
    gone: tuple[str, ...] = ()
    """Paths of sockets that go away with it: no page is missed there."""
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
