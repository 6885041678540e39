"""What the tuning of nginx's text needs to know of this host."""

from __future__ import annotations

from .. import processes, services, sockets
from ..nginxtext.addresses import Address
from ..nginxtext.tuning import Facts
from .server import Server


def facts_of(nginx: Server) -> Facts:
    return Facts(nginx.version, nginx.prefix, nginx.access_log, nginx.switch, gunicorn())


def gunicorn() -> tuple[Address, ...]:
    """Where the WSGI servers listen."""
    table = processes.running()
    theirs = {process.pid for service in services.gunicorns() for process in services.processes_of(service, table)}
    return tuple(address for address, listener in sockets.listening().items() if listener.pids & theirs)
