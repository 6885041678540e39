"""The undo marker: while it is on disk a change is unfinished, and it says how to take it back."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..paths import MARKER
from ..problem import refuse
from ..system import regular
from . import files
from .changes import Changes, LiveChange
from .node import Node, read_node
from .records import Record


class Switch(NamedTuple):
    """What a file is by its digest, before and after."""

    path: str
    old: str
    new: str


class Marker(NamedTuple):
    """What is unfinished: what a change means to switch, and what was in force when it began."""

    boot: str
    concern: str
    files: tuple[Switch, ...]
    raised: tuple[LiveChange, ...]
    lowered: tuple[LiveChange, ...]
    reloads: tuple[str, ...]
    ran: tuple[str, ...]
    """The services that ran before."""
    record: Record | None
    """Of what was applied before."""

    def to_json(self) -> dict[str, Any]:
        return {
            **self._asdict(),
            "files": [switch._asdict() for switch in self.files],
            "raised": [change._asdict() for change in self.raised],
            "lowered": [change._asdict() for change in self.lowered],
            "record": self.record.to_json() if self.record else None,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Marker:
        return Marker(
            data["boot"],
            data["concern"],
            tuple(Switch(**switch) for switch in data["files"]),
            tuple(LiveChange(**change) for change in data["raised"]),
            tuple(LiveChange(**change) for change in data["lowered"]),
            tuple(data["reloads"]),
            tuple(data.get("ran", ())),  # which earlier versions did not note
            Record.from_json(data["record"]) if data["record"] else None,
        )


def boot_id() -> str:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def write(changes: Changes, previous: Record | None, ran: Sequence[str]) -> Marker:
    marker = Marker(
        boot_id(),
        changes.concern,
        tuple(Switch(path, read_node(path).digest, new.digest) for path, new in changes.files),
        changes.raised,
        changes.lowered,
        changes.reloads,
        tuple(ran),
        previous,
    )
    body = json.dumps(marker.to_json(), sort_keys=True)
    files.put(MARKER, Node(content=f"{body}\n{_sum(body)}\n".encode(), mode=0o600))
    return marker


def read() -> Marker | None:
    """The unfinished change, or None. A marker that was damaged is touched by nobody but a person."""
    try:
        text = regular.read(MARKER).decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return None
    except regular.NotRegular:
        text = ""
    body, _, rest = text.partition("\n")
    if rest != f"{_sum(body)}\n":
        raise refuse("undo marker", "its own checksum", "another", MARKER, files.DAMAGED)
    return Marker.from_json(json.loads(body))


def drop() -> None:
    """The commit: from here on the change stands."""
    os.unlink(MARKER)
    files.sync_folder(MARKER)


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
