"""How many files may be open: the kernel's bounds, services and logins, moved in one step so that no limit is ever
above the one that bounds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..journal.changes import Changes, LiveChange
from ..journal.records import Record
from ..journal.servers import Reload
from ..kernel.concern import Sysctls
from ..manifest import Manifest
from ..paths import LIMITS_SYSCTL_FILE
from ..problem import Problem, Refused
from ..report import Row
from ..system.snapshot import Snapshot
from . import logins as loginlimits
from . import nofile
from . import services as servicelimits
from .logins import LoginLimits
from .services import ServiceLimits
from .web import Servers

NAME = "limits"
_KERNEL = "fs."


class Part(NamedTuple):
    of: Sysctls | ServiceLimits | LoginLimits
    keys: tuple[str, ...]
    """How its live keys begin, in the record."""
    settings: tuple[str, ...] = (nofile.PREFIX, _KERNEL)
    """How the settings begin that it sees."""

    def manifest(self, whole: Manifest) -> Manifest:
        return whole._replace(settings=tuple(s for s in whole.settings if s.name.startswith(self.settings)))

    def record(self, whole: Record) -> Record:
        return whole._replace(live={key: noted for key, noted in whole.live.items() if key.startswith(self.keys)})

    def changes(self, whole: Changes) -> Changes:
        def mine(moves: tuple[LiveChange, ...]) -> tuple[LiveChange, ...]:
            return tuple(move for move in moves if move.key.startswith(self.keys))

        record = self.record(whole.record) if whole.record else None
        return whole._replace(raised=mine(whole.raised), lowered=mine(whole.lowered), record=record)


class Limits:
    reloads: Mapping[str, Reload] = {}

    def __init__(self, servers: Servers) -> None:
        # From the outside in: raised in this order, lowered in the opposite one.
        self.parts = (
            Part(Sysctls(NAME, LIMITS_SYSCTL_FILE), (_KERNEL,), (_KERNEL,)),
            Part(ServiceLimits(NAME, servers), servicelimits.KEYS),
            Part(LoginLimits(NAME, servers), loginlimits.KEYS),
        )

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        return self._joined(
            lambda part: part.of.plan(part.manifest(manifest), part.record(record) if record else None, snapshot)
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        return self._joined(lambda part: part.of.undo(part.record(record), snapshot))

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        return [problem for part in self.parts for problem in part.of.verify(part.changes(changes), snapshot)]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        kernel = self.parts[0]
        return kernel.of.boot(kernel.manifest(manifest), record)

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        return [
            row for part in self.parts for row in part.of.rows(part.manifest(manifest), part.record(record), snapshot)
        ]

    def _joined(self, plan: Callable[[Part], Changes]) -> Changes:
        """The parts' changes as one, or what stands in the way of any of them."""
        found: list[Changes] = []
        problems: list[Problem] = []
        for part in self.parts:
            try:
                found.append(plan(part))
            except Refused as refused:
                problems += refused.problems
        if problems:
            raise Refused(dict.fromkeys(problems))  # a service that is missing stands in the way of two parts
        records = [changes.record for changes in found if changes.record]
        return Changes(
            NAME,
            raised=tuple(move for changes in found for move in changes.raised),
            files=tuple(file for changes in found for file in changes.files),
            reloads=tuple(dict.fromkeys(name for changes in found for name in changes.reloads)),
            lowered=tuple(move for changes in reversed(found) for move in changes.lowered),
            inherited=any(changes.inherited for changes in found),
            record=_record(records) if records else None,
            left=tuple(line for changes in found for line in changes.left),
            notes=tuple(line for changes in found for line in changes.notes),
        )


def _record(records: list[Record]) -> Record:
    files = {path: noted for record in records for path, noted in record.files.items()}
    live = {key: noted for record in records for key, noted in record.live.items()}
    return Record(records[0].manifest, files, live)
