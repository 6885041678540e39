"""A file with lines of ours, which others may edit too: their lines stay, whatever becomes of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..problem import Refused
from . import originals
from .changes import FileChange
from .node import ABSENT, Node, read_node
from .records import NotedFile, Record

_HEADER = "# Written by heavyload: `heavyload status` tells what and why, `heavyload restore` takes it away."


class OurFile(NamedTuple):
    """What becomes of one path: the change, what to record of it, and what a restore leaves of others' edits."""

    change: tuple[FileChange, ...]
    noted: Mapping[str, NotedFile]
    left: tuple[str, ...]


def ours_at(path: str, lines: Sequence[str], record: Record | None, section: str = "", mode: int = 0o7777) -> OurFile:
    """`path` with `lines` as ours, and no others of ours; below the heading `section` where the file needs one. `mode`:
    nobody else may do more with it."""
    try:
        now = read_node(path)
    except Refused:
        if lines:
            raise
        return OurFile((), {}, (f"{path}: neither a file nor a link by now, left as it is",))
    before = record.files.get(path) if record else None
    text = [_HEADER, *lines] if lines else []
    new = _node(path, now._replace(mode=now.mode & mode), before or NotedFile(""), text, section)
    edited = not lines and before is not None and not now.absent and now.digest != before.digest
    left = (f"{path}: edited since; our lines are taken out, the others stay",) if edited and not new.absent else ()
    open_ = not new.absent and lines and new.mode != now.mode
    change = () if new.digest == now.digest and not open_ else (FileChange(path, new),)
    return OurFile(change, {path: NotedFile(new.digest, "\n".join(text))}, left)


def _node(path: str, now: Node, before: NotedFile, text: Sequence[str], section: str) -> Node:
    """Nothing of ours and nobody else's: the original, which may be none."""
    if not text and now.digest == before.digest and (first := originals.file_of(path)):
        return first
    others = without((now.content or b"").decode("utf-8", "surrogateescape"), before.ours)
    # The heading is not ours alone: what others add below it needs it too.
    headed = not (section and text) or section in others.split("\n")
    content = (
        ""
        if section and others.strip() == section and not text
        else joined(others, text if headed else [section, *text])
    )
    return Node(content.encode("utf-8", "surrogateescape"), None, now.mode, now.uid, now.gid) if content else ABSENT


def without(text: str, ours: str) -> str:
    """`text` less our lines; a line that somebody changed is no longer ours."""
    mine = set(ours.split("\n")) if ours else set()
    # Lines end as systemd and Python's configurations end them: other signs that end one may be within a value.
    return "".join(line for line in re.findall(r"[^\n]*\n|[^\n]+", text) if line.rstrip("\n") not in mine)


def joined(text: str, ours: Sequence[str]) -> str:
    """Our lines after everybody else's: the last assignment holds."""
    return (text if not text or text.endswith("\n") else f"{text}\n") + "".join(f"{line}\n" for line in ours)
