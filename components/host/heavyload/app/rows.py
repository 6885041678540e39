"""The application as it runs: read from its processes and its socket."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Mapping

from ..manifest import Manifest
from ..paths import APP_LISTEN, APP_SERVICE, UNITS
from ..report import Row, state
from ..system import answers, processes
from ..system.services import Service
from ..system.snapshot import Snapshot
from .application import PREFIX

_NONE = "-"
_NOT_RUNNING = "not running"


def rows(manifest: Manifest, snapshot: Snapshot, patience: float) -> list[Row]:
    """`patience`: how long to wait for an answer, seconds."""
    service = snapshot.service(APP_SERVICE)
    main = service.main
    found = []
    for setting in manifest.settings:
        see, where = SEEN[setting.name[len(PREFIX) :]]
        now = see(service, setting.wanted) if main else _NOT_RUNNING
        ok = now == setting.wanted
        source = f"{where}; {UNITS}/{APP_SERVICE}"
        found.append(
            Row(
                manifest.concern,
                setting.name,
                setting.wanted,
                _NONE,
                now,
                setting.wanted,
                setting.rule,
                state(ok),
                source,
            )
        )
    status = answers.settled_status(answers.unix(APP_LISTEN), "localhost", patience) if main else 0
    now, least = answers.said(status), "HTTP below 500"
    source = f"GET / on {APP_LISTEN}"
    ok = answers.serves(status)
    return [*found, Row(manifest.concern, f"{PREFIX}answer", least, _NONE, now, now, "exactly", state(ok), source)]


def _wsgi(service: Service, wanted: str) -> str:
    return service.command[-1] if service.command else "nothing"


def _user(service: Service, wanted: str) -> str:
    number = processes.user(service.main)
    return pwd.getpwuid(number).pw_name if number is not None else "nobody"


def _directory(service: Service, wanted: str) -> str:
    """By the name that was wanted where that leads to the same folder."""
    now = os.path.realpath(f"/proc/{service.main}/cwd")
    return wanted if os.path.realpath(wanted) == now else now


def _virtualenv(service: Service, wanted: str) -> str:
    return wanted if service.command[:1] == (f"{wanted}/bin/gunicorn",) else "another"


def _environment_file(service: Service, wanted: str) -> str:
    """systemd alone reads it: a value may be over several lines, and secret."""
    files = [path for path, _ in service.said.get("EnvironmentFiles", ())]
    return wanted if wanted in files else "another" if files else "none"


SEEN: Mapping[str, tuple[Callable[[Service, str], str], str]] = {
    "wsgi": (_wsgi, "systemd"),
    "user": (_user, "owner of the master's process"),
    "directory": (_directory, "/proc/PID/cwd of the master"),
    "virtualenv": (_virtualenv, "systemd"),
    "environment_file": (_environment_file, "systemd"),
}
