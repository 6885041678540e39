"""Each of gunicorn's settings as it is now: on the processes and the queue where it shows, otherwise as gunicorn itself
reads its configuration in the service's surroundings."""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .. import catalogue
from ..journal.records import Record
from ..manifest import Manifest, Setting
from ..report import Row, missing, state, without
from ..rules import COMPUTED, satisfies
from ..system import addresses, procsys, sockets
from ..system.addresses import NAME, Address
from ..system.snapshot import Snapshot
from . import classes, trial
from . import start as starts
from . import unit as units
from .options import PREFIX, STOP
from .unit import Unit

# Seconds. One that has reached max_requests is being replaced; where there is none the master has just been started.
_PATIENCE, _PATIENCE_FOR_ALL = 5, 60


class Seen(NamedTuple):
    now: str
    where: str


def rows(manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
    unit = units.find(snapshot, manifest.services)
    said = _said(unit) if unit.main else {}
    found = []
    for setting in manifest.settings:
        noted, later = record.live.get(setting.name), said.get(setting.name[len(PREFIX) :], "nothing")
        if noted is None:
            found.append(_unset(manifest.concern, setting, record, said))
            continue
        ours = noted.ours
        if setting.name in SEEN and unit.main:
            seen = SEEN[setting.name](unit, ours, said)
        else:
            seen = Seen(later, "inferred: --print-config as systemd would start it")
        rule = "at least" if setting.rule == COMPUTED else setting.rule
        wanted = f"{ours} = {setting.wanted}" if setting.rule == COMPUTED else setting.wanted
        # The queue is the smaller of what is asked for and what the kernel allows.
        ok = seen.now == ours or (seen.now.isdigit() and satisfies(rule, seen.now, ours))
        after = seen.now if setting.name == STOP else later
        source = f"{seen.where}; {unit.name}"
        found.append(
            Row(manifest.concern, setting.name, wanted, noted.base, seen.now, after, setting.rule, state(ok), source)
        )
    return found


def _unset(concern: str, setting: Setting, record: Record, said: Mapping[str, str]) -> Row:
    """Of a setting that was not applied."""
    name = setting.name[len(PREFIX) :]
    chosen = record.live.get(f"{PREFIX}worker_class")
    worker_class = chosen.ours if chosen else ""
    if classes.unread(worker_class, [name]):
        return without(concern, setting, f"worker_class {worker_class} does not read it")
    if name in _WHY_NOT:
        return without(concern, setting, _WHY_NOT[name])
    since = catalogue.SETTINGS[concern][setting.name].since
    if since and name not in said:
        return without(concern, setting, f"since gunicorn {since}")
    return missing(concern, setting, "not applied: gunicorn was another one then")


_WHY_NOT = {"worker_tmp_dir": "the site has one of its own, or its workers cannot write there"}


def _said(unit: Unit) -> Mapping[str, str]:
    start = starts.of(unit)
    return trial.run(unit, start, start.args).values


def _workers(unit: Unit, wanted: str, said: Mapping[str, str]) -> Seen:
    begin = time.monotonic()
    count = max(int(wanted), int(said.get("workers", wanted)))
    while True:
        now = len(units.workers(unit.main))
        if now == count or time.monotonic() - begin > (_PATIENCE if now else _PATIENCE_FOR_ALL):
            return Seen(str(now), "its processes")
        time.sleep(0.2)


def _backlog(unit: Unit, wanted: str, said: Mapping[str, str]) -> Seen:
    if any(unit.said.get(name) for name in ("PrivateNetwork", "NetworkNamespacePath")):
        return Seen(said.get("backlog", "nothing"), "inferred: its network is its own")
    most = int(procsys.read("net.core.somaxconn") or 0)
    master = units.master(unit.main)
    own = {address: one for address, one in sockets.listening().items() if master in one.pids}
    # Its way in for its administrator (25.1 and later) is no queue of visitors, nor is what people's hooks open.
    bound = [address for word in _words(said.get("bind", "")) for address in addresses.parse(word.encode())]
    handed = [one.queue for one in own.values() if 1 in one.pids] if unit.sockets else []
    queues = handed or [one.queue for address, one in own.items() if any(_is(address, named) for named in bound)]
    least = min(queues, default=0)
    now = wanted if least == min(int(wanted), most) else str(least)
    return Seen(now, f"Send-Q in ss of {len(queues)} sockets, net.core.somaxconn {most}")


def queue_holds(unit: Unit, wanted: str, said: Mapping[str, str]) -> bool:
    """Whether the queue that is there is as long as is wanted, as far as the kernel allows now."""
    now = _backlog(unit, wanted, said).now
    return not now.isdigit() or satisfies("at least", now, wanted)


def _words(text: str) -> list[str]:
    """A list as Python prints it."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []


def _is(address: Address, named: Address) -> bool:
    return address == named or (named.family == NAME and address.port == named.port)


def _folder(unit: Unit, wanted: str, said: Mapping[str, str]) -> Seen:
    """The file that gives a worker's sign of life has no name any more, but its folder shows."""
    for process in units.workers(unit.main):
        for target in filter(units.is_sign, units.open_files(process.pid)):
            return Seen(os.path.dirname(target), "/proc/PID/fd of a worker")
    return Seen("nothing", "/proc/PID/fd of its workers")


def _stop(unit: Unit, wanted: str, said: Mapping[str, str]) -> Seen:
    return Seen(str(unit.stop_seconds), "systemd")


SEEN: Mapping[str, Callable[[Unit, str, Mapping[str, str]], Seen]] = {
    "gunicorn.workers": _workers,
    "gunicorn.backlog": _backlog,
    "gunicorn.worker_tmp_dir": _folder,
    STOP: _stop,
}
