"""The service that runs gunicorn: its command, its user, its environment, and what systemd would start it with."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from .. import processes, services
from ..paths import APP_SERVICE
from ..problem import Problem, Refused
from ..processes import Process
from ..run import run
from ..services import Service

ARGS = "GUNICORN_CMD_ARGS"
_SHOWN = ("Environment", "EnvironmentFiles", "TimeoutStopUSec", "WorkingDirectory", "TriggeredBy")
# They belong to the process that systemd started.
_NOT_HANDED_ON = re.compile(r"(NOTIFY_SOCKET|LISTEN_.*|WATCHDOG_.*|MAINPID|GUNICORN_FD|GUNICORN_PID|SERVER_SOFTWARE)")
_UNITS = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1,
    "min": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "month": 2629800,
    "y": 31557600,
}

_FOREVER = 2**31


class Unit(NamedTuple):
    service: Service
    command: tuple[str, ...]
    environment: str
    files: tuple[str, ...]
    """Its EnvironmentFiles, in the order they are read."""
    stop_seconds: int
    sockets: tuple[str, ...]
    """Socket units that start it: they hold its queue while it restarts."""

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def main(self) -> int:
        return self.service.main

    def args(self, without: str = "") -> str:
        """GUNICORN_CMD_ARGS of the next start; `without`: a file that is not read."""
        found = _assigned(shlex.split(self.environment))
        for path in self.files:
            if path != without:
                found = of_file(path) or found
        return found


def find() -> Unit:
    """The one that we have set up, or the only one. Raises Refused where no service runs gunicorn, or several do."""
    known = [service for service in services.web(()) if service.name != services.NGINX]
    running = [service for service in known if service.main] or known
    chosen = [service for service in running if service.name == APP_SERVICE] or running
    if len(chosen) != 1:
        names = ", ".join(service.name for service in chosen) or "none"
        way_out = "Have systemd run gunicorn, by one service."
        raise Refused([Problem("gunicorn", "one service that runs gunicorn", names, "systemctl show", way_out)])
    service = chosen[0]
    command = _command(service)
    if not services.is_gunicorn(command):  # a script of people's own must not be run to ask it something
        way_out = "Have ExecStart run gunicorn itself, not a script that does."
        found = " ".join(command) or "none"
        raise Refused([Problem("gunicorn", "a command line of gunicorn's", found, service.name, way_out)])
    said = _show(service.name)
    files = re.findall(r"(/.*?) \(ignore_errors=", said.get("EnvironmentFiles", ""))
    sockets = tuple(name for name in said.get("TriggeredBy", "").split() if name.endswith(".socket"))
    stop = seconds(said.get("TimeoutStopUSec", ""))
    return Unit(service, command, said.get("Environment", ""), tuple(files), stop, sockets)


def _show(name: str) -> dict[str, str]:
    done = run(("systemctl", "show", f"--property={','.join(_SHOWN)}", "--", name))
    found: dict[str, str] = {}
    for line in done.out.splitlines():
        key, _, value = line.partition("=")
        found[key] = f"{found[key]}\n{value}" if key in found else value  # one line for each EnvironmentFile
    return found


def _command(service: Service) -> tuple[str, ...]:
    """As the process has it, with its blanks; where gunicorn has put a title there, as systemd prints it."""
    running = processes.command_line(service.main) if service.main else []
    if not running or running[0].startswith("gunicorn:") or not services.is_gunicorn(running):
        return service.command
    return tuple(running)


def seconds(text: str) -> int:
    """A span as systemd prints it: `1min 30s`."""
    if text == "infinity":
        return _FOREVER
    return int(
        sum(
            float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)(us|ms|s|min|h|d|w|month|y)\b", text)
        )
    )


def of_file(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            words = [word for line in file if not line.lstrip().startswith(("#", ";")) for word in _words(line)]
    except OSError:
        return ""
    return _assigned(words)


def _words(line: str) -> list[str]:
    try:
        return ["".join(shlex.split(line))] if line.strip().startswith(f"{ARGS}=") else []
    except ValueError:
        return []


def _assigned(words: list[str]) -> str:
    found = [word.partition("=")[2] for word in words if word.startswith(f"{ARGS}=")]
    return found[-1] if found else ""


def environ(unit: Unit) -> dict[str, str]:
    """The environment of the running master, less what is its own affair."""
    return {k: v for k, v in processes.environ(unit.main).items() if not _NOT_HANDED_ON.fullmatch(k)}


def workers(main: int) -> list[Process]:
    return [process for process in processes.running().values() if process.parent == main]
