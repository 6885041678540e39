"""What the sites of this host answer, as their visitors are answered: before a change and after it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from . import answers
from .answers import Open
from .nginx import facts, reading, server
from .nginxtext import listens
from .nginxtext.addresses import INET6, NAME, UNIX, Address
from .nginxtext.configuration import Configuration, Scope
from .problem import Problem, Refused

_MOST, _AT_A_TIME = 64, 8
_TIME_LIMIT = 10  # seconds, for one page
_PATIENCE, _STEP = 30, 0.5  # seconds: workers import the application
_SURE = 3  # seconds: an answer of the application's own will stay as it is
_ANY_NAME = "localhost"


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
    try:
        nginx = server.find()
        sites = of(reading.read(nginx.conf)) if nginx.main else []
    except Refused:  # who needs it says so
        sites = []
    sites = sites or [Page(_from_here(address), _ANY_NAME, tls=False) for address in facts.gunicorn()[:_MOST]]
    return _ask(site._replace(path=path) for path in paths for site in sites)


def worse(before: Mapping[Page, int]) -> list[Problem]:
    """The pages that were well and now are answered otherwise, once the servers have had time to settle."""
    well = {page: status for page, status in before.items() if answers.serves(status)}
    begin = time.monotonic()
    while True:
        now = _ask(well)
        other = [page for page in well if now[page] != well[page]]
        patience = _PATIENCE if any(now[page] in answers.NOBODY for page in other) else _SURE
        if not other or time.monotonic() - begin > patience:
            break
        well = {page: well[page] for page in other}
        time.sleep(_STEP)
    way_out = "Look in the logs of the site and of nginx."
    return [
        Problem("a page of the site", f"HTTP {well[page]}, as before", _said(now[page]), str(page), way_out)
        for page in other
    ]


def _said(status: int) -> str:
    return f"HTTP {status}" if status else "no answer"


def of(config: Configuration) -> list[Page]:
    """Pure. `/` of each name that can be asked for, by each socket that can be reached from here."""
    pages = [
        Page(_from_here(address), _name(line.scope), b"ssl" in line.words)
        for line in listens.lines(config)
        if b"proxy_protocol" not in line.words
        for address in line.addresses[:1]
        if address.family != NAME
    ]
    return list(dict.fromkeys(pages))[:_MOST]


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


def _ask(pages: Iterable[Page]) -> dict[Page, int]:
    names = list(pages)
    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        return dict(zip(names, pool.map(_status, names)))


def _status(page: Page) -> int:
    return answers.status(_open(page), page.name, page.path)


def _open(page: Page) -> Open:
    family, host, port = page.address
    plain = answers.unix(host, _TIME_LIMIT) if family == UNIX else answers.tcp(host, port, _TIME_LIMIT)
    return answers.tls(plain, page.name) if page.tls else plain
