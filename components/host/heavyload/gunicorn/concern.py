"""gunicorn's settings: after people's own configuration, which stays; in force on the running workers and the queue."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .. import manifest as manifests
from .. import users
from ..changes import Changes, FileChange, Record
from ..entry import Entry, obstacles, read_entry
from ..files import STAGED, beside
from ..manifest import Manifest
from ..ourfile import OurFile, ours_at
from ..paths import GUNICORN_CONF, GUNICORN_ENV, UNITS
from ..problem import Problem, Refused
from ..report import Row
from ..rules import combine
from ..wishes import Wish, resolved
from . import commandline, conf, options, rows, trial
from . import start as starts
from . import unit as units
from .options import PREFIX, STOP
from .start import ARGS, Start
from .trial import Trial
from .unit import Unit

NAME = "gunicorn"
_SECTION = "[Service]"
_FILES = "EnvironmentFile"
# After people's own: the file of variables that is read last holds, and ours says all that theirs say.
_DROPIN = "zz-heavyload-gunicorn.conf"
RESTART = "gunicorn-restart"
_DEFAULT = "./gunicorn.conf.py"
# Where ours is read; and its hook, which calls theirs.
_OURS = ("config", "on_reload")
_REPORT = "Nothing was switched. Please report this, with the way that gunicorn is given its configuration."


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
        start = starts.of(unit, without=GUNICORN_ENV)
        tried = trial.run(unit, start, start.args)
        if tried.refusal:
            way_out = "Mend it first: nothing is built on it."
            wanted = "a configuration and an application that load"
            raise Refused([Problem("gunicorn", wanted, tried.refusal, f"{unit.name}, --print-config", way_out)])
        base = {f"{PREFIX}{name}": _word(value) for name, value in tried.values.items()}
        base[STOP] = _stop_without_ours(unit, record)
        wishes = resolved(manifest.settings, base)
        targets = {name: _target(wish, base[name]) for name, wish in wishes.items() if name in base}
        places = (GUNICORN_CONF, GUNICORN_ENV, _dropin(unit.name))
        if problems := [*_fixed(unit, start, targets), *_later(unit), *obstacles(places)]:
            raise Refused(problems)
        moved = {name[len(PREFIX) :]: value for name, value in targets.items() if value != base[name]}
        stop = moved.pop(STOP[len(PREFIX) :], None)
        next_start = _next(unit, start, tried, moved)
        files = [
            ours_at(GUNICORN_CONF, next_start.conf, record),
            # Its variable may hold what people keep secret.
            ours_at(GUNICORN_ENV, _environment(next_start) if moved else [], record, mode=0o600),
            ours_at(_dropin(unit.name), _dropin_lines(bool(moved), stop), record, _SECTION),
            *_let_go(unit.name, record),
        ]
        changed = tuple(change for file in files for change in file.change)
        reloads = _reloads(changed, unit.name)
        live = {name: {"base": base[name], "ours": value} for name, value in targets.items()}
        return Changes(
            NAME,
            files=changed,
            check=_check(unit, start, tried, next_start, moved),
            reloads=reloads,
            record=Record(manifest.text, _noted(files), live),
            notes=_gap(unit, reloads),
        )

    def undo(self, record: Record) -> Changes:
        """By what the record names: its service may be gone, or another one may be there."""
        files = [
            ours_at(path, [], record, "" if path in (GUNICORN_CONF, GUNICORN_ENV) else _SECTION)
            for path in record.files
        ]
        changed = tuple(change for file in files for change in file.change)
        left = tuple(line for file in files for line in file.left)
        name = next((_unit_of(path) for path in record.files if path.startswith(f"{UNITS}/")), "")
        return Changes(NAME, files=changed, reloads=_reloads(changed, name), left=left)

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


def _fixed(unit: Unit, start: Start, targets: Mapping[str, str]) -> list[Problem]:
    """What the command line says stands over every file and variable."""
    return [
        Problem(
            PREFIX + name,
            targets[PREFIX + name],
            f"{options.FLAGS[name][0]} {value}",
            f"the command line of {unit.name}",
            "Take it out of ExecStart, or override the setting to that value.",
        )
        for name, value in options.given(commandline.arguments(start.words)).items()
        if targets.get(PREFIX + name, value) != value
    ]


def _next(unit: Unit, start: Start, tried: Trial, moved: Mapping[str, str]) -> _Next:
    """One configuration is read: the command line's, else the variable's, else the folder's."""
    if not moved:
        return _Next(start.args)
    words = options.split(start.args)
    if options.config(commandline.arguments(start.words)) is not None:
        return _Next(options.joined([*words, *options.as_flags(moved)]))
    over = {name: moved[name] for name in options.given(words) if name in moved}
    args = options.joined([*words, f"--config={GUNICORN_CONF}", *options.as_flags(over)])
    return _Next(args, conf.lines(moved, _theirs(unit, options.config(words), tried)))


def _theirs(unit: Unit, named: str | None, tried: Trial) -> str:
    """The configuration that is read without ours. The folder's need not be there, and is looked for anew each time."""
    folder = unit.said.get("WorkingDirectory", "").lstrip("!-") or "/"
    if folder == "~":
        folder = users.home(unit.said.get("User", "")) or "/"
    place = conf.place(named or tried.values.get("config", "") or _DEFAULT, folder)
    root = unit.said.get("RootDirectory", "")
    return place if named or os.path.isfile(f"{root}{place}") else ""


def _environment(next_start: _Next) -> list[str]:
    return [f"{ARGS}={trial.in_file(next_start.args)}"]


def _dropin(unit: str) -> str:
    return f"{UNITS}/{unit}.d/{_DROPIN}"


def _let_go(unit: str, record: Record | None) -> list[OurFile]:
    """Drop-ins of ours by another name, or of another unit."""
    paths = [path for path in record.files if path.startswith(f"{UNITS}/")] if record else []
    return [ours_at(path, [], record, _SECTION) for path in paths if path != _dropin(unit)]


def _later(unit: Unit) -> list[Problem]:
    """What is read after ours would stand over it."""
    later = [path for path in unit.service.files[1:] if os.path.basename(path) > _DROPIN]
    way_out = f"It is read after {_dropin(unit.name)}: give it a name before that."
    return [
        Problem("gunicorn", f"no {name}= after ours", f"one in {path}", unit.name, way_out)
        for path in later
        for name in (_FILES, "TimeoutStopSec")
        if name.encode() in (read_entry(path).content or b"")
    ]


def _unit_of(dropin: str) -> str:
    return os.path.basename(os.path.dirname(dropin))[: -len(".d")]


def _dropin_lines(reads: bool, stop: str | None) -> list[str]:
    # A variable of an EnvironmentFile stands over one of Environment=, and that of the last file over the others.
    lines = [f"{_FILES}=-{GUNICORN_ENV}"] if reads else []
    return [*lines, f"TimeoutStopSec={stop}"] if stop else lines


def _stop_without_ours(unit: Unit, record: Record | None) -> str:
    now = str(unit.stop_seconds)
    noted = record.live.get(STOP) if record else None
    return noted["base"] if noted and noted["ours"] == now else now


def _reloads(changed: Sequence[FileChange], unit: str) -> tuple[str, ...]:
    """A process has the variables of its start: where they change it is started anew."""
    paths = [change.path for change in changed]
    dropins = [change for change in changed if change.path.startswith(f"{UNITS}/")]
    if GUNICORN_ENV in paths or any(_reads(read_entry(dropin.path)) != _reads(dropin.new) for dropin in dropins):
        how: tuple[str, ...] = (f"{RESTART} {unit}".strip(),)
    else:
        how = (f"{NAME} {unit}".strip(),) if GUNICORN_CONF in paths else ()
    return (("units",) if dropins else ()) + how


def _reads(dropin: Entry) -> bool:
    return GUNICORN_ENV.encode() in (dropin.content or b"")


def _noted(files: Sequence[OurFile]) -> dict[str, Mapping[str, str]]:
    return {path: noted for file in files for path, noted in file.noted.items() if noted["ours"]}


def _gap(unit: Unit, reloads: Sequence[str]) -> tuple[str, ...]:
    if unit.sockets or not any(name.startswith(RESTART) for name in reloads):
        return ()
    return (f"{unit.name} is restarted, and no socket unit holds its queue meanwhile: requests fail for that moment",)


def _check(
    unit: Unit, start: Start, before: Trial, next_start: _Next, moved: Mapping[str, str]
) -> Callable[[Sequence[FileChange]], list[Problem]]:
    def check(changes: Sequence[FileChange]) -> list[Problem]:
        staged = any(change.path == GUNICORN_CONF and not change.new.absent for change in changes)
        here = beside(GUNICORN_CONF, STAGED) if staged else GUNICORN_CONF
        after = trial.run(unit, start, next_start.args.replace(GUNICORN_CONF, here))
        way_out = f"Look what else decides: {unit.name}'s command line, its environment, its configuration."
        if after.refusal:
            return [Problem("gunicorn", "our settings to load", after.refusal, "--print-config", way_out)]
        return [
            Problem(PREFIX + name, value, after.values.get(name, "nothing"), "--print-config", way_out)
            for name, value in moved.items()
            if after.values.get(name) != value
        ] + [
            Problem(PREFIX + name, "what people have set", "another value with ours", "--print-config", _REPORT)
            for name in sorted({*before.values, *after.values} - {*moved, *_OURS})
            if after.values.get(name) != before.values.get(name)
        ]

    return check
