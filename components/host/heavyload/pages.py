"""What the sites of this host answer, as their visitors are answered: before a change and after it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from .nginx import facts, reading, server
from .nginxtext import listens
from .nginxtext.configuration import Configuration, Scope
from .paths import READINESS_SITE
from .problem import Problem, Refused
from .system import answers
from .system.addresses import INET6, NAME, UNIX, Address
from .system.answers import Open
from .system.snapshot import Snapshot
from .system.together import together

_MOST = 1024
_TIME_LIMIT, _LATER_LIMIT = 10, 30  # seconds, for one page; afterwards caches may be cold
_PATIENCE, _STEP = 30, 0.5  # seconds: workers import the application
_SLOW = 120  # seconds: each of many workers may take a while for its first page
_SURE = 3  # seconds: an answer of the application's own will stay as it is
_ANY_NAME = "localhost"
_TOO_OFTEN = 429


class Page(NamedTuple):
    """Of a site, by one of its listening sockets."""

    address: Address
    name: str
    tls: bool
    path: str = "/"

    def __str__(self) -> str:
        family, host, port = self.address
        place = host if family == UNIX else f"[{host}]:{port}" if family == INET6 else f"{host}:{port}"
        return f"GET {self.path} for {self.name} on {place}{' by TLS' if self.tls else ''}"


def answered(paths: Sequence[str] = ("/",)) -> dict[Page, int]:
    """The status of each page that is served now; 0: no answer."""
    snapshot = Snapshot()
    try:
        nginx = server.find(snapshot)
        sites = of(reading.read(nginx)) if nginx.main else []
    except Refused:  # who needs it says so
        sites = []
    # Who is asked for by a name that only a pattern says, or by another server than nginx, is behind one of these.
    behind = [Page(_from_here(address), _ANY_NAME, tls=False) for address in facts.gunicorn(snapshot)]
    pages = dict.fromkeys(site._replace(path=path) for path in paths for site in (*behind, *sites))
    return _ask(list(pages)[:_MOST], _TIME_LIMIT)


def worse(before: Mapping[Page, int]) -> list[Problem]:
    """The pages that were well and now are answered otherwise, once the servers have had time to settle."""
    well = {page: status for page, status in before.items() if answers.serves(status)}
    begin = time.monotonic()
    while True:
        now = _ask(well, _LATER_LIMIT)
        other = [page for page in well if _is_worse(well[page], now[page])]
        if not other or time.monotonic() - begin > max(_patience(now[page]) for page in other):
            break
        well = {page: well[page] for page in other}
        time.sleep(_STEP)
    way_out = "Look in the logs of the site and of nginx."
    return [
        Problem("a page of the site", f"HTTP {well[page]}, as before", answers.said(now[page]), str(page), way_out)
        for page in other
    ]


def _is_worse(before: int, now: int) -> bool:
    """A page that is refused for having been asked too often is one that is served."""
    return now not in (before, _TOO_OFTEN)


def _patience(status: int) -> float:
    if status == answers.TOO_SLOW:
        return _SLOW
    return _PATIENCE if status in answers.NOBODY else _SURE


def of(config: Configuration) -> list[Page]:
    """Pure. `/` of each name that can be asked for, and by each socket that can be reached from here; not of our own
    file for balancers, which is no site and answers otherwise by what we do."""
    known: set[Address | int] = set()
    pages = []
    for line in listens.lines(config):
        address = next(iter(line.addresses), None)
        if line.scope.path == READINESS_SITE:
            continue
        if address is None or address.family == NAME or b"proxy_protocol" in line.words:
            continue
        if not {address, id(line.scope.body)} <= known:
            known |= {address, id(line.scope.body)}
            pages.append(Page(_from_here(address), _name(line.scope), b"ssl" in line.words))
    return list(dict.fromkeys(pages))


def _from_here(address: Address) -> Address:
    return address._replace(host=address.reached)


def _name(site: Scope) -> str:
    """The first of its names that a visitor could ask for; where it has none, one that no other site has."""
    words = [word for statement in site.named(b"server_name") for word in statement.directive.arguments]
    for word in words:
        name = answers.visited(word.decode("utf-8", "surrogateescape"))
        if name and name != "_" and name.isascii() and not set(name) & set("~$ \r\n"):
            return name
    return _ANY_NAME


def _ask(pages: Iterable[Page], limit: float) -> dict[Page, int]:
    names = list(pages)
    return dict(zip(names, together([partial(_status, page, limit) for page in names])))


def _status(page: Page, limit: float) -> int:
    return answers.status(_open(page, limit), page.name, page.path)


def _open(page: Page, limit: float) -> Open:
    family, host, port = page.address
    plain = answers.unix(host, limit) if family == UNIX else answers.tcp(host, port, limit)
    return answers.tls(plain, page.name) if page.tls else plain
