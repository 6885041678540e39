"""The nginx of this host: its unit, its command line, and how it was built."""

from __future__ import annotations

import pwd
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..nginxtext.configuration import PORT
from ..problem import Problem, Refused
from ..rules import version
from ..system import processes
from ..system.processes import Process
from ..system.run import run
from ..system.services import NGINX
from ..system.snapshot import Snapshot

_WORKER = "nginx: worker process"
_PORT_OF_OTHERS = 8000
_WITH_VALUE = "cepgs"
"""Its options that have one: in the same word, or the next."""


class Server(NamedTuple):
    binary: str
    main: int
    """Number of its master process, 0 when it does not run."""
    version: tuple[int, ...]
    conf: str
    prefix: str
    error_log: str
    access_log: str
    switch: str
    """Directives that its command line gives with -g."""
    port: int = PORT
    """Where it has a server listen that does not say."""


def find(snapshot: Snapshot) -> Server:
    """Raises Refused where there is none, or none that systemd starts."""
    service = snapshot.service(NGINX)
    if not service.found:
        raise Refused([_missing("no nginx.service", "systemctl show nginx.service")])
    binary = service.command[0] if service.command else "nginx"
    built = run((binary, "-V"))
    said = re.search(r"nginx version: \S+?/([0-9.]+)", built.err)
    if built.code != 0 or not said:
        raise Refused([_missing(built.err.strip() or "nothing", f"{binary} -V")])
    options = _options(service.command[1:])
    prefix = options.get("p") or _built(built.err, "prefix", "/usr/local/nginx")

    def below(path: str) -> str:
        return path if path.startswith("/") else f"{prefix.rstrip('/')}/{path}"

    return Server(
        binary,
        service.main,
        version(said[1]),
        below(options.get("c") or _built(built.err, "conf-path", "conf/nginx.conf")),
        prefix,
        below(options.get("e") or _built(built.err, "error-log-path", "logs/error.log")),
        below(_built(built.err, "http-log-path", "logs/access.log")),
        options.get("g", ""),
        PORT if not service.main or processes.user(service.main) == 0 else _PORT_OF_OTHERS,
    )


def _options(words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        for at, letter in enumerate(word[1:] if word.startswith("-") else "", 2):
            if letter in _WITH_VALUE:
                found[letter] = word[at:] or (left.pop(0) if left else "")
                break
    return found


def running(snapshot: Snapshot) -> Server:
    """Raises Refused where it does not run too."""
    nginx = find(snapshot)
    if not nginx.main:
        way_out = "Start it (`systemctl start nginx`): what a server has taken is read from the one that runs."
        raise Refused([Problem("nginx", "a running nginx", "a stopped one", NGINX, way_out)])
    return nginx


def user(nginx: Server) -> str:
    """Whom its workers run as."""
    number = next((processes.user(worker.pid) for worker in workers(nginx.main)), None)
    return pwd.getpwuid(number or 0).pw_name


def _built(text: str, name: str, default: str) -> str:
    said = re.search(rf"--{name}=(\S+)", text)
    return said[1] if said else default


def _missing(found: str, where: str) -> Problem:
    return Problem("nginx", "nginx, started by systemd", found, where, "Install nginx and start its service.")


def workers(main: int) -> list[Process]:
    """Its worker processes, without those that only finish what they have begun."""
    below = processes.below(main, processes.running())[1:]
    return [process for process in below if processes.command_line(process.pid) == [_WORKER]]


def test(server: Server) -> tuple[str, ...]:
    """The command that has nginx read its whole configuration. Its exit status counts, not what it prints."""
    switch = ("-g", server.switch) if server.switch else ()
    return (server.binary, "-t", "-q", "-p", server.prefix, "-c", server.conf, *switch)


def objections(said: str) -> str:
    """The lines of its output that say what is wrong."""
    found = [line for line in said.splitlines() if "[emerg]" in line or "[alert]" in line]
    return "; ".join(line.partition("] ")[2] or line for line in found) or said.strip() or "no word why"
