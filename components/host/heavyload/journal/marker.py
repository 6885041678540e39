"""The undo marker: while it is on disk a change is unfinished, and it says how to take it back."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from typing import Any

from ..paths import MARKER
from ..problem import refuse
from . import files
from .changes import Changes
from .entry import Entry, read_entry


def boot_id() -> str:
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def write(changes: Changes, previous: dict[str, Any] | None, ran: Sequence[str]) -> dict[str, Any]:
    """`ran`: the services that ran before."""
    data = {
        "boot": boot_id(),
        "concern": changes.concern,
        "files": [
            {"path": change.path, "old": read_entry(change.path).digest, "new": change.new.digest}
            for change in changes.files
        ],
        "raised": [change._asdict() for change in changes.raised],
        "lowered": [change._asdict() for change in changes.lowered],
        "reloads": list(changes.reloads),
        "ran": list(ran),
        "record": previous,
    }
    body = json.dumps(data, sort_keys=True)
    files.put(MARKER, Entry(content=f"{body}\n{_sum(body)}\n".encode(), mode=0o600))
    return data


def read() -> dict[str, Any] | None:
    """The unfinished change, or None. A marker that was damaged is touched by nobody but a person."""
    try:
        with open(MARKER, encoding="utf-8", errors="backslashreplace") as file:
            body, _, rest = file.read().partition("\n")
    except FileNotFoundError:
        return None
    if rest != f"{_sum(body)}\n":
        raise refuse("undo marker", "its own checksum", "another", MARKER, files.DAMAGED)
    return dict(json.loads(body))


def drop() -> None:
    """The commit: from here on the change stands."""
    os.unlink(MARKER)
    files.sync_folder(MARKER)


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
