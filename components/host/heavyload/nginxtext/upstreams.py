"""Connections over TCP that nginx keeps to gunicorn: in the `upstream` that names it, and where requests are passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..wishes import Wish
from . import addresses
from .addresses import UNIX, Address
from .configuration import Configuration, Scope, Statement
from .edits import Edit, added, replaced
from .outcome import Outcome, joined
from .values import NUMBER, TIME, holds

KEEPALIVE, TIMEOUT, VERSION = (
    "nginx.upstream.keepalive",
    "nginx.upstream.keepalive_timeout",
    "nginx.proxy_http_version",
)
SINCE_TIMEOUT = (1, 15, 3)
SINCE_KEPT = (1, 29, 7)
_CONNECTION = b'proxy_set_header Connection "";'


def outcome(
    config: Configuration, wishes: Mapping[str, Wish], version: tuple[int, ...], gunicorn: Iterable[Address]
) -> Outcome:
    """`gunicorn`: where it listens. Who else is passed to keeps the connections it has."""
    # A kept connection that a worker closes at a reload just when nginx sends on it is a lost request. That is worth a
    # local port for each request, of which there are few; not the little that a unix socket costs.
    theirs = [address for address in gunicorn if address.family != UNIX]
    blocks = [block for block in config.http.below(b"upstream") if _leads_to(block, theirs)]
    names = {_name(block) for block in blocks}
    passes = [pass_ for pass_ in _passes(config) if _target(pass_[-1]) in names]
    parts = [_kept(config, block, wishes, version) for block in blocks]
    parts += [_spoken(config, chain, wishes, version) for chain in passes]
    direct = [
        statement
        for chain in _passes(config)
        for statement in chain[-1].named(b"proxy_pass")
        if _is_one(_target(chain[-1]).encode("utf-8", "surrogateescape"), theirs)
    ]
    way_out = "passes to gunicorn without an `upstream` block: nginx opens a connection for each request"
    parts.append(Outcome(notes=tuple(f"{statement.where} {way_out}" for statement in direct)))
    return joined(parts)


def _leads_to(block: Scope, gunicorn: Iterable[Address]) -> bool:
    servers = [s.directive.arguments[0] for s in block.named(b"server") if s.directive.arguments]
    return any(_is_one(server, gunicorn) for server in servers)


def _is_one(word: bytes, gunicorn: Iterable[Address]) -> bool:
    named = addresses.parse(word)
    return any(_reaches(address, one) for address in named for one in gunicorn)


def _reaches(address: Address, one: Address) -> bool:
    if address.host == "localhost":
        return address.port == one.port and (one.wild or one.host in ("127.0.0.1", "::1"))
    return address == one or (one.wild and address.port == one.port and address.host in ("127.0.0.1", "::1"))


def _name(block: Scope) -> str:
    return _text(next(iter(block.opened.directive.arguments), b"")) if block.opened else ""


def _passes(config: Configuration) -> Iterator[tuple[Scope, ...]]:
    """The blocks with a `proxy_pass`, each with the blocks around it, http first."""

    def inside(chain: tuple[Scope, ...]) -> Iterator[tuple[Scope, ...]]:
        if chain[-1].named(b"proxy_pass"):
            yield chain
        for scope in chain[-1].scopes:
            if scope.kinds[-1] != b"upstream":
                yield from inside((*chain, scope))

    return inside((config.http,))


def _target(scope: Scope) -> str:
    """The host of its `proxy_pass`, or the socket's path as `unix:/path`."""
    word = next(iter(scope.named(b"proxy_pass")[0].directive.arguments), b"")
    scheme, _, rest = word.partition(b"://")
    if scheme != b"http":
        return ""
    if rest.startswith(b"unix:"):
        return _text(b"unix:" + rest[len(b"unix:") :].partition(b":")[0])
    return _text(rest.partition(b"/")[0])


def _kept(config: Configuration, block: Scope, wishes: Mapping[str, Wish], version: tuple[int, ...]) -> Outcome:
    edits: list[Edit] = []
    base: dict[str, str] = {}
    defaults = {KEEPALIVE: "32" if version >= SINCE_KEPT else "0", TIMEOUT: "60s"}
    kinds = {KEEPALIVE: (b"keepalive", NUMBER), TIMEOUT: (b"keepalive_timeout", TIME)}
    for setting, (name, kind) in kinds.items():
        if setting not in wishes or (setting == TIMEOUT and version < SINCE_TIMEOUT):
            continue
        written = block.named(name)
        have = written[0].directive.arguments[0] if written else defaults[setting].encode()
        base[setting] = _text(have)
        wish = wishes[setting]
        if holds(kind, wish.rule, have, wish.value.encode()):
            continue
        if written:
            path = written[0].path
            edits.append(replaced(path, config.texts[path], written[0].directive, {1: wish.value.encode()}))
        else:
            # At the end: behind the line that chooses how servers are balanced.
            edits.append(added(block.path, block.body, b"%s %s;" % (name, wish.value.encode())))
    return Outcome(tuple(edits), base)


def _spoken(
    config: Configuration, chain: tuple[Scope, ...], wishes: Mapping[str, Wish], version: tuple[int, ...]
) -> Outcome:
    """HTTP/1.1 and an empty Connection header: HTTP/1.0 closes after each answer."""
    if VERSION not in wishes:
        return Outcome()
    edits: list[Edit] = []
    wanted = wishes[VERSION].value.encode()
    around = [scope for scope in chain if scope.kinds[-1] in (b"http", b"server", b"location")]
    written = _nearest(around, b"proxy_http_version")
    have = written[-1].directive.arguments[0] if written else (b"1.1" if version >= SINCE_KEPT else b"1.0")
    if have != wanted and written:
        path = written[-1].path
        edits.append(replaced(path, config.texts[path], written[-1].directive, {1: wanted}))
    elif have != wanted:
        edits.append(added(around[-1].path, around[-1].body, b"proxy_http_version %s;" % wanted))
    headers = _nearest(around, b"proxy_set_header")
    said = [s for s in headers if s.directive.arguments and s.directive.arguments[0].lower() == b"connection"]
    if not said and version < SINCE_KEPT:
        # Headers are inherited only where a level has none: this one goes where the others are.
        place = next((scope for scope in reversed(around) if scope.named(b"proxy_set_header")), around[-1])
        edits.append(added(place.path, place.body, _CONNECTION))
    notes = [f"{s.where} sets the Connection header: it stays" for s in said if s.directive.arguments[1:] != (b"",)]
    return Outcome(tuple(edits), {VERSION: _text(have)}, notes=tuple(notes))


def _nearest(around: Iterable[Scope], name: bytes) -> list[Statement]:
    """The statements that hold inside the innermost of the blocks."""
    return next((found for scope in reversed(list(around)) if (found := scope.named(name))), [])


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
