"""gunicorn's settings: after people's own configuration, which stays; in force on the running workers and the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .. import manifest as manifests
from ..changes import Changes, FileChange, Record
from ..entry import obstacles
from ..files import STAGED, beside
from ..manifest import Manifest
from ..ourfile import OurFile, ours_at
from ..paths import GUNICORN_CONF, GUNICORN_ENV, UNITS
from ..problem import Problem, Refused
from ..report import Row
from ..rules import combine
from ..wishes import Wish, resolved
from . import conf, options, rows, trial
from . import unit as units
from .options import PREFIX, STOP
from .unit import ARGS, Unit

NAME = "gunicorn"
_SECTION = "[Service]"
_FILES = "EnvironmentFile"


class _Next(NamedTuple):
    """What the next start is to have."""

    args: str
    conf: Sequence[str] = ()


class Gunicorn:
    def plan(self, manifest: Manifest, record: Record | None) -> Changes:
        unit = units.find()
        if not unit.main:
            way_out = f"Start it (`systemctl start {unit.name}`): what it has taken is read from the running one."
            raise Refused([Problem("gunicorn", "a running gunicorn", "a stopped one", unit.name, way_out)])
        theirs = unit.args(without=GUNICORN_ENV)
        tried = trial.run(unit, theirs)
        if tried.refusal:
            way_out = "Mend it first: nothing is built on it."
            wanted = "a configuration and an application that load"
            raise Refused([Problem("gunicorn", wanted, tried.refusal, f"{unit.name}, --print-config", way_out)])
        base = {f"{PREFIX}{name}": _word(value) for name, value in tried.values.items()}
        base[STOP] = _stop_without_ours(unit, record)
        wishes = resolved(manifest.settings, base)
        targets = {name: _target(wish, base[name]) for name, wish in wishes.items() if name in base}
        if problems := [*_fixed(unit, targets), *obstacles((GUNICORN_CONF, GUNICORN_ENV, _dropin(unit)))]:
            raise Refused(problems)
        moved = {name[len(PREFIX) :]: value for name, value in targets.items() if value != base[name]}
        stop = moved.pop(STOP[len(PREFIX) :], None)
        next_start = _next(unit, theirs, moved)
        files = [
            ours_at(GUNICORN_CONF, next_start.conf, record),
            ours_at(GUNICORN_ENV, [f"{ARGS}={_quoted(next_start.args)}"] if moved else [], record),
            ours_at(_dropin(unit), _dropin_lines(bool(moved), stop), record, _SECTION),
        ]
        changed = tuple(change for file in files for change in file.change)
        live = {name: {"base": base[name], "ours": value} for name, value in targets.items()}
        return Changes(
            NAME,
            files=changed,
            check=_check(unit, next_start, moved),
            reloads=_reloads(changed),
            record=Record(manifest.text, _noted(files), live),
            notes=_gap(unit, changed, next_start.args),
        )

    def undo(self, record: Record) -> Changes:
        files = [
            ours_at(path, [], record, "" if path in (GUNICORN_CONF, GUNICORN_ENV) else _SECTION)
            for path in record.files
        ]
        changed = tuple(change for file in files for change in file.change)
        left = tuple(line for file in files for line in file.left)
        return Changes(NAME, files=changed, reloads=_reloads(changed), left=left)

    def verify(self, changes: Changes) -> list[Problem]:
        if changes.record is None:
            return []  # the reload has seen to it that workers of the old settings run
        manifest = manifests.parse(changes.record.manifest.encode(), NAME)
        way_out = "Look at the service's journal; `pulumi up` with a new heavyload:reapply sets it again."
        return [
            Problem(row.name, f"{row.rule} {row.wanted}", row.now, row.readFrom, way_out)
            for row in self.rows(manifest, changes.record)
            if not row.ok
        ]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # systemd and gunicorn read their files by themselves

    def rows(self, manifest: Manifest, record: Record) -> list[Row]:
        return rows.rows(manifest, record)


def _word(value: str) -> str:
    return "none" if value == "None" else value


def _target(wish: Wish, base: str) -> str:
    return combine(wish.rule, base, wish.value) if base.isdigit() and wish.value.isdigit() else wish.value


def _fixed(unit: Unit, targets: Mapping[str, str]) -> list[Problem]:
    """What the command line says stands over every file and variable."""
    return [
        Problem(
            PREFIX + name,
            targets[PREFIX + name],
            f"{options.FLAGS[name][0]} {value}",
            f"the command line of {unit.name}",
            "Take it out of ExecStart, or override the setting to that value.",
        )
        for name, value in options.given(unit.command).items()
        if targets.get(PREFIX + name, value) != value
    ]


def _next(unit: Unit, theirs: str, moved: Mapping[str, str]) -> _Next:
    """One configuration file is read: the command line's, else the variable's, else the folder's."""
    if not moved:
        return _Next(theirs)
    words = options.split(theirs)
    if options.config(unit.command) is not None:
        return _Next(options.joined([*words, *options.as_flags(moved)]))
    over = {name: moved[name] for name in options.given(words) if name in moved}
    args = options.joined([*words, f"--config={GUNICORN_CONF}", *options.as_flags(over)])
    return _Next(args, conf.lines(moved, options.config(words)))


def _dropin(unit: Unit) -> str:
    return f"{UNITS}/{unit.name}.d/heavyload-gunicorn.conf"


def _dropin_lines(reads: bool, stop: str | None) -> list[str]:
    # A variable of an EnvironmentFile stands over one of Environment=, and that of the last file over the others.
    lines = [f"{_FILES}=-{GUNICORN_ENV}"] if reads else []
    return [*lines, f"TimeoutStopSec={stop}"] if stop else lines


def _stop_without_ours(unit: Unit, record: Record | None) -> str:
    now = str(unit.stop_seconds)
    noted = record.live.get(STOP) if record else None
    return noted["base"] if noted and noted["ours"] == now else now


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _reloads(changed: Sequence[FileChange]) -> tuple[str, ...]:
    units_too = any(change.path.startswith(f"{UNITS}/") for change in changed)
    ours_too = any(change.path in (GUNICORN_CONF, GUNICORN_ENV) for change in changed)
    return (("units",) if units_too else ()) + ((NAME,) if ours_too else ())


def _noted(files: Sequence[OurFile]) -> dict[str, Mapping[str, str]]:
    return {path: noted for file in files for path, noted in file.noted.items() if noted["ours"]}


def _gap(unit: Unit, changed: Sequence[FileChange], args: str) -> tuple[str, ...]:
    if not changed or unit.sockets or units.environ(unit).get(ARGS, "") == args:
        return ()
    return (f"{unit.name} is restarted, and no socket unit holds its queue meanwhile: requests fail for that moment",)


def _check(unit: Unit, next_start: _Next, moved: Mapping[str, str]) -> Callable[[Sequence[FileChange]], list[Problem]]:
    def check(changes: Sequence[FileChange]) -> list[Problem]:
        staged = any(change.path == GUNICORN_CONF and not change.new.absent for change in changes)
        here = beside(GUNICORN_CONF, STAGED) if staged else GUNICORN_CONF
        tried = trial.run(unit, next_start.args.replace(GUNICORN_CONF, here))
        way_out = f"Look what else decides: {unit.name}'s command line, its environment, its configuration."
        if tried.refusal:
            return [Problem("gunicorn", "our settings to load", tried.refusal, "--print-config", way_out)]
        return [
            Problem(PREFIX + name, value, tried.values.get(name, "nothing"), "--print-config", way_out)
            for name, value in moved.items()
            if tried.values.get(name) != value
        ]

    return check
