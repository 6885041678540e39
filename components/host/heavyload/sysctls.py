"""Settings of the kernel: live in /proc/sys, kept over a reboot by a file of sysctl.d that is read last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import live, originals, records, sysctld
from .changes import Changes, FileChange, LiveChange, Record
from .entry import ABSENT, Entry, obstacles, read_entry
from .manifest import Manifest, Setting
from .ours import joined, without
from .problem import Problem, Refused
from .report import Row
from .rules import combine, same, satisfies

_HEADER = "# Written by heavyload: `heavyload status` tells what and why, `heavyload restore` takes it away."


class Sysctls(NamedTuple):
    """The keys of one concern, and its file."""

    concern: str
    path: str

    def plan(self, manifest: Manifest, record: Record | None) -> Changes:
        """What has to change for the manifest; refuses, before anything is touched, with all that stands in the way."""
        before, after = sysctld.read(self.path)
        problems = obstacles([self.path])
        problems += [p for setting in manifest.settings if (p := self._hindrance(setting, record, after))]
        if problems:
            raise Refused(problems)
        ours: dict[str, dict[str, str]] = {}
        moves: list[LiveChange] = []
        lines: list[str] = []
        for setting in manifest.settings:
            now = live.read(setting.name)
            if now is None:
                continue
            base = _base(setting.name, now, record)
            target = combine(setting.rule, base, setting.wanted)
            if not same(target, now):
                moves.append(LiveChange(setting.name, now, target))
            if same(target, base):
                continue  # the host has it without us
            ours[setting.name] = {"base": base, "ours": target}
            # A line below what a file already says would lower it at the next boot.
            said = sysctld.last([*before, *after], setting.name)
            if said is None or not satisfies(setting.rule, said.value, setting.wanted):
                lines.append(f"{setting.name} = {target}")
        moves += _let_go({setting.name for setting in manifest.settings}, record)
        text = [_HEADER, *sorted(lines)] if lines else []
        new = self._file(text, record)
        change = () if new.digest == read_entry(self.path).digest else (FileChange(self.path, new),)
        noted = {self.path: {"digest": new.digest, "ours": "\n".join(text)}}
        return Changes(self.concern, change, _ordered(moves), record=Record(manifest.text, noted, ours))

    def undo(self, record: Record) -> Changes:
        """Back to what the host would have without us; what others changed since is left and named."""
        left = []
        for key, noted in record.live.items():
            now = live.read(key)
            if now is not None and not same(now, noted["ours"]) and not same(now, noted["base"]):
                left.append(f"{key}: somebody set {now} after us; left as it is (before us: {noted['base']})")
        now_there, new = read_entry(self.path), self._file([], record)
        if not new.absent and now_there.digest != record.files[self.path]["digest"]:
            left.append(f"{self.path}: edited since; our lines are taken out, the others stay")
        change = () if new.digest == now_there.digest else (FileChange(self.path, new),)
        return Changes(self.concern, change, _ordered(_let_go(set(), record)), left=tuple(left))

    def verify(self, changes: Changes) -> list[Problem]:
        """Reads every value back: the kernel rounds and ignores without an error."""
        wanted = {move.key: move.after for move in changes.live}
        if changes.record:
            wanted.update({key: noted["ours"] for key, noted in changes.record.live.items()})
        return [
            Problem(key, value, live.read(key) or "nothing", live.path_of(key), "Override it with one it takes.")
            for key, value in sorted(wanted.items())
            if not live.is_now(key, value)
        ]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        """Raises what fell short at this boot: module keys, and values that no file keeps."""
        problems = []
        for setting in manifest.settings:
            now = live.read(setting.name)
            if now is None or satisfies(setting.rule, now, setting.wanted):
                continue
            target = combine(setting.rule, now, setting.wanted)
            # The record first: a value that is not ours is never taken back.
            record = Record(record.manifest, record.files, {**record.live, setting.name: {"base": now, "ours": target}})
            records.write(self.concern, record)
            live.write(setting.name, target)
            problems += self.verify(Changes(self.concern, live=(LiveChange(setting.name, now, target),)))
        return problems

    def rows(self, manifest: Manifest, record: Record) -> list[Row]:
        before, after = sysctld.read("")
        return [self._row(setting, sysctld.last([*before, *after], setting.name)) for setting in manifest.settings]

    def _row(self, setting: Setting, said: sysctld.Assignment | None) -> Row:
        now = live.read(setting.name)
        first = originals.live_of(setting.name)
        before = now if first is None else first
        if now is None:
            absent = "not applicable: this kernel or namespace has no such key"
            return Row(self.concern, setting.name, setting.wanted, "-", "-", "-", setting.rule, True, absent)
        kept = said is not None and satisfies(setting.rule, said.value, setting.wanted)
        reboot = said.value if said and kept else f"{setting.rule} {setting.wanted}"
        source = f"{live.path_of(setting.name)}; {said.where if said and kept else 'heavyload.service'}"
        ok = satisfies(setting.rule, now, setting.wanted)
        return Row(
            self.concern,
            setting.name,
            setting.wanted,
            before or "none",
            now or "none",
            reboot,
            setting.rule,
            ok,
            source,
        )

    def _hindrance(
        self, setting: Setting, record: Record | None, after: Sequence[sysctld.Assignment]
    ) -> Problem | None:
        now = live.read(setting.name)
        if now is None:
            return None
        wanted = f"{setting.rule} {setting.wanted}"
        target = combine(setting.rule, _base(setting.name, now, record), setting.wanted)
        if not same(target, now) and not live.writable(setting.name):
            way_out = "Set it where it can be set (a container's host), or override the setting to what is there."
            return Problem(setting.name, wanted, f"{now or 'nothing'}, read-only", live.path_of(setting.name), way_out)
        winner = sysctld.last(after, setting.name)
        if winner and not satisfies(setting.rule, winner.value, setting.wanted):
            way_out = f"It is read after {self.path} and would win at the next boot: take that line out."
            return Problem(setting.name, wanted, winner.value, winner.where, way_out)
        return None

    def _file(self, ours: Sequence[str], record: Record | None) -> Entry:
        """Our file with `ours` as our lines. Nothing of ours and nobody else's: the original, which may be none."""
        now = read_entry(self.path)
        noted = record.files[self.path] if record else {"digest": "", "ours": ""}
        if not ours and now.digest == noted["digest"]:
            return originals.file_of(self.path) or now
        others = without((now.content or b"").decode("utf-8", "surrogateescape"), noted["ours"])
        text = joined(others, ours)
        return (
            Entry(text.encode("utf-8", "surrogateescape"), mode=now.mode, uid=now.uid, gid=now.gid) if text else ABSENT
        )


def _base(key: str, now: str, record: Record | None) -> str:
    """What the host would have without us: known while the live value is still ours."""
    noted = record.live.get(key) if record else None
    return noted["base"] if noted and same(noted["ours"], now) else now


def _let_go(still_wanted: set[str], record: Record | None) -> list[LiveChange]:
    """Moves back the keys that are wanted no more."""
    held = {key: noted for key, noted in (record.live.items() if record else ()) if key not in still_wanted}
    # What somebody set after us is theirs.
    held = {key: noted for key, noted in held.items() if live.is_now(key, noted["ours"])}
    return [LiveChange(key, noted["ours"], noted["base"]) for key, noted in held.items()]


def _ordered(moves: Iterable[LiveChange]) -> tuple[LiveChange, ...]:
    """Ports are reserved before the range opens over them; the range closes before they are set free."""
    up: list[LiveChange] = []
    down: list[LiveChange] = []
    for move in sorted(moves, key=lambda move: move.key):
        rule = "widen" if move.key.startswith("net.ipv4.ip_local_") else "at least"
        (up if satisfies(rule, move.after, move.before) else down).append(move)
    return (*reversed(up), *down)
