"""The application as a service with a socket unit that holds its queue, for a host on which nobody has set one up."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .. import manifest as manifests
from ..journal import wholefile
from ..journal.changes import Changes, FileChange
from ..journal.node import Node
from ..journal.records import Record
from ..journal.servers import Reload
from ..manifest import Manifest
from ..nginx import server
from ..paths import APP_LISTEN, APP_SERVICE, APP_SOCKET, UNITS
from ..problem import Problem, Refused
from ..report import Row
from ..system import users
from ..system.snapshot import Snapshot
from . import application, reloading, rows, trial
from .application import Application

NAME = "app"
_START, _LOOK = 60, 5  # seconds: workers import the application


class App:
    reloads = {NAME: Reload(reloading.reload, serves=True)}

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        app = application.of(manifest)
        wanted = _files(app, server.user(server.running(snapshot)))
        files = wholefile.placed(wanted, record)
        if problems := [*_lacking(app), *files.problems]:
            raise Refused(problems)
        if files.changes and (said := trial.refusal(app)):
            where = f"{app.gunicorn} --check-config {app.wsgi} as {app.user} in {app.directory}"
            way_out = "Mend that, or name another app.wsgi, app.environmentFile or app.virtualenv."
            raise Refused([Problem("app.wsgi", "an application that loads", said, where, way_out)])
        return Changes(
            NAME,
            files=files.changes,
            check=_check,
            reloads=_reloads(files.changes),
            record=Record(manifest.text, files.noted),
            left=files.left,
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        files = wholefile.removed(record)
        return Changes(NAME, files=files.changes, reloads=_reloads(files.changes), gone=(APP_LISTEN,), left=files.left)

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        if changes.record is None:
            return []
        manifest = manifests.parse(changes.record.manifest.encode(), NAME)
        way_out = f"Look at `journalctl -u {APP_SERVICE}`."
        return [
            Problem(row.name, row.wanted, row.now, row.readFrom, way_out)
            for row in rows.rows(manifest, snapshot, _START)
            if row.is_short
        ]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # systemd starts it

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        return rows.rows(manifest, snapshot, _LOOK)


def _files(app: Application, web_user: str) -> dict[str, Node]:
    texts = {APP_SOCKET: application.socket(web_user), APP_SERVICE: application.service(app)}
    targets = {APP_SOCKET: "sockets.target", APP_SERVICE: "multi-user.target"}
    return {
        **{f"{UNITS}/{unit}": Node(content=text.encode()) for unit, text in texts.items()},
        **{f"{UNITS}/{targets[unit]}.wants/{unit}": Node(target=f"{UNITS}/{unit}", mode=0o777) for unit in texts},
    }


def _lacking(app: Application) -> list[Problem]:
    """What the host must have for it."""
    tried = (
        ("app.user", app.user, users.exists(app.user), "no such user", "/etc/passwd"),
        ("app.directory", app.directory, os.path.isdir(app.directory), "no such folder", app.directory),
        ("app.virtualenv", app.gunicorn, os.access(app.gunicorn, os.X_OK), "no gunicorn", app.gunicorn),
        (
            "app.environmentFile",
            app.environment_file,
            not app.environment_file or os.path.isfile(app.environment_file),
            "no such file",
            app.environment_file,
        ),
    )
    way_out = "Install the application first: heavyload makes a service of it, and no more."
    return [Problem(name, wanted, found, where, way_out) for name, wanted, good, found, where in tried if not good]


def _check(changes: Sequence[FileChange]) -> list[Problem]:
    said = trial.units_refusal({path: node for path, node in changes})
    way_out = "Nothing was switched; please report this."
    return [Problem("app's units", "units that systemd takes", said, "systemd-analyze verify", way_out)] if said else []


def _reloads(changes: Sequence[FileChange]) -> tuple[str, ...]:
    return ("units", NAME) if changes else ()
