"""The concerns, from the inside out: applied in this order, restored in the opposite one."""

from __future__ import annotations

from typing import Protocol

from . import kernel
from .changes import Changes, Record
from .manifest import Manifest
from .problem import Problem
from .report import Row


class Concern(Protocol):
    """What a module must have to be a concern."""

    def plan(self, manifest: Manifest, record: Record | None) -> Changes: ...
    def undo(self, record: Record) -> Changes: ...
    def verify(self, changes: Changes) -> list[Problem]: ...
    def boot(self, manifest: Manifest, record: Record) -> list[Problem]: ...
    def rows(self, manifest: Manifest, record: Record) -> list[Row]: ...


CONCERNS: dict[str, Concern] = {"kernel": kernel}
