"""Settings of the kernel: live in /proc/sys, kept over a reboot by a file of sysctl.d that is read last."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import catalogue
from ..journal import live, originals, records
from ..journal.changes import Changes, LiveChange
from ..journal.node import obstacles
from ..journal.ourfile import OurFile, ours_at
from ..journal.records import NotedValue, Record
from ..journal.servers import Reload
from ..manifest import Manifest, Setting
from ..problem import Problem, Refused
from ..report import Row, missing, state, without
from ..rules import combine, same, satisfies
from ..system import procsys
from ..system.snapshot import Snapshot
from . import others, sysctld
from .sysctld import Said

# Raised in this order and lowered in the opposite one: ports are reserved before the range opens over them, and no
# limit is ever above the one that bounds it.
_OUTER_FIRST = (
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_local_port_range",
    "fs.file-max",
    "fs.nr_open",
)

_RULE = 'ACTION=="add", SUBSYSTEM=="module", KERNEL=="{}", RUN+="{} --prefix=/{}"'
_NO_KEY = "Nothing was changed: every kernel that is taken has it, so please report this one (`uname -a`)."
# Of modules that something else than the boot may load: whose keys are theirs.
_MODULES = {"nf_conntrack": "net.netfilter."}


class Sysctls(NamedTuple):
    """The keys of one concern, and its file."""

    concern: str
    path: str
    rules: str = ""
    """A file of udev's, for keys of a module that may be loaded late; nothing: it has none."""
    reloads: Mapping[str, Reload] = {}

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        """What has to change for the manifest; refuses, before anything is touched, with all that stands in the way."""
        before, after = sysctld.read(self.path)
        problems = obstacles(filter(None, (self.path, self.rules)))
        problems += [p for setting in manifest.settings if (p := self._hindrance(setting, record, after))]
        if problems:
            raise Refused(problems)
        ours: dict[str, NotedValue] = {}
        raised: list[LiveChange] = []
        lowered: list[LiveChange] = []
        lines: list[str] = []
        here: list[str] = []
        notes: list[str] = []
        elsewhere = snapshot.once(others.files)
        for setting in manifest.settings:
            now = live.read(setting.name)
            if now is None:
                continue
            here.append(setting.name)
            notes += _lower(setting, now, elsewhere)
            base = _base(setting.name, now, record)
            target = combine(setting.rule, base, setting.wanted)
            if not same(target, now):
                up = satisfies(setting.rule, target, now)
                (raised if up else lowered).append(LiveChange(setting.name, now, target))
            if same(target, base):
                continue  # the host has it without us
            ours[setting.name] = NotedValue(base, target)
            # A line below what a file already says would lower it at the next boot.
            if not _holds(setting, sysctld.said([*before, *after], setting.name, now)):
                lines.append(f"{setting.name} = {target}")
        lowered += _let_go({setting.name for setting in manifest.settings}, record)
        new = ours_at(self.path, sorted(lines), record)
        rules = self._rules(here, record)
        return Changes(
            self.concern,
            raised=tuple(sorted(raised, key=_place)),
            files=(*new.change, *rules.change),
            lowered=tuple(sorted(lowered, key=_place, reverse=True)),
            record=Record(manifest.text, {**new.noted, **rules.noted}, ours),
            notes=(*notes, *others.running(here, snapshot)),
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        """Back to what the host would have without us; what others changed since is left and named."""
        left = []
        for key, noted in record.live.items():
            now = live.read(key)
            if now is not None and not same(now, noted.ours) and not same(now, noted.base):
                left.append(f"{key}: somebody set {now} after us; left as it is (before us: {noted.base})")
        old, rules = ours_at(self.path, [], record), self._rules([], record)
        lowered = tuple(sorted(_let_go(set(), record), key=_place, reverse=True))
        return Changes(
            self.concern, files=(*old.change, *rules.change), lowered=lowered, left=(*left, *old.left, *rules.left)
        )

    def _rules(self, keys: Sequence[str], record: Record | None) -> OurFile:
        """systemd-sysctl reads the files once more when the module comes, as sysctl.d(5) has it."""
        late = [module for module, prefix in _MODULES.items() if any(key.startswith(prefix) for key in keys)]
        lines = [_RULE.format(module, _program(), _MODULES[module].strip(".").replace(".", "/")) for module in late]
        return ours_at(self.rules, lines, record) if self.rules else OurFile((), {}, ())

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        wanted = {move.key: move.after for move in changes.moves}
        if changes.record:
            wanted.update({key: noted.ours for key, noted in changes.record.live.items()})
        return _not_taken(wanted)

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        """Raises what fell short at this boot: module keys, and values that no file keeps."""
        problems = []
        for setting in manifest.settings:
            now = live.read(setting.name)
            if now is None or satisfies(setting.rule, now, setting.wanted):
                continue
            target = combine(setting.rule, now, setting.wanted)
            # The record first: a value that is not ours is never taken back.
            record = Record(record.manifest, record.files, {**record.live, setting.name: NotedValue(now, target)})
            records.write(self.concern, record)
            live.write(setting.name, target)
            problems += _not_taken({setting.name: target})
        return problems

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        before, after = sysctld.read("")
        raised = records.read(self.concern) is not None
        return [self._row(setting, [*before, *after], raised) for setting in manifest.settings]

    def _row(self, setting: Setting, assignments: Sequence[sysctld.Assignment], raised: bool) -> Row:
        """`raised`: at each boot, by heavyload.service, where files keep less."""
        now = live.read(setting.name)
        first = originals.live_of(setting.name)
        before = now if first is None else first
        if now is None:
            why = self._absent(setting.name)
            if not why:
                return missing(self.concern, setting, procsys.path_of(setting.name))
            return without(self.concern, setting, why)
        said = sysctld.said(assignments, setting.name, now)
        reboot, place = _after_reboot(setting, said, raised)
        source = f"{procsys.path_of(setting.name)}; {place}"
        ok = satisfies(setting.rule, now, setting.wanted)
        return Row(
            self.concern,
            setting.name,
            setting.wanted,
            before or "none",
            now or "none",
            reboot,
            setting.rule,
            state(ok),
            source,
        )

    def _absent(self, name: str) -> str:
        """Why a host may have no such key; nothing: every host has it."""
        return catalogue.SETTINGS[self.concern][name].absent

    def _hindrance(
        self, setting: Setting, record: Record | None, after: Sequence[sysctld.Assignment]
    ) -> Problem | None:
        now = live.read(setting.name)
        wanted = f"{setting.rule} {setting.wanted}"
        if now is None:
            path = procsys.path_of(setting.name)
            return None if self._absent(setting.name) else Problem(setting.name, wanted, "no such key", path, _NO_KEY)
        target = combine(setting.rule, _base(setting.name, now, record), setting.wanted)
        if not same(target, now) and not procsys.writable(setting.name):
            way_out = "Set it where it can be set (a container's host), or override the setting to what is there."
            found = f"{now or 'nothing'}, read-only"
            return Problem(setting.name, wanted, found, procsys.path_of(setting.name), way_out)
        # A pattern sets nothing that is set by its name, as ours is.
        winner = sysctld.said([item for item in after if item.key == setting.name], setting.name, now)
        if winner and not _holds(setting, winner):
            way_out = f"It is read after {self.path} and would win at the next boot: take that line out."
            return Problem(setting.name, wanted, winner.value, winner.where, way_out)
        return None


def _not_taken(wanted: Mapping[str, str]) -> list[Problem]:
    """Reads every value back: the kernel rounds and ignores without an error."""
    return [
        Problem(key, value, live.read(key) or "nothing", procsys.path_of(key), "Override it with one it takes.")
        for key, value in sorted(wanted.items())
        if not live.is_now(key, value)
    ]


def _program() -> str:
    """/lib is another folder than /usr/lib where an old system was upgraded."""
    places = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
    return next((path for path in places if os.path.exists(path)), places[0])


def _holds(setting: Setting, said: Said | None) -> bool:
    return said is not None and satisfies(setting.rule, said.value, setting.wanted)


def _after_reboot(setting: Setting, said: Said | None, raised: bool) -> tuple[str, str]:
    """What it is after one, and by what."""
    if raised and not _holds(setting, said):
        return f"{setting.rule} {setting.wanted}", "heavyload.service"
    return said or Said("what the kernel makes it", "no file of sysctl.d says it")


def _lower(setting: Setting, now: str, elsewhere: Mapping[str, Sequence[sysctld.Assignment]]) -> list[str]:
    """What other programs than systemd would set it to, where that is less than is wanted."""
    found = []
    for when, assignments in elsewhere.items():
        said = sysctld.said(assignments, setting.name, now)
        if said and not _holds(setting, said):
            found.append(f"{said.where} has {setting.name} = {said.value}, less than is wanted: {when}")
    return found


def _base(key: str, now: str, record: Record | None) -> str:
    """What the host would have without us: known while the live value is still ours."""
    noted = record.live.get(key) if record else None
    return noted.base if noted and same(noted.ours, now) else now


def _let_go(still_wanted: set[str], record: Record | None) -> list[LiveChange]:
    """Moves back the keys that are wanted no more."""
    held = {key: noted for key, noted in (record.live.items() if record else ()) if key not in still_wanted}
    # What somebody set after us is theirs.
    held = {key: noted for key, noted in held.items() if live.is_now(key, noted.ours)}
    return [LiveChange(key, noted.ours, noted.base) for key, noted in held.items()]


def _place(move: LiveChange) -> tuple[int, str]:
    return (_OUTER_FIRST.index(move.key) if move.key in _OUTER_FIRST else -1, move.key)
