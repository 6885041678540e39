"""Limits of open files for services: of those that run, set while they run; of the next start, by a drop-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import edited
from ..journal import live
from ..journal.changes import Changes, FileChange, LiveChange
from ..journal.node import obstacles
from ..journal.ourfile import ours_at
from ..journal.records import NotedFile, NotedValue, Record
from ..manifest import Manifest
from ..problem import Problem, Refused
from ..report import Row, state
from ..rules import combine, same, satisfies
from ..system import ceiling, prlimits, procsys
from ..system.ceiling import Ceiling
from ..system.processes import Process
from ..system.services import NGINX, Service
from ..system.snapshot import Snapshot
from . import dropins, nofile, web
from .web import Servers

_UNIT = "unit "
KEYS = (_UNIT, prlimits.KIND)


class ServiceLimits(NamedTuple):
    concern: str
    servers: Servers

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        wanted = nofile.wanted(manifest)
        held = record.live if record else {}
        chosen = web.chosen(manifest.services, self.servers, snapshot)
        most = ceiling.here()
        problems = [*obstacles(dropins.path_of(s.name) for s in chosen), *_hindrances(manifest, wanted, chosen, most)]
        ours: dict[str, NotedValue] = {}
        files: list[FileChange] = []
        noted: dict[str, NotedFile] = {}
        raised: list[LiveChange] = []
        lowered: list[LiveChange] = []
        for service in chosen:
            base = _unit_base(service, held.get(_UNIT + service.name))
            target = most.given(combine(nofile.RULE, base, wanted))
            ours[_UNIT + service.name] = NotedValue(base, target)
            # What the unit gives already is written nowhere.
            lines = [] if same(target, most.given(base)) else dropins.lines(target)
            file = ours_at(dropins.path_of(service.name), lines, record, dropins.SECTION)
            files += file.change
            if lines or file.change:
                noted.update(file.noted)
            stuck = []
            for process in snapshot.processes_of(service):
                key, now = prlimits.key_of(process), prlimits.read(prlimits.key_of(process))
                if now is None:
                    continue
                base = _base_of(process, now, held, service.name)
                target = most.reach(now, combine(nofile.RULE, base, wanted))
                ours[key] = NotedValue(base, target)
                if most.fixed and _is_stuck(service, process, target, wanted):
                    stuck.append(Problem(f"nofile of {service.name}", f"at least {wanted}", *_stuck(process, now)))
                if not same(now, target):
                    up = satisfies(nofile.RULE, target, now)
                    (raised if up else lowered).append(LiveChange(key, now, target))
            if not most.objection(wanted.split()[1]):  # it is said once what is behind all of them
                problems += stuck[:1]
        gone = _let_go({service.name for service in chosen}, set(ours), record, snapshot)
        if problems:
            raise Refused(problems)
        changed = (*files, *gone.files)
        return Changes(
            self.concern,
            raised=tuple(raised),
            files=changed,
            reloads=("units",) if changed else (),
            lowered=(*lowered, *gone.lowered),
            inherited=True,
            record=Record(manifest.text, noted, ours),
            left=gone.left,
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        gone = _let_go(set(), set(), record, snapshot)
        reloads = ("units",) if gone.files else ()
        return Changes(self.concern, files=gone.files, reloads=reloads, lowered=gone.lowered, left=gone.left)

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        """What each process has, and what systemd would start each service with."""
        wanted = {move.key: move.after for move in changes.moves}
        held = changes.record.live if changes.record else {}
        wanted.update({key: noted.ours for key, noted in held.items() if prlimits.names(key)})
        problems = []
        for key, value in wanted.items():
            now = live.read(key)
            if now is not None and not same(now, value):
                way_out = "Look what else sets it, then run again."
                problems.append(Problem(key, value, now, "prlimit", way_out))
        units = {key[len(_UNIT) :]: noted.ours for key, noted in held.items() if key.startswith(_UNIT)}
        most = ceiling.here()
        for name, value in units.items():
            service = snapshot.service(name)
            found = most.given(service.limit) if service.name == name else "no such service"
            if not same(found, value):
                way_out = f"Something else than {dropins.path_of(name)} decides: look with `systemctl cat {name}`."
                problems.append(Problem(f"nofile of {name}", value, found, f"systemctl show {name}", way_out))
        return problems

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # the drop-ins are read by systemd itself

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        names = [key[len(_UNIT) :] for key in record.live if key.startswith(_UNIT)]
        most = ceiling.here()
        found: list[Row] = []
        for name in names:
            service = snapshot.service(name)
            next_start = most.given(service.limit)
            limits = [now for p in snapshot.processes_of(service) if (now := prlimits.read(prlimits.key_of(p)))]
            source = f"/proc/PID/limits of {len(limits)} processes" if limits else "not running"
            now = _in_force(limits, most) if limits else next_start
            before = most.given(record.live[_UNIT + name].base)
            path = dropins.path_of(name)
            said = path if path in record.files and path in service.files else f"systemctl show {name}"
            for place, setting in nofile.settings(manifest):
                has, base, later = (v.split()[place] for v in (now, before, next_start))
                ok = satisfies(setting.rule, has, setting.wanted) and satisfies(setting.rule, later, setting.wanted)
                title, where = f"{setting.name} of {name}", f"{source}; {said}"
                found.append(Row(self.concern, title, setting.wanted, base, has, later, setting.rule, state(ok), where))
        return found


def _hindrances(manifest: Manifest, wanted: str, chosen: Sequence[Service], most: Ceiling) -> list[Problem]:
    problems = []
    bound = max((int(v) for v in (procsys.read("fs.nr_open"), manifest.wanted("fs.nr_open")) if v), default=0)
    hard = wanted.split()[1]
    if objection := most.objection(hard):
        problems.append(objection)
    elif int(hard) > bound:
        way_out = "Raise fs.nr_open with it, or want fewer."
        problems.append(Problem("nofile.hard", f"at most fs.nr_open, {bound}", hard, "/proc/sys/fs/nr_open", way_out))
    for service in chosen:
        if objection := edited.objection(service):
            problems.append(objection)
        said = dropins.later(service)
        if said and not satisfies(nofile.RULE, said.value, wanted):
            way_out = f"It is read after {dropins.path_of(service.name)} and would win: take that line out."
            problems.append(Problem(f"nofile of {service.name}", f"at least {wanted}", said.value, said.where, way_out))
    return problems


def _is_stuck(service: Service, process: Process, target: str, wanted: str) -> bool:
    """Whether nothing but a new start brings it to what is wanted. A worker may have lowered its own hard limit; one of
    nginx's does, to worker_rlimit_nofile, and nginx's step has new ones start with another number."""
    if process.pid == service.main:
        return not satisfies(nofile.RULE, target, wanted)
    return NGINX not in service.names and not satisfies(nofile.RULE, target, nofile.soft_alone(wanted))


def _stuck(process: Process, now: str) -> tuple[str, str, str]:
    """What was found, where, and the way out, of a process whose hard limit is too low for good."""
    found = f"{now}, and no right to raise the hard limit of a running process (CAP_SYS_RESOURCE)"
    way_out = "Give the service a higher one (`systemctl edit`: LimitNOFILE) and restart it, then run again."
    return found, f"/proc/{process.pid}/limits", way_out


def _unit_base(service: Service, noted: NotedValue | None) -> str:
    """What systemd would start it with without us. People may have written another limit since, before ours."""
    if noted is None or not same(noted.ours, service.limit):
        return service.limit
    said = dropins.others(service)
    return said.value if said else noted.base


def _base(noted: NotedValue | None, now: str) -> str:
    """What there would be without us: known while the value in force is still ours."""
    return noted.base if noted and same(noted.ours, now) else now


def _base_of(process: Process, now: str, held: Mapping[str, NotedValue], service: str) -> str:
    """A process that came after us has our value from its parent or from the drop-in."""
    noted = held.get(prlimits.key_of(process)) or held.get(_UNIT + service)
    return _base(noted, now)


def _let_go(still: set[str], seen: set[str], record: Record | None, snapshot: Snapshot) -> Changes:
    """Takes back what we gave to services that are wanted no more, as far as it still is ours."""
    held = record.live if record else {}
    files: list[FileChange] = []
    left: list[str] = []
    for path in record.files if record else ():
        if dropins.is_ours(path) and not any(path == dropins.path_of(name) for name in still):
            file = ours_at(path, [], record, dropins.SECTION)
            files += file.change
            left += file.left
    names = [key[len(_UNIT) :] for key in held if key.startswith(_UNIT) and key[len(_UNIT) :] not in still]
    most = ceiling.here()
    lowered = {}
    for name, service in ((name, snapshot.service(name)) for name in names):
        for process in snapshot.processes_of(service) if service.name == name else ():
            lowered.update(_back(prlimits.key_of(process), held.get(_UNIT + name), held, most))
    for key in held:
        if prlimits.names(key) and key not in seen:
            lowered.update(_back(key, None, held, most))
    return Changes("", files=tuple(files), lowered=tuple(lowered.values()), left=tuple(left))


def _back(
    key: str, inherited: NotedValue | None, held: Mapping[str, NotedValue], most: Ceiling
) -> dict[str, LiveChange]:
    noted, now = held.get(key) or inherited, live.read(key)
    if now is None or noted is None or not same(now, noted.ours):
        return {}
    before = most.reach(now, noted.base)
    return {} if same(now, before) else {key: LiveChange(key, now, before)}


def _in_force(limits: Sequence[str], most: Ceiling) -> str:
    """The least of all processes, the main one first. A worker may have lowered its own hard limit, for good where no
    limit can rise: there the main one's counts, which later workers begin with."""
    least = " ".join(str(min(values)) for values in zip(*([int(part) for part in limit.split()] for limit in limits)))
    return f"{least.split()[0]} {limits[0].split()[1]}" if most.fixed else least
