"""The step of one concern: apply its manifest, or restore what it found."""

from __future__ import annotations

from . import manifest as manifests
from . import originals, owner, records
from .changes import Changes
from .concerns import CONCERNS
from .problem import Refused
from .say import result, say
from .transaction import carry_out
from .undo import recover, sweep


def apply(concern: str, raw: bytes) -> None:
    """Brings the concern to its manifest. A second run changes nothing."""
    manifest = manifests.parse(raw, concern)
    if objection := owner.objection(manifest.stack):
        raise Refused([objection])
    tidy()
    record = records.read(concern)
    changes = CONCERNS[concern].plan(manifest, record)
    _tell(changes)
    carry_out(changes, lambda: CONCERNS[concern].verify(changes))
    result(f"{concern}: {len(manifest.settings)} settings hold, {len(changes.live) + len(changes.files)} changed")


def restore(concern: str, raw: bytes) -> None:
    """Takes the concern back. A host that another stack has taken over since is left alone."""
    if raw:
        stack = manifests.parse(raw, concern).stack
        if owner.read() not in (owner.NOBODY, stack):
            result(f"{concern}: this host belongs to {owner.read()} now, nothing of it was touched")
            return
    tidy()
    undo(concern)


def undo(concern: str) -> None:
    record = records.read(concern)
    if record is None:
        result(f"{concern}: nothing to restore")
        return
    changes = CONCERNS[concern].undo(record)
    _tell(changes)
    carry_out(changes, lambda: CONCERNS[concern].verify(changes))
    originals.forget(record.files, record.live)
    result(f"{concern}: restored, {len(changes.live) + len(changes.files)} changed, {len(changes.left)} left")


def tidy() -> None:
    """Finishes the undo of a run that was killed, and removes what it left beside the files."""
    recover()
    sweep()


def _tell(changes: Changes) -> None:
    for change in changes.files:
        say(f"{changes.concern}: {change.path}: {'removed' if change.new.absent else 'written'}")
    for move in changes.live:
        say(f"{changes.concern}: {move.key}: {move.before or 'none'} -> {move.after or 'none'}")
    for line in changes.left:
        say(f"{changes.concern}: {line}")
    if changes.nothing:
        say(f"{changes.concern}: nothing to change")
