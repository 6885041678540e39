"""Has systemd run the application as its unit files say, or no more where they are gone."""

from __future__ import annotations

import os
import pwd

from ..paths import APP_LISTEN, APP_SERVICE, APP_SOCKET, UNITS
from ..problem import refuse
from ..system.run import run

_TIME_LIMIT = 180  # seconds: a stop waits for requests


def reload() -> None:
    if not os.path.exists(f"{UNITS}/{APP_SERVICE}"):
        _systemctl("stop", APP_SERVICE, APP_SOCKET)
        return
    if not _socket_is_as_its_unit():
        _systemctl("stop", APP_SERVICE, APP_SOCKET)
        _systemctl("start", APP_SOCKET)
    _systemctl("restart", APP_SERVICE)


def _socket_is_as_its_unit() -> bool:
    """Left open as long as it may be: closing it is a gap."""
    wanted = _show("SocketUser")
    try:
        return pwd.getpwuid(os.stat(APP_LISTEN).st_uid).pw_name == wanted and _show("ActiveState") == "active"
    except (FileNotFoundError, KeyError):
        return False


def _show(name: str) -> str:
    return run(("systemctl", "show", f"--property={name}", "--value", "--", APP_SOCKET)).out.strip()


def _systemctl(verb: str, *units: str) -> None:
    argv = ("systemctl", verb, "--", *units)
    done = run(argv, timeout=_TIME_LIMIT)
    if done.code != 0 and not (verb == "stop" and "not loaded" in done.err):
        way_out = f"Look at `journalctl -u {APP_SERVICE}`."
        raise refuse("app's service", f"systemctl {verb} to succeed", done.err.strip(), " ".join(argv), way_out)
