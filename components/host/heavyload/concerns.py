"""The concerns, from the inside out: applied in this order, restored in the opposite one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .app import concern as app
from .gunicorn import concern as gunicorn
from .journal.changes import Changes
from .journal.records import Record
from .journal.servers import Reload
from .kernel.concern import Sysctls
from .limits import concern as limits
from .manifest import Manifest
from .nginx import concern as nginx
from .paths import SYSCTL_FILE, UDEV_RULES
from .problem import Problem
from .report import Row
from .system.services import Service
from .system.snapshot import Snapshot


class Concern(Protocol):
    """What a concern must have."""

    @property
    def reloads(self) -> Mapping[str, Reload]:
        """By the names that its changes give them."""
        ...

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes: ...
    def undo(self, record: Record, snapshot: Snapshot) -> Changes: ...
    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]: ...
    def boot(self, manifest: Manifest, record: Record) -> list[Problem]: ...
    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]: ...


class Server(Concern, Protocol):
    """What a concern has besides that tunes a server of people's own."""

    def services(self, snapshot: Snapshot) -> Sequence[Service]:
        """The services that run it: they get the limits."""
        ...

    def room(self, manifest: Manifest, snapshot: Snapshot) -> Mapping[str, int]:
        """`cpus` and `memory_mib` that it may use, by which its values are worked out."""
        ...

    def version(self, snapshot: Snapshot) -> str | None:
        """Of the one that runs; None: there is none."""
        ...


SERVERS: Mapping[str, Server] = {gunicorn.NAME: gunicorn.Gunicorn(), nginx.NAME: nginx.Nginx()}
CONCERNS: dict[str, Concern] = {
    "kernel": Sysctls("kernel", SYSCTL_FILE, UDEV_RULES),
    app.NAME: app.App(),
    limits.NAME: limits.Limits([server.services for server in SERVERS.values()]),
    **SERVERS,
}
