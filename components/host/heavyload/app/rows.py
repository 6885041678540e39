"""The application as it runs: read from its processes and its socket."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Callable, Mapping

from .. import answers, processes, services
from ..manifest import Manifest
from ..paths import APP_LISTEN, APP_SERVICE, UNITS
from ..report import Row
from .application import PREFIX

_NONE = "-"
_NOT_RUNNING = "not running"


def rows(manifest: Manifest, patience: float) -> list[Row]:
    """`patience`: how long to wait for an answer, seconds."""
    main = services.main_of(APP_SERVICE)
    found = []
    for setting in manifest.settings:
        see, where = _SEEN[setting.name[len(PREFIX) :]]
        now = see(main, setting.wanted) if main else _NOT_RUNNING
        ok = now == setting.wanted
        source = f"{where}; {UNITS}/{APP_SERVICE}"
        found.append(
            Row(manifest.concern, setting.name, setting.wanted, _NONE, now, setting.wanted, setting.rule, ok, source)
        )
    status = answers.settled_status(answers.unix(APP_LISTEN), "localhost", patience) if main else 0
    now, least = (f"HTTP {status}" if status else "none"), "HTTP below 500"
    source = f"GET / on {APP_LISTEN}"
    ok = answers.serves(status)
    return [*found, Row(manifest.concern, f"{PREFIX}answer", least, _NONE, now, now, "exactly", ok, source)]


def _wsgi(main: int, wanted: str) -> str:
    command = processes.command_line(main)
    if command and command[0].startswith("gunicorn:"):  # it has put a title over its command line
        command = list(services.read((APP_SERVICE,))[APP_SERVICE].command)
    return command[-1] if command else "nothing"


def _user(main: int, wanted: str) -> str:
    number = processes.user(main)
    return pwd.getpwuid(number).pw_name if number is not None else "nobody"


def _directory(main: int, wanted: str) -> str:
    """By the name that was wanted where that leads to the same folder."""
    now = os.path.realpath(f"/proc/{main}/cwd")
    return wanted if os.path.realpath(wanted) == now else now


def _virtualenv(main: int, wanted: str) -> str:
    prefix = f"{wanted}/bin/"
    command = [*processes.command_line(main), *services.read((APP_SERVICE,))[APP_SERVICE].command]
    return wanted if any(word.startswith(prefix) for word in command) else "another"


def _environment_file(main: int, wanted: str) -> str:
    with open(wanted, encoding="utf-8", errors="backslashreplace") as file:
        names = set(re.findall(r"^\s*([A-Za-z_][A-Za-z0-9_]*)=", file.read(), re.MULTILINE))
    missing = sorted(names - set(processes.environ(main)))
    return f"without {', '.join(missing)}" if missing else wanted


_SEEN: Mapping[str, tuple[Callable[[int, str], str], str]] = {
    "wsgi": (_wsgi, "/proc/PID/cmdline of the master"),
    "user": (_user, "owner of the master's process"),
    "directory": (_directory, "/proc/PID/cwd of the master"),
    "virtualenv": (_virtualenv, "/proc/PID/cmdline of the master"),
    "environment_file": (_environment_file, "/proc/PID/environ of the master"),
}
