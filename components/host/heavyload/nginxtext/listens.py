"""The queue and the keep-alive of nginx's listening sockets, by nginx's rules for `listen`.

Of all lines that name one address at most one may carry options of the socket. A line with such an option binds its
address by itself: beside a wildcard of the same port that would fail at the next start, though `nginx -t` passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..problem import Problem
from ..rules import BY_DEFAULT
from ..system.addresses import NAME, UNIX, Address, implicit, parse
from ..wishes import Wish
from .configuration import Configuration, Scope, Statement
from .edits import Edit, added, replaced
from .outcome import Outcome

BACKLOG, KEEPALIVE = "nginx.listen.backlog", "nginx.listen.so_keepalive"
DEFAULT_BACKLOG = 511
_OPTIONS = (b"backlog", b"rcvbuf", b"sndbuf", b"deferred", b"fastopen", b"setfib", b"accept_filter", b"ipv6only")
_SOCKET = frozenset((*_OPTIONS, b"bind", b"reuseport", b"so_keepalive", b"multipath"))


class Line(NamedTuple):
    """A `listen`, or a server without one, which listens on a port all the same."""

    scope: Scope
    statement: Statement | None
    addresses: tuple[Address, ...]

    @property
    def words(self) -> tuple[bytes, ...]:
        return self.statement.directive.arguments[1:] if self.statement else ()

    @property
    def where(self) -> str:
        found = self.statement or self.scope.opened
        return found.where if found else self.scope.path

    @property
    def path(self) -> str:
        """The file in which it stands, or would."""
        return self.statement.path if self.statement else self.scope.path

    @property
    def tcp(self) -> bool:
        return any(address.family != UNIX for address in self.addresses)

    @property
    def binds(self) -> bool:
        return any(word.partition(b"=")[0] in _SOCKET for word in self.words)

    def option(self, name: bytes) -> bytes | None:
        """Its value; of several the last one counts."""
        found = [word for word in self.words if word.partition(b"=")[0] == name]
        return found[-1].partition(b"=")[2] if found else None

    @property
    def backlog(self) -> int:
        said = self.option(b"backlog") or b""
        return int(said) if said.isdigit() else DEFAULT_BACKLOG

    @property
    def keepalive(self) -> bool:
        return self.option(b"so_keepalive") not in (None, b"off")

    @property
    def off(self) -> bool:
        """Whether somebody has chosen to have none."""
        return self.option(b"so_keepalive") == b"off"

    def lacks_keepalive(self, forced: bool) -> bool:
        """`forced`: whoever has chosen to have none is not asked."""
        return self.tcp and not self.keepalive and (forced or not self.off)


def lines(config: Configuration) -> list[Line]:
    """Every line for TCP or a unix socket, those without a `listen` last."""
    found = [line for server in config.http.below(b"server") for line in _lines(server, config.port)]
    return sorted(found, key=lambda line: line.statement is None)


def _lines(server: Scope, port: int) -> Iterator[Line]:
    written = [statement for statement in server.named(b"listen") if statement.directive.arguments]
    if not written:
        yield Line(server, None, (implicit(port),))
    for statement in written:
        if b"quic" not in statement.directive.arguments:
            yield Line(server, statement, tuple(parse(statement.directive.arguments[0])))


def sockets(config: Configuration) -> dict[Address, Line]:
    """The sockets that nginx opens, each with the line that says how: one with options, or the first that could."""
    return _sockets(config, lines(config))


def _sockets(config: Configuration, found: Sequence[Line]) -> dict[Address, Line]:
    by_address: dict[Address, Line] = {}
    # The options first, then a place of its own, then what says most.
    for line in sorted(found, key=lambda line: (not line.binds, line.path in config.shared, -len(line.addresses))):
        for address in line.addresses:
            by_address.setdefault(address, line)
    return {
        address: line
        for address, line in by_address.items()
        # Connections to it come in at the wildcard's socket.
        if address.wild or line.binds or address.around not in by_address
    }


Number = Callable[[Address, int], int]


def _as_wanted(_: Address, backlog: int) -> int:
    return backlog


def outcome(config: Configuration, wishes: Mapping[str, Wish], number: Number = _as_wanted) -> Outcome:
    """`number`: the backlog to write for an address that wants so much, which may be one more: nginx asks the kernel
    anew only for another number than it asked for before."""
    decided = _decided(config, wishes, number)
    left = [
        Problem(name, f"{wish.rule} {wish.value}", hindrance.found, line.where, hindrance.way_out)
        for line, _, _, hindrance in decided
        for name, wish in wishes.items()
        if hindrance and (name == BACKLOG or (name == KEEPALIVE and line.tcp))
    ]
    held, forced = _held(decided), _forced(wishes)
    base = {}
    if held:
        base[BACKLOG] = str(min(line.backlog for line in held.values()))
    if tcp := [line for address, line in held.items() if address.family != UNIX and not (line.off and not forced)]:
        base[KEEPALIVE] = "on" if all(line.keepalive for line in tcp) else "off"
    stays = "has so_keepalive=off, the site's own choice: it stays"
    notes = tuple(f"{one.line.where} {stays}" for one in decided if one.line.off and not forced)
    return Outcome(tuple(one.edit for one in decided if one.edit), base, notes=notes, left=tuple(left))


def _forced(wishes: Mapping[str, Wish]) -> bool:
    return KEEPALIVE not in wishes or wishes[KEEPALIVE].rule != BY_DEFAULT


def placed(config: Configuration, wishes: Mapping[str, Wish]) -> dict[Address, Line]:
    """Those of `sockets` that hold what is wished, or can."""
    return _held(_decided(config, wishes, _as_wanted))


class _Decision(NamedTuple):
    line: Line
    addresses: tuple[Address, ...]
    """The sockets that are as this line says."""
    edit: Edit | None
    hindrance: _Hindrance | None


def _held(decided: Iterable[_Decision]) -> dict[Address, Line]:
    return {address: one.line for one in decided if one.hindrance is None for address in one.addresses}


def _decided(config: Configuration, wishes: Mapping[str, Wish], number: Number) -> list[_Decision]:
    """Of each line that says how a socket is what becomes of it. Who comes first gets the options."""
    wanted = int(wishes[BACKLOG].value) if BACKLOG in wishes else 0
    wish = wishes.get(KEEPALIVE)
    alive, forced = wish is not None and wish.value == "on", _forced(wishes)
    written = lines(config)
    open_sockets, binding = _sockets(config, written), _binding(written)
    by_name = {address.port: line for address, line in binding.items() if address.family == NAME}
    decided = []
    for line, addresses in _by_line(open_sockets):
        backlogs = [number(address, max(line.backlog, wanted)) for address in addresses]
        edit = hindrance = None
        if any(backlog != line.backlog for backlog in backlogs) or (alive and line.lacks_keepalive(forced)):
            hindrance = _hindrance(config, line, open_sockets, binding, by_name)
            if hindrance is None:
                edit = _edit(config, line, max(backlogs), alive and line.lacks_keepalive(forced))
                binding.update((address, line) for address in line.addresses)
        decided.append(_Decision(line, tuple(addresses), edit, hindrance))
    return decided


def _by_line(open_sockets: Mapping[Address, Line]) -> Iterable[tuple[Line, list[Address]]]:
    found: dict[int, tuple[Line, list[Address]]] = {}
    for address, line in open_sockets.items():
        found.setdefault(id(line), (line, []))[1].append(address)
    return found.values()


def _edit(config: Configuration, line: Line, backlog: int, alive: bool) -> Edit:
    wanted = {b"backlog": b"%d" % backlog} if backlog != line.backlog else {}
    if alive:
        wanted[b"so_keepalive"] = b"on"
    if line.statement is None:
        options = b"".join(b" %s=%s" % pair for pair in wanted.items())
        return added(line.scope.path, line.scope.body, b"listen %d%s;" % (config.port, options))
    directive = line.statement.directive
    words: dict[int, bytes | None] = {}
    more = []
    for name, value in wanted.items():
        places = [p for p, word in enumerate(directive.words) if p > 1 and word.value.partition(b"=")[0] == name]
        if places:
            words[places[-1]] = name + b"=" + value
        else:
            more.append(name + b"=" + value)
    path = line.statement.path
    return replaced(path, config.texts[path], directive, words, more)


class _Hindrance(NamedTuple):
    found: str
    way_out: str


def _binding(found: Sequence[Line]) -> dict[Address, Line]:
    """By each address the line that carries options for it already."""
    return {address: line for line in found if line.binds for address in line.addresses}


def _hindrance(
    config: Configuration,
    line: Line,
    open_sockets: Mapping[Address, Line],
    binding: Mapping[Address, Line],
    by_name: Mapping[int, Line],
) -> _Hindrance | None:
    """Why no options can be put there. `by_name`: by port, those of `binding` whose address is a name."""
    if line.path in config.shared:
        return _Hindrance("a file that is included more than once", "Write its `listen` in a place of its own.")
    for address in line.addresses:
        if address.family == NAME:
            way_out = "Write its address: which lines are equal depends on it."
            return _Hindrance(f"the name {address.host}", way_out)
        other = binding.get(address) or (None if address.wild else by_name.get(address.port))
        if other is not None and other is not line:
            found = f"{other.where} with options for the same port {address.port}"
            return _Hindrance(found, "Take that port out of it.")
        if not line.binds and not address.wild and address.around in open_sockets:
            return _Hindrance(f"port {address.port} of a range that a wildcard has too", "Take that port out of it.")
    return None
