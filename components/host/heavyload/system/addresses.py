"""The addresses that a `listen` or a `server` names, told apart as nginx does."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

INET, INET6, UNIX, NAME = "inet", "inet6", "unix", "name"
_WILD = {INET: "0.0.0.0", INET6: "::"}
_LOOPBACK = {INET: "127.0.0.1", INET6: "::1"}
_FORM = re.compile(
    r"(?:(?P<host>\[[^\]]*\]|[^:\[\]]+):)?(?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?|(?P<only>\[[^\]]*\]|[^:\[\]]+)"
)
_PORT, _HIGHEST = 80, 65535


class Address(NamedTuple):
    family: str
    host: str
    """An address in its one spelling, a name, or a path."""
    port: int = 0

    @property
    def wild(self) -> bool:
        return _WILD.get(self.family) == self.host

    @property
    def reached(self) -> str:
        """The host that it is reached by from this one."""
        return _LOOPBACK[self.family] if self.wild else self.host

    @property
    def around(self) -> Address | None:
        """The wildcard address of the same port."""
        wild = _WILD.get(self.family)
        return None if wild is None else self._replace(host=wild)


def implicit(port: int) -> Address:
    """Of a server that names none."""
    return Address(INET, _WILD[INET], port)


def parse(word: bytes) -> list[Address]:
    """All that the word names; nothing for what nginx would not take either."""
    text = word.decode("utf-8", "surrogateescape")
    if text.startswith("unix:"):
        return [Address(UNIX, text[len("unix:") :])]
    form = _FORM.fullmatch(text)
    if form is None:
        return []
    host = form["host"] or form["only"] or "*"
    first = int(form["first"] or _PORT)
    last = int(form["last"] or first)
    if last > _HIGHEST:
        return []
    family, host = _host(host)
    return [Address(family, host, port) for port in range(first, last + 1)]


def _host(text: str) -> tuple[str, str]:
    if text == "*":
        return INET, _WILD[INET]
    try:
        if text.startswith("["):
            return INET6, str(ipaddress.IPv6Address(text[1:-1]))
        return INET, str(ipaddress.IPv4Address(text))
    except ValueError:
        return NAME, text.lower()
