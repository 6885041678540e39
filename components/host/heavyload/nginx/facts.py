"""What the tuning of nginx's text needs to know of this host."""

from __future__ import annotations

import os
import stat

from ..gunicorn import finding
from ..nginxtext.tuning import Facts
from ..system import sockets
from ..system.addresses import Address
from ..system.snapshot import Snapshot
from .server import Server

_CONTROL = ".ctl"
"""gunicorn's own way in for its administrator (25.1 and later)."""


def facts_of(nginx: Server, snapshot: Snapshot) -> Facts:
    return Facts(
        nginx.version, nginx.prefix, nginx.access_log, nginx.switch, gunicorn(snapshot), os.cpu_count() or 1, _is_pipe
    )


def _is_pipe(path: str) -> bool:
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def gunicorn(snapshot: Snapshot) -> tuple[Address, ...]:
    """Where the WSGI servers listen for visitors."""
    theirs = {process.pid for service in finding.gunicorns(snapshot) for process in snapshot.processes_of(service)}
    listening = ((address, listener) for address, listener in sockets.listening().items() if listener.pids & theirs)
    return tuple(address for address, _ in listening if not address.host.endswith(_CONTROL))
