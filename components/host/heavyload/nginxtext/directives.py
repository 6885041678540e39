"""The settings that are one directive in one place: main, events or http."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..problem import Problem
from ..rules import BY_DEFAULT
from ..wishes import Wish
from .configuration import Configuration, Scope, Statement
from .edits import added, replaced
from .outcome import Outcome, joined
from .tree import parse
from .values import NUMBER, TIME, WORD, holds, number


class Knob(NamedTuple):
    block: bytes
    """Where the directive counts for the whole server: the main context is `b""`."""
    kind: str
    default: str
    """What nginx has where it is not written."""
    off: int = -1
    """What is no value but none at all: whoever writes it has chosen."""


_HTTP = b"http"
KNOBS: Mapping[str, Knob] = {
    "worker_processes": Knob(b"", WORD, "1"),
    "worker_rlimit_nofile": Knob(b"", NUMBER, "0"),
    "worker_connections": Knob(b"events", NUMBER, "512"),
    "keepalive_timeout": Knob(_HTTP, TIME, "75s", off=0),
    "keepalive_requests": Knob(_HTTP, NUMBER, "1000"),
    "sendfile": Knob(_HTTP, WORD, "off"),
    "tcp_nopush": Knob(_HTTP, WORD, "off"),
    "tcp_nodelay": Knob(_HTTP, WORD, "on"),
    "types_hash_max_size": Knob(_HTTP, NUMBER, "1024"),
    "client_header_timeout": Knob(_HTTP, TIME, "60s"),
    "client_body_timeout": Knob(_HTTP, TIME, "60s"),
    "send_timeout": Knob(_HTTP, TIME, "60s"),
    "reset_timedout_connection": Knob(_HTTP, WORD, "off"),
}
_PREFIX = "nginx."


def base(config: Configuration, defaults: Mapping[str, str] = {}) -> dict[str, str]:
    """What the text gives, by setting; `defaults` where this version's are others."""
    found = {}
    for name, knob in KNOBS.items():
        written = statement(config, _PREFIX + name)
        given = written.directive.arguments if written else ()
        found[_PREFIX + name] = (
            given[0].decode("utf-8", "backslashreplace") if given else defaults.get(name, knob.default)
        )
    return found


def statement(config: Configuration, setting: str) -> Statement | None:
    """Where a setting of KNOBS is written."""
    name = setting[len(_PREFIX) :]
    return next(iter(_scope(config, KNOBS[name]).named(name.encode())), None)


def outcome(
    config: Configuration, wishes: Mapping[str, Wish], switch: str = "", defaults: Mapping[str, str] = {}
) -> Outcome:
    """`switch`: directives of the command line (`nginx -g`), which must not be written a second time."""
    fixed = {d.name.decode("utf-8", "backslashreplace"): d.arguments for d in parse(switch.encode()).directives}
    have = base(config, defaults)
    return joined(
        _one(config, name[len(_PREFIX) :], wish, have[name], fixed) for name, wish in wishes.items() if name in have
    )


def _one(config: Configuration, name: str, wish: Wish, have: str, fixed: Mapping[str, tuple[bytes, ...]]) -> Outcome:
    knob, wanted = KNOBS[name], wish.value.encode()
    if name in fixed:
        found = b" ".join(fixed[name]).decode("utf-8", "backslashreplace")
        if holds(knob.kind, wish.rule, found.encode(), wanted):
            return Outcome(base={_PREFIX + name: found})
        way_out = "Take it out of there, or override the setting to that value."
        return _refused(name, wish, found, "nginx's command line, -g", way_out)
    notes = tuple(_exceptions(config, name, knob, wish))
    if holds(knob.kind, wish.rule, have.encode(), wanted):
        return Outcome(base={_PREFIX + name: have}, notes=notes)
    scope, written = _scope(config, knob), statement(config, _PREFIX + name)
    if written and number(knob.kind, have.encode()) == knob.off:
        return Outcome(notes=(*notes, f"{written.where} has {name} turned off: it stays"))
    if written is None:
        edit = added(scope.path, scope.body, name.encode() + b" " + wanted + b";")
    elif wish.rule == BY_DEFAULT:
        return Outcome(notes=notes)  # the site's own choice
    elif written.path in config.shared:
        found = f"{have} in a file that is included more than once, and means several things"
        way_out = "Write it in a place of its own."
        return Outcome(notes=notes, left=_refused(name, wish, found, written.where, way_out).problems)
    else:
        edit = replaced(written.path, config.texts[written.path], written.directive, {1: wanted})
    return Outcome((edit,), {_PREFIX + name: have}, notes=notes)


def _refused(name: str, wish: Wish, found: str, where: str, way_out: str) -> Outcome:
    return Outcome(problems=(Problem(_PREFIX + name, f"{wish.rule} {wish.value}", found, where, way_out),))


def _scope(config: Configuration, knob: Knob) -> Scope:
    return {b"": config.main, b"events": config.events, _HTTP: config.http}[knob.block]


def _exceptions(config: Configuration, name: str, knob: Knob, wish: Wish) -> Iterator[str]:
    """A server or a location may mean it otherwise: that is theirs, and said."""
    inner = (scope for scope in config.http.all() if knob.block == _HTTP and len(scope.kinds) > 1)
    for scope in inner:
        for statement in scope.named(name.encode()) if b"upstream" not in scope.kinds else ():
            said = statement.directive.arguments
            if said and not holds(knob.kind, wish.rule, said[0], wish.value.encode()):
                text = b" ".join(said).decode("utf-8", "backslashreplace")
                yield f"{statement.where} says {name} {text} for its {scope.kinds[-1].decode()}: it stays"
