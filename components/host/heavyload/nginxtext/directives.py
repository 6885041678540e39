"""The settings that are one directive in one place: main, events or http."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .. import catalogue
from ..catalogue import Knob
from ..problem import Problem
from ..rules import BY_DEFAULT
from ..wishes import Wish
from .configuration import Configuration, Scope, Statement
from .edits import added, replaced
from .outcome import Outcome, joined
from .tree import parse
from .values import holds, number

_HTTP = "http"
KNOBS = catalogue.at("nginx", "main", "events", _HTTP)
_PREFIX = "nginx."


def base(config: Configuration, version: tuple[int, ...]) -> dict[str, str]:
    """What the text gives that version of nginx, by setting."""
    found = {}
    for name, knob in KNOBS.items():
        written = statement(config, name)
        given = written.directive.arguments if written else ()
        found[name] = given[0].decode("utf-8", "backslashreplace") if given else knob.given_to(version)
    return found


def statement(config: Configuration, setting: str) -> Statement | None:
    """Where a setting is written that is a directive of its own."""
    scope = _scope(config, KNOBS[setting]) if setting in KNOBS else None
    return next(iter(scope.named(_name(setting).encode())), None) if scope else None


def outcome(
    config: Configuration, wishes: Mapping[str, Wish], version: tuple[int, ...], switch: str = "", cpus: int = 1
) -> Outcome:
    """`switch`: directives of the command line (`nginx -g`), which must not be written a second time. `cpus`: of the
    host."""
    fixed = {d.name.decode("utf-8", "backslashreplace"): d.arguments for d in parse(switch.encode()).directives}
    have = base(config, version)
    return joined(_one(config, name, wish, have[name], fixed, cpus) for name, wish in wishes.items() if name in have)


def _name(setting: str) -> str:
    """The directive's."""
    return setting[len(_PREFIX) :]


def _one(
    config: Configuration,
    setting: str,
    wish: Wish,
    have: str,
    fixed: Mapping[str, tuple[bytes, ...]],
    cpus: int,
) -> Outcome:
    knob, name, wanted = KNOBS[setting], _name(setting), wish.value.encode()
    if name in fixed:
        found = b" ".join(fixed[name]).decode("utf-8", "backslashreplace")
        if holds(knob.kind, wish.rule, found.encode(), wanted, cpus):
            return Outcome(base={setting: found})
        way_out = "Take it out of there, or override the setting to that value."
        return Outcome(left=_refused(setting, wish, found, "nginx's command line, -g", way_out).problems)
    notes = tuple(_exceptions(config, name, knob, wish))
    if holds(knob.kind, wish.rule, have.encode(), wanted, cpus):
        return Outcome(base={setting: have}, notes=notes)
    scope, written = _scope(config, knob), statement(config, setting)
    if written and knob.off and number(knob.kind, have.encode()) == int(knob.off):
        return Outcome(notes=(*notes, f"{written.where} has {name} turned off: it stays"))
    if written is None:
        edit = added(scope.path, scope.body, name.encode() + b" " + wanted + b";")
    elif wish.rule == BY_DEFAULT:
        return Outcome(notes=(*notes, f"{written.where} has {name} {have}, the site's own choice: it stays"))
    elif written.path in config.shared:
        found = f"{have} in a file that is included more than once, and means several things"
        way_out = "Write it in a place of its own."
        return Outcome(notes=notes, left=_refused(setting, wish, found, written.where, way_out).problems)
    else:
        edit = replaced(written.path, config.texts[written.path], written.directive, {1: wanted})
    return Outcome((edit,), {setting: have}, notes=notes)


def _refused(setting: str, wish: Wish, found: str, where: str, way_out: str) -> Outcome:
    return Outcome(problems=(Problem(setting, f"{wish.rule} {wish.value}", found, where, way_out),))


def _scope(config: Configuration, knob: Knob) -> Scope:
    return {"main": config.main, "events": config.events, _HTTP: config.http}[knob.at]


def _exceptions(config: Configuration, name: str, knob: Knob, wish: Wish) -> Iterator[str]:
    """A server or a location may mean it otherwise: that is theirs, and said."""
    inner = (scope for scope in config.http.all() if knob.at == _HTTP and len(scope.kinds) > 1)
    for scope in inner:
        for statement in scope.named(name.encode()) if b"upstream" not in scope.kinds else ():
            said = statement.directive.arguments
            if said and not holds(knob.kind, wish.rule, said[0], wish.value.encode()):
                text = b" ".join(said).decode("utf-8", "backslashreplace")
                yield f"{statement.where} says {name} {text} for its {scope.kinds[-1].decode()}: it stays"
