"""Asks a server of this host for a page: whether anybody is behind it."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable

_TIME_LIMIT, _STEP = 30, 0.5  # seconds
_LINE = 200  # bytes

TOO_SLOW = -1
# No answer, and what a proxy says in the place of one.
NOBODY = (0, TOO_SLOW, 502, 503, 504)

Open = Callable[[], socket.socket]


def unix(path: str, timeout: float = _TIME_LIMIT) -> Open:
    def connect() -> socket.socket:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(timeout)
        link.connect(path)
        return link

    return connect


def tcp(host: str, port: int, timeout: float = _TIME_LIMIT) -> Open:
    return lambda: socket.create_connection((host, port), timeout=timeout)


def tls(plain: Open, name: str) -> Open:
    """Whatever certificate it has: that is not what is asked."""

    def connect() -> socket.socket:
        import ssl  # only here: few are asked so

        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(plain(), server_hostname=name)

    return connect


def visited(name: str) -> str:
    """A name that a visitor asks for, of one of nginx's `server_name`."""
    return name.replace("*", "www").lstrip(".")


def status(connect: Open, name: str, path: str = "/") -> int:
    """The status of `GET` of a path for the host `name`; 0: no answer; TOO_SLOW: none within the link's time-out."""
    try:
        with connect() as link:
            link.sendall(f"GET {path} HTTP/1.0\r\nHost: {name}\r\n\r\n".encode())
            first = _line(link)
    except socket.timeout:
        return TOO_SLOW
    except (OSError, ValueError):  # a name that TLS does not take
        return 0
    said = re.match(rb"HTTP/[0-9.]+ ([0-9]{3})", first)
    return int(said[1]) if said else 0


def _line(link: socket.socket) -> bytes:
    """The first line, within the link's time-out as a whole: who answers may do so byte by byte."""
    deadline = time.monotonic() + (link.gettimeout() or _TIME_LIMIT)
    found = b""
    while b"\n" not in found and len(found) < _LINE:
        link.settimeout(max(deadline - time.monotonic(), 0.001))
        if not (more := link.recv(_LINE)):
            break
        found += more
    return found


def said(status: int) -> str:
    """For people."""
    return f"HTTP {status}" if status > 0 else "no answer"


def serves(status: int) -> bool:
    """Any answer of the application will do, a redirect or a refusal of the name too; not an error of the server."""
    return 100 <= status < 500


def settled_status(connect: Open, name: str, patience: float) -> int:
    """As `status`, waiting (seconds) while nobody is behind it: workers may be on their way."""
    deadline = time.monotonic() + patience
    while (found := status(connect, name)) in NOBODY and time.monotonic() < deadline:
        time.sleep(_STEP)
    return found
