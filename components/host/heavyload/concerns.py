"""The concerns, from the inside out: applied in this order, restored in the opposite one."""

from __future__ import annotations

from typing import Protocol

from .app import concern as app
from .gunicorn import concern as gunicorn
from .journal.changes import Changes
from .journal.records import Record
from .kernel.concern import Sysctls
from .limits import concern as limits
from .manifest import Manifest
from .nginx import concern as nginx
from .paths import SYSCTL_FILE, UDEV_RULES
from .problem import Problem
from .report import Row


class Concern(Protocol):
    """What a concern must have: a module with these functions, or an object of its own."""

    def plan(self, manifest: Manifest, record: Record | None) -> Changes: ...
    def undo(self, record: Record) -> Changes: ...
    def verify(self, changes: Changes) -> list[Problem]: ...
    def boot(self, manifest: Manifest, record: Record) -> list[Problem]: ...
    def rows(self, manifest: Manifest, record: Record) -> list[Row]: ...


CONCERNS: dict[str, Concern] = {
    "kernel": Sysctls("kernel", SYSCTL_FILE, UDEV_RULES),
    app.NAME: app.App(),
    limits.NAME: limits.Limits(),
    gunicorn.NAME: gunicorn.Gunicorn(),
    nginx.NAME: nginx.Nginx(),
}
