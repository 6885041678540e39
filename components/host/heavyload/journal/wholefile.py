"""Files that are ours as a whole: nobody else's lines belong into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..problem import Problem, Refused
from . import originals
from .changes import FileChange
from .node import ABSENT, Node, read_node
from .records import NotedFile, Record


class WholeFiles(NamedTuple):
    """What becomes of them: the changes, what to record, what stands in the way, and what a restore leaves."""

    changes: tuple[FileChange, ...] = ()
    noted: Mapping[str, NotedFile] = {}
    problems: tuple[Problem, ...] = ()
    left: tuple[str, ...] = ()


def placed(wanted: Mapping[str, Node], record: Record | None) -> WholeFiles:
    """Each at its path, unless something is there that is not as we left it."""
    held = record.files if record else {}
    changes, problems = [], []
    for path, node in wanted.items():
        now = read_node(path).digest
        if now == node.digest:
            continue
        if now == ABSENT.digest or (path in held and now == held[path].digest):
            changes.append(FileChange(path, node))
        else:
            way_out = "Move it away, what is of your own into a drop-in, and run again."
            problems.append(Problem(path, "nothing, or the text we left", "another's text", path, way_out))
    gone = removed(Record("", {path: noted for path, noted in held.items() if path not in wanted}))
    noted = {path: NotedFile(node.digest) for path, node in wanted.items()}
    return WholeFiles((*changes, *gone.changes), noted, tuple(problems), gone.left)


def removed(record: Record) -> WholeFiles:
    """What was there before, in the place of each that is still as we left it."""
    changes, left = [], []
    for path, noted in record.files.items():
        try:
            now, first = read_node(path).digest, originals.file_of(path)
        except Refused:
            left.append(f"{path}: neither a file nor a link by now, left as it is")
            continue
        if now == noted.digest and first is not None:
            changes.append(FileChange(path, first))
        elif now != ABSENT.digest:
            left.append(f"{path}: edited since, left as it is")
    return WholeFiles(tuple(changes), left=tuple(left))
