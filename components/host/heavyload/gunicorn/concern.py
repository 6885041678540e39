"""gunicorn's settings: after people's own configuration, which stays; in force on the running workers and the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import edited
from .. import manifest as manifests
from ..journal.changes import Changes
from ..journal.node import obstacles
from ..journal.ourfile import OurFile, ours_at
from ..journal.records import NotedFile, NotedValue, Record
from ..journal.servers import Reload
from ..manifest import Manifest
from ..paths import GUNICORN_CONF, GUNICORN_ENV, UNITS
from ..problem import Problem, Refused
from ..report import Row
from ..system import room, surroundings, users
from ..system.services import Service
from ..system.snapshot import Snapshot
from ..wishes import Wish
from . import commandline, conf, finding, following, options, reloading, restarting, rows, targets, trial
from . import dropin as dropins
from . import start as starts
from . import unit as units
from .checking import Check
from .options import PREFIX, STOP
from .start import ARGS, Start
from .unit import Unit

NAME = "gunicorn"
_FOLDER = f"{PREFIX}worker_tmp_dir"


class _Next(NamedTuple):
    """What the next start is to have."""

    args: str
    conf: Sequence[str] = ()


class Gunicorn:
    reloads = {
        following.RELOAD: Reload(reloading.reload, serves=True),
        following.RESTART: Reload(reloading.restart, serves=True),
    }

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        unit = units.find(snapshot, manifest.services)
        if objection := _not_running(unit) or edited.objection(unit.service):
            raise Refused([objection])
        start = starts.of(unit, without=GUNICORN_ENV)
        theirs, by_flags = _theirs(unit, start), _by_flags(unit, start)
        tried = trial.untouched(unit, start, theirs)
        if tried.refusal:
            way_out = (
                "Nothing is built on what does not load beside the one that runs: mend it, or have it take its ports "
                "and locks when a worker starts (`post_fork`)."
            )
            loading = "a configuration and an application that load"
            raise Refused([Problem("gunicorn", loading, tried.refusal, f"{unit.name}, --print-config", way_out)])
        base = {f"{PREFIX}{name}": _word(value) for name, value in tried.values.items()}
        base[STOP] = _stop_without_ours(unit, record)
        size = room.of(unit.said)
        wanted = targets.of(_possible(manifest, unit, base), tried, base, size, not by_flags)
        dropin = dropins.path_of(unit)
        places = (GUNICORN_CONF, GUNICORN_ENV, dropin)
        strange = targets.strange(manifest, tried)
        if problems := [*strange, *_fixed(unit, start, wanted), *dropins.later(unit, dropin), *obstacles(places)]:
            raise Refused(problems)
        moved = {name[len(PREFIX) :]: value for name, value in wanted.items() if value != base[name]}
        stop = moved.pop(STOP[len(PREFIX) :], None)
        next_start = _next(unit, start, moved, theirs, {s.name[len(PREFIX) :]: s.rule for s in manifest.settings})
        files = [
            ours_at(GUNICORN_CONF, next_start.conf, record),
            # Its variable may hold what people keep secret.
            ours_at(GUNICORN_ENV, _environment(next_start) if moved else [], record, mode=0o600),
            ours_at(dropin, dropins.lines(bool(moved), stop), record, dropins.SECTION),
            *dropins.let_go(dropin, record),
        ]
        changed = tuple(change for file in files for change in file.change)
        reloads = following.reloads(changed, unit.name) or following.anew(unit, by_flags, wanted, tried)
        if any(name.startswith(following.RESTART) for name in reloads) and (problems := restarting.problems(unit)):
            raise Refused(problems)
        live = {name: NotedValue(base[name], value) for name, value in wanted.items()}
        held = record.live if record else {}
        return Changes(
            NAME,
            files=changed,
            check=Check(unit, start, theirs, tried, next_start.args, moved).problems,
            reloads=reloads,
            record=Record(manifest.text, _noted(files), live, size),
            notes=(
                *targets.notes(manifest, tried, base, wanted, held),
                *following.gap(unit, reloads),
            )
            if reloads
            else (),
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        """By what the record names: its service may be gone, or another one may be there."""
        files = [
            ours_at(path, [], record, "" if path in (GUNICORN_CONF, GUNICORN_ENV) else dropins.SECTION)
            for path in record.files
        ]
        changed = tuple(change for file in files for change in file.change)
        left = tuple(line for file in files for line in file.left)
        name = next((dropins.unit_of(path) for path in record.files if path.startswith(f"{UNITS}/")), "")
        reloads = following.reloads(changed, name)
        if objection := _would_end(name) if reloads else None:
            raise Refused([objection])
        return Changes(NAME, files=changed, reloads=reloads, left=left)

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        if changes.record is None:
            return []  # the reload has seen to it that workers of the old settings run
        manifest = manifests.parse(changes.record.manifest.encode(), NAME)
        way_out = "Look at the service's journal; `pulumi up` with a new heavyload:reapply sets it again."
        return [
            Problem(row.name, f"{row.rule} {row.wanted}", row.now, row.readFrom, way_out)
            for row in self.rows(manifest, changes.record, snapshot)
            if row.is_short
        ]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # systemd and gunicorn read their files by themselves

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        return rows.rows(manifest, record, snapshot)

    def services(self, snapshot: Snapshot) -> list[Service]:
        return finding.gunicorns(snapshot)

    def room(self, manifest: Manifest, snapshot: Snapshot) -> Mapping[str, int]:
        return room.of(units.find(snapshot, manifest.services).said)

    def version(self, snapshot: Snapshot) -> str | None:
        """A virtual environment has its own. Asked as its own user."""
        try:
            unit = units.find(snapshot)
            return trial.version(unit, starts.of(unit))
        except Refused:
            return None


def _possible(manifest: Manifest, unit: Unit, base: Mapping[str, str]) -> Manifest:
    """Without a folder that is closed to the workers: they would not start."""
    folder = manifest.wanted(_FOLDER)
    if folder is None or base.get(_FOLDER) != "none" or trial.may_write(unit, folder):
        return manifest
    return manifest._replace(settings=tuple(setting for setting in manifest.settings if setting.name != _FOLDER))


def _word(value: str) -> str:
    return "none" if value == "None" else value


def _not_running(unit: Unit) -> Problem | None:
    """Why there is no gunicorn from which could be read what it has taken."""
    if not unit.main and unit.said.get("ActiveState") == "active":
        words = commandline.arguments(unit.service.command)
        found = next((word for word in words if word in ("--daemon", "-D")), f"Type={unit.said.get('Type')}")
        way_out = "Have it run in the foreground (no --daemon, Type=notify): systemd looks after gunicorn itself then."
        return Problem("gunicorn", "a main process that systemd knows", found, unit.name, way_out)
    if not unit.main:
        way_out = f"Start it (`systemctl start {unit.name}`): what it has taken is read from the running one."
        return Problem("gunicorn", "a running gunicorn", "a stopped one", unit.name, way_out)
    if not units.workers(unit.main):
        way_out = "Have ExecStart run gunicorn itself, or run again when its workers are up."
        return Problem("gunicorn", "workers below its main process", "none", unit.name, way_out)
    return None


def _would_end(name: str) -> Problem | None:
    """Why the reload on the way back would be the end of a site that still answers: by now its application does not
    load any more. Where nobody is served, or its unit runs something else by now, nothing speaks against it."""
    try:
        unit = reloading.running(name)
    except Refused:
        return None
    if unit is None or not units.workers(unit.main):
        return None
    if objection := edited.objection(unit.service):
        return objection
    try:
        start = starts.of(unit, without=GUNICORN_ENV)
        tried = trial.run(unit, start, start.args)
        said = tried.refusal if tried.ended else ""
    except starts.Unclear:  # it cannot be asked: it goes back and is watched
        return None
    except Refused as refused:
        said = str(refused.problems[0])
    way_out = f"Mend it, or stop the service (`systemctl stop {unit.name}`), then run again: it serves on meanwhile."
    return Problem("gunicorn", "an application that loads", said, unit.name, way_out) if said else None


def _fixed(unit: Unit, start: Start, wanted: Mapping[str, str]) -> list[Problem]:
    """What the command line says stands over every file and variable."""
    return [
        Problem(
            PREFIX + name,
            wanted[PREFIX + name],
            f"{options.FLAGS[name][0]} {value}",
            f"the command line of {unit.name}",
            "Take it out of ExecStart, or override the setting to that value.",
        )
        for name, value in options.given(commandline.arguments(start.words)).items()
        if wanted.get(PREFIX + name, value) != value
    ]


def _next(unit: Unit, start: Start, moved: Mapping[str, str], theirs: str, rules: Mapping[str, str]) -> _Next:
    """One configuration is read: the command line's, else the variable's, else the folder's."""
    if not moved:
        return _Next(start.args)
    words = options.split(start.args)
    if _by_flags(unit, start):
        return _Next(options.joined([*words, *options.as_flags(moved)]))
    over = {name: moved[name] for name in options.given(words) if name in moved}
    args = options.joined([*words, f"--config={GUNICORN_CONF}", *options.as_flags(over)])
    wishes = {name: Wish(rules[name], value) for name, value in moved.items()}
    return _Next(args, conf.lines(wishes, theirs, start.user))


def _by_flags(unit: Unit, start: Start) -> bool:
    """A configuration of ours would not be read, or not be found."""
    return options.config(commandline.arguments(start.words)) is not None or surroundings.rooted(unit.said)


def _theirs(unit: Unit, start: Start) -> str:
    """The configuration that is read without ours. The folder's need not be there, and is looked for anew each time."""
    folder = start.folder or unit.said.get("WorkingDirectory", "").lstrip("!-") or "/"
    if folder == "~":
        folder = users.home(unit.said.get("User", "")) or "/"
    named = options.config(commandline.arguments(start.words)) or options.config(options.split(start.args))
    return conf.place(named or conf.DEFAULT, folder)


def _environment(next_start: _Next) -> list[str]:
    return [f"{ARGS}={trial.in_file(next_start.args)}"]


def _stop_without_ours(unit: Unit, record: Record | None) -> str:
    now = str(unit.stop_seconds)
    noted = record.live.get(STOP) if record else None
    return noted.base if noted and noted.ours == now else now


def _noted(files: Sequence[OurFile]) -> dict[str, NotedFile]:
    return {path: noted for file in files for path, noted in file.noted.items() if noted.ours}
