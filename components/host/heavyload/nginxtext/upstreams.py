"""Connections that nginx keeps to gunicorn by itself since 1.29.7: in each `upstream` that leads there alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .. import catalogue
from ..problem import Problem
from ..system import addresses
from ..system.addresses import Address
from ..wishes import Wish
from .configuration import Configuration, Scope
from .edits import added
from .outcome import Outcome, joined

KEEPALIVE = "nginx.upstream.keepalive"
_KNOB = catalogue.SETTINGS["nginx"][KEEPALIVE]


def outcome(
    config: Configuration, wishes: Mapping[str, Wish], version: tuple[int, ...], gunicorn: Iterable[Address]
) -> Outcome:
    """`gunicorn`: where it listens. A kept connection that a worker closes at a reload just when nginx sends on it is a
    lost request. Who has chosen a number keeps it."""
    wish = wishes.get(KEEPALIVE)
    if wish is None:
        return Outcome()
    theirs = list(gunicorn)
    blocks = (block for block in config.http.below(b"upstream") if _leads_to(block, theirs))
    parts = [_kept(config, block, wish, version) for block in blocks]
    # Of several the one that is not as wished is told.
    return joined(sorted(parts, key=lambda part: part.base.get(KEEPALIVE, wish.value) != wish.value))


def _kept(config: Configuration, block: Scope, wish: Wish, version: tuple[int, ...]) -> Outcome:
    wanted = wish.value
    written = block.named(b"keepalive")
    if written:
        have = written[0].directive.arguments[0].decode("utf-8", "surrogateescape")
        return Outcome((), {KEEPALIVE: have} if have == wanted else {})
    have = _KNOB.given_to(version)
    # At the end: behind the line that chooses how servers are balanced.
    if have != wanted and block.path in config.shared:
        where = block.opened.where if block.opened else block.path
        found, way_out = "a file that is included more than once", "Write its `upstream` in a place of its own."
        return Outcome(left=(Problem(KEEPALIVE, f"{wish.rule} {wanted}", found, where, way_out),))
    line = added(block.path, block.body, b"keepalive %s;" % wanted.encode())
    return Outcome(() if have == wanted else (line,), {KEEPALIVE: have})


def _leads_to(block: Scope, gunicorn: Iterable[Address]) -> bool:
    servers = [s.directive.arguments[0] for s in block.named(b"server") if s.directive.arguments]
    return bool(servers) and all(_is_one(server, gunicorn) for server in servers)


def _is_one(word: bytes, gunicorn: Iterable[Address]) -> bool:
    named = addresses.parse(word)
    return any(_reaches(address, one) for address in named for one in gunicorn)


def _reaches(address: Address, one: Address) -> bool:
    if address.host == "localhost":
        return address.port == one.port and (one.wild or one.host in ("127.0.0.1", "::1"))
    return address == one or (one.wild and address.port == one.port and address.host in ("127.0.0.1", "::1"))
