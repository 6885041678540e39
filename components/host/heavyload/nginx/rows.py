"""Each of nginx's settings as it is now: on the workers and sockets where it shows, otherwise in the text they took."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .. import catalogue
from ..catalogue import Knob
from ..journal.records import Record
from ..manifest import Manifest, Setting
from ..nginxtext import directives, listens, tuning, upstreams
from ..nginxtext.configuration import Configuration
from ..nginxtext.values import PROCESSES, holds
from ..problem import Problem
from ..report import Row, missing, state, without
from ..rules import BY_DEFAULT, COMPUTED
from ..system import prlimits, procsys, sockets
from ..system.addresses import UNIX, Address
from ..system.snapshot import Snapshot
from ..wishes import Wish
from . import reading, server
from .facts import facts_of

_NOT_RUNNING = "not running"


_NO_PLACE = {
    upstreams.KEEPALIVE: "no `upstream` block leads to gunicorn alone, or it has a number of its own",
    "nginx.keepalive_timeout": "the site has turned it off",
}


class Seen(NamedTuple):
    """What shows on the running nginx."""

    now: str
    ok: bool
    where: str


class _Live(NamedTuple):
    workers: tuple[int, ...]
    sockets: Mapping[Address, listens.Line]

    def processes(self, wanted: str) -> Seen:
        count = len(self.workers)
        expected = (os.cpu_count() or 1) if wanted == "auto" else int(wanted)
        return Seen(f"{wanted}: {count}" if wanted == "auto" else str(count), count == expected, "running workers")

    def descriptors(self, wanted: str) -> Seen:
        limits = [limit for pid in self.workers if (limit := prlimits.of(pid))]
        least = min((int(limit.split()[0]) for limit in limits), default=0)
        return Seen(str(least), least >= int(wanted), f"/proc/PID/limits of {len(limits)} workers")

    def backlog(self, wanted: str) -> Seen:
        listening, most = sockets.listening(), int(procsys.read("net.core.somaxconn") or 0)
        missing = [address for address in self.sockets if address not in listening]
        if missing:
            return Seen(_NOT_RUNNING, False, f"ss: nothing listens on {missing[0]}")
        queues = {address: listening[address].queue for address in self.sockets}
        ok = all(queue >= min(self.sockets[address].backlog, most) for address, queue in queues.items())
        least = min(queues.values(), default=0)
        return Seen(str(least), ok and least >= min(int(wanted), most), f"Send-Q in ss of {len(queues)} sockets")

    def keepalive(self, wanted: str) -> Seen:
        # All addresses of one line are alike.
        lines = {
            line.where: address for address, line in self.sockets.items() if address.family != UNIX and not line.off
        }
        tried = [sockets.keeps_alive(address) for address in lines.values()]
        known = [answer for answer in tried if answer is not None]
        if not known:  # none of its addresses is this host's now
            return Seen(wanted, True, "inferred: no address of it can be reached from here")
        now = "on" if all(known) else "off"
        return Seen(now, now == wanted, f"the timer of {len(known)} connections in ss")


SEEN: Mapping[str, Callable[[_Live, str], Seen]] = {
    "nginx.worker_processes": _Live.processes,
    "nginx.worker_rlimit_nofile": _Live.descriptors,
    listens.BACKLOG: _Live.backlog,
    listens.KEEPALIVE: _Live.keepalive,
}


def rows(manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
    nginx = server.find(snapshot)
    config = reading.read(nginx)
    wishes = {
        setting.name: Wish("at least" if setting.rule == COMPUTED else setting.rule, record.live[setting.name].ours)
        for setting in manifest.settings
        if setting.name in record.live
    }
    outcome = tuning.seen(config, wishes, facts_of(nginx, snapshot))
    written = outcome.base
    workers = tuple(process.pid for process in server.workers(nginx.main)) if nginx.main else ()
    live = _Live(workers, listens.placed(config, wishes))
    found = []
    for setting in manifest.settings:
        wish, now = wishes.get(setting.name), written.get(setting.name)
        left = [problem for problem in outcome.left if problem.what == setting.name]
        found += [_left(manifest.concern, setting, problem) for problem in left]
        if left and now is None:
            continue
        knob = catalogue.SETTINGS[manifest.concern][setting.name]
        if wish is None or now is None:
            found.append(_unset(manifest.concern, setting, knob, nginx.version))
            continue
        kept = holds(knob.kind, wish.rule, now.encode(), wish.value.encode(), os.cpu_count() or 1)
        sought = now if kept and knob.kind == PROCESSES else wish.value  # more may be written than is wished
        seen = SEEN[setting.name](live, sought) if setting.name in SEEN and nginx.main else None
        where = _where(config, setting)
        if seen is None:
            seen = Seen(now, True, "inferred" if nginx.main else _NOT_RUNNING)
        wanted = f"{wish.value} = {setting.wanted}" if setting.rule == COMPUTED else wish.value
        before = record.live[setting.name].base
        ok, source = kept and seen.ok, f"{seen.where}; {where}"
        found.append(
            Row(manifest.concern, setting.name, wanted, before, seen.now, now, setting.rule, state(ok), source)
        )
    return found


def _left(concern: str, setting: Setting, problem: Problem) -> Row:
    """One place that has no room for it."""
    said = f"left, because of {problem.found}; {problem.where}"
    return without(concern, setting, said)


def _unset(concern: str, setting: Setting, knob: Knob, version: tuple[int, ...]) -> Row:
    """Of a setting that was not applied."""
    if knob.too_new(version):
        return without(concern, setting, f"since nginx {knob.since}")
    if setting.rule == BY_DEFAULT:
        return without(concern, setting, "the site has a value of its own")
    if knob.since:
        return missing(concern, setting, "not applied: nginx was an older one then")
    return without(concern, setting, _NO_PLACE.get(setting.name, "this configuration has no place for it"))


def _where(config: Configuration, setting: Setting) -> str:
    """The line that says it, or the file where it would stand."""
    statement = directives.statement(config, setting.name)
    return statement.where if statement else config.main.path
