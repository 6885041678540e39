"""The step of one concern: apply its manifest, or restore what it found."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from . import catalogue, owner, servers
from . import manifest as manifests
from .concerns import CONCERNS
from .journal import closed, originals, records
from .journal.changes import Changes
from .journal.transaction import carry_out
from .journal.undo import recover, sweep
from .manifest import Manifest
from .problem import Problem, Refused
from .say import result
from .system.snapshot import Snapshot
from .system.together import together

_ROUNDS = 3
# What the one tunes, the other sets up: before that there is nothing to look at.
_FOLLOWS = {"gunicorn": "app"}


def apply(concern: str, raw: bytes) -> None:
    """Brings the concern to its manifest. A second run changes nothing."""
    manifest = manifests.parse(raw, concern)
    if objection := owner.objection(manifest.owner):
        raise Refused([objection])
    tidy()
    changed = 0
    for _ in range(_ROUNDS):
        changes = plan(concern, manifest, Snapshot())
        if changed and changes.nothing:
            break
        carry_out(changes, partial(_verify, changes), servers)
        changed += len(changes.moves) + len(changes.files)
        if changes.nothing or not changes.inherited:
            break
    result(f"{concern}: {len(manifest.settings)} settings wanted, {changed} changed")


def restore(concern: str, raw: bytes) -> None:
    """Takes the concern back. A host that another stack has taken over since is left alone."""
    if raw:
        other = owner.other_than(manifests.parse(raw, concern).owner)
        if other != owner.NOBODY:
            result(f"{concern}: this host belongs to {other} now, nothing of it was touched")
            return
    tidy()
    undo(concern)


def undo(concern: str) -> None:
    record = records.read(concern)
    if record is None:
        result(f"{concern}: nothing to restore")
        return
    changes = CONCERNS[concern].undo(record, Snapshot())
    carry_out(changes, partial(_verify, changes), servers)
    originals.forget(record.files, record.live)
    result(f"{concern}: restored, {len(changes.moves) + len(changes.files)} changed, {len(changes.left)} left")


def tidy() -> None:
    """Finishes the undo of a run that was killed, and removes what it left beside the files."""
    recover(servers)
    sweep()


def problems(manifests_by_concern: Mapping[str, str]) -> list[Problem]:
    """All that would stop these manifests from being applied, seen together before the first of them is."""
    snapshot = Snapshot()

    def look(concern: str) -> tuple[str, list[Problem], bool]:
        """With whether there is something to change."""
        try:
            changes = plan(concern, manifests.parse(manifests_by_concern[concern].encode(), concern), snapshot)
            return concern, closed.objections(change.path for change in changes.files), not changes.nothing
        except Refused as refused:
            return concern, refused.problems, True

    before = [concern for concern in manifests_by_concern if concern in _FOLLOWS.values()]
    looked = [look(concern) for concern in before]
    to_come = {concern for concern, _, changes in looked if changes}
    after = [name for name in manifests_by_concern if name not in before and _FOLLOWS.get(name) not in to_come]
    looked += together([partial(look, concern) for concern in after])
    # A server that is missing stands in the way of several.
    return list(dict.fromkeys(problem for _, problems, _ in looked for problem in problems))


def plan(concern: str, manifest: Manifest, snapshot: Snapshot) -> Changes:
    """What has to change; nothing is touched. Raises Refused with all that stands in the way."""
    if objections := catalogue.objections(manifest):
        raise Refused(objections)
    return CONCERNS[concern].plan(manifest, records.read(concern), snapshot)


def _verify(changes: Changes) -> list[Problem]:
    return CONCERNS[changes.concern].verify(changes, Snapshot())
