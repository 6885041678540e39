"""What a change of files asks of the running gunicorn: a reload, or a restart, and the gap that this makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..journal.changes import FileChange
from ..journal.node import Node, read_node
from ..paths import GUNICORN_CONF, GUNICORN_ENV, UNITS
from . import rows
from .options import PREFIX
from .trial import Trial
from .unit import Unit

RELOAD = "gunicorn"
RESTART = "gunicorn-restart"
_BACKLOG = f"{PREFIX}backlog"
# Whom systemd restarts with a service.
_WITH_IT = ("RequiredBy", "BoundBy", "ConsistsOf")


def reloads(changed: Sequence[FileChange], unit: str) -> tuple[str, ...]:
    """A process has the variables of its start: where they change it is started anew."""
    paths = [change.path for change in changed]
    dropins = [change for change in changed if change.path.startswith(f"{UNITS}/")]
    if GUNICORN_ENV in paths or any(_reads(read_node(dropin.path)) != _reads(dropin.new) for dropin in dropins):
        how: tuple[str, ...] = (f"{RESTART} {unit}".strip(),)
    else:
        how = (f"{RELOAD} {unit}".strip(),) if GUNICORN_CONF in paths else ()
    return (("units",) if dropins else ()) + how


def anew(unit: Unit, by_flags: bool, wanted: Mapping[str, str], tried: Trial) -> tuple[str, ...]:
    """Where its queue is shorter than it asks for: the kernel allowed less when it last did."""
    backlog = wanted.get(_BACKLOG)
    if backlog is None or rows.queue_holds(unit, backlog, tried.values):
        return ()
    # Only our configuration asks anew at a reload.
    return (f"{RESTART if by_flags else RELOAD} {unit.name}",)


def gap(unit: Unit, names: Sequence[str]) -> tuple[str, ...]:
    if not any(name.startswith(RESTART) for name in names):
        return ()
    others = sorted({name for kind in _WITH_IT for name in unit.said.get(kind, ()) if not name.endswith(".target")})
    along = (f"{', '.join(others)}: restarted with {unit.name}, as its unit asks for",) if others else ()
    if unit.sockets:
        return along
    said = f"{unit.name} is restarted, and no socket unit holds its queue meanwhile: requests fail for that moment"
    return (said, *along)


def _reads(dropin: Node) -> bool:
    return GUNICORN_ENV.encode() in (dropin.content or b"")
