"""A file of ours that nginx reads: what it has to be, and what becomes of it when others have edited it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..journal.records import Record
from ..manifest import Manifest
from ..problem import Problem, Refused
from .reading import Disk


class Placed(NamedTuple):
    text: bytes | None
    """Of the file, before it is tuned; None: no such file."""
    given: str | None = None
    """The text that we gave the file."""


class OwnFile(NamedTuple):
    name: str
    """For people."""
    path: str
    wanted: Callable[[Manifest], str | None]
    """The text that a manifest asks for, if it asks for the file."""

    def planned(self, manifest: Manifest, record: Record | None, now: bytes | None) -> Placed:
        """`now`: as it is, without our tuning. Raises Refused where it has to change and others have edited it."""
        given, text = self._given(record), self.wanted(manifest)
        if text is None:
            return Placed(None) if given is not None else Placed(now)
        if now is None or (given is not None and now == given.encode()):
            return Placed(text.encode(), text)
        if given == text:
            return Placed(now, text)  # others have edited it: theirs, tuned
        way_out = "Move it away and run again, then put your own lines back in."
        raise Refused([Problem(self.name, "nothing, or the text we left", "another's text", self.path, way_out)])

    def undone(self, record: Record, now: bytes | None) -> tuple[dict[str, bytes | None], list[str]]:
        """The files that a restore leaves, None: no such file. What others have edited is kept where nginx does not
        read it: what it leads to is gone."""
        given = self._given(record)
        if given is None:
            return {}, []
        if now is None or now == given.encode():
            return {self.path: None}, []
        aside = f"{self.path}.edited"
        return {self.path: None, aside: now}, [f"{self.path}: edited since; kept as {aside}"]

    def on_disk(self) -> bytes | None:
        try:
            return Disk().read(self.path)
        except FileNotFoundError:
            return None

    def _given(self, record: Record | None) -> str | None:
        noted = record.files.get(self.path) if record else None
        return noted.given if noted else None
