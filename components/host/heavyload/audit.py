"""What a host has against what a plan wants, and what applying it would change: read and tried, nothing is written."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from . import manifest as manifests
from . import overview, owner, requirements, steps, usage
from .concerns import CONCERNS
from .journal import closed, records
from .journal.changes import Changes, FileChange
from .journal.node import Node, read_node
from .journal.records import Record
from .manifest import Manifest
from .problem import Problem, Refused
from .report import Row
from .say import result
from .system.snapshot import Snapshot
from .system.together import both, together

_NOT_SHOWN = "(not shown: it may hold what is secret)"


class Look(NamedTuple):
    """At one layer."""

    rows: list[Row]
    changes: Changes | None
    refused: list[Problem]


def audit(manifest: Manifest, plans: Mapping[str, str]) -> None:
    """Prints one JSON object."""
    snapshot = Snapshot()
    looks = together([partial(_look, name, text, snapshot) for name, text in plans.items()])
    facts, used = both(partial(overview.facts, snapshot), partial(usage.now, snapshot))
    refused = [*requirements.problems(manifest), *(problem for look in looks for problem in look.refused)]
    changes = [look.changes for look in looks if look.changes]
    known = {
        "owner": str(owner.read()),
        "host": facts,
        "settings": [row.to_json() for look in looks for row in look.rows],
        "changes": [line for one in changes if not one.nothing for line in one._replace(notes=(), left=()).lines()],
        "notes": [f"{one.concern}: {note}" for one in changes for note in (*one.notes, *one.left)],
        "files": [{"path": change.path, "diff": _diff(change)} for one in changes for change in one.files],
        "refused": [problem.to_json() for problem in dict.fromkeys(refused)],
        "usage": [one._asdict() for one in used],
    }
    result(json.dumps(known))


def _look(name: str, text: str, snapshot: Snapshot) -> Look:
    manifest, applied = manifests.parse(text.encode(), name), records.read(name)
    try:
        changes = steps.plan(name, manifest, snapshot)
    except Refused as refused:
        return Look(_rows_alone(name, manifest, snapshot), None, refused.problems)
    # What is to be, as far as it is wanted; the files as they are.
    wanted = changes.record and changes.record._replace(files=applied.files if applied else {})
    try:
        rows = CONCERNS[name].rows(manifest, wanted, snapshot) if wanted else []
    except Refused as refused:  # of a server that is yet to be set up
        return Look([], changes, refused.problems)
    return Look(rows, changes, closed.objections(change.path for change in changes.files))


def _rows_alone(name: str, manifest: Manifest, snapshot: Snapshot) -> list[Row]:
    """Of what cannot be applied: as far as it can be read without knowing what that would make of it."""
    try:
        return CONCERNS[name].rows(manifest, records.read(name) or Record(manifest.text), snapshot)
    except (Refused, LookupError):
        return []


def _diff(change: FileChange) -> str:
    """As `diff -u` has it; of what others may not read alone that it changes."""
    now, new = read_node(change.path), change.new
    if (now if new.absent else new).mode & 0o077 == 0:
        return f"--- {change.path}\n+++ {change.path}\n{_NOT_SHOWN}\n"
    return "".join(difflib.unified_diff(_lines(now), _lines(new), change.path, change.path))


def _lines(node: Node) -> list[str]:
    if node.target is not None:
        return [f"link to {node.target}\n"]
    return (node.content or b"").decode("utf-8", "backslashreplace").splitlines(keepends=True)
