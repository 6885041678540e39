"""Carries out a step's changes so that a failure, a kill or a power cut at any point leaves all or nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from ..paths import MARKER
from ..problem import Problem, Refused, refuse
from ..say import say
from . import closed, files, live, marker, originals, records
from .changes import Changes
from .marker import Marker
from .node import ABSENT, obstacles, read_node
from .records import Record
from .servers import Servers
from .undo import recover, sweep


class Interrupted(BaseException):
    """SIGTERM: the time limit, or somebody stopped the unit. Goes the way of any failure."""


def carry_out(changes: Changes, verify: Callable[[], Sequence[Problem]], servers: Servers) -> None:
    """Makes the changes, proves them with `verify`, commits; otherwise puts everything back and raises."""
    for line in changes.lines():
        say(line)
    # What goes away may have other names: they stay.
    back = changes.record is None
    problems = obstacles((change.path for change in changes.files if not change.new.absent), back)
    problems += closed.objections(change.path for change in changes.files)
    if changes.nothing:
        problems += verify()
    if problems:
        raise Refused(problems)
    previous = records.read(changes.concern)
    if changes.nothing:
        if previous != changes.record:
            originals.begin()
            records.write(changes.concern, changes.record)
        return
    with _termination():
        kept = originals.Kept()
        before: Mapping[Any, int] = {}
        lasting = {c.key: c.before for c in changes.moves if live.lasts(c.key)}
        try:
            if servers.serves(changes.reloads):
                before = servers.answered(changes.concern, _manifest(changes, previous))
            kept = originals.keep((c.path for c in changes.files), lasting)
            for change in changes.files:
                if not change.new.absent:
                    files.make_folders(change.path)
                    files.stage(change.path, change.new)
            if problems := list(changes.check(changes.files)):
                raise Refused(problems)
            unfinished = marker.write(changes, previous, servers.running(changes.reloads))
            _switch(changes, unfinished, servers)
            if problems := list(verify()):
                raise Refused(problems)  # files and calls went well, the live system says otherwise
            _still_well(changes, before, servers)
            records.write(changes.concern, changes.record)
            marker.drop()
        except (Exception, Interrupted) as failure:
            with _deaf():
                refused = _put_back(changes.concern, failure, before, servers)
                sweep()
                if not os.path.lexists(MARKER):
                    originals.forget(*kept)
                raise refused from failure
        finally:
            with _deaf():
                sweep()


def _manifest(changes: Changes, previous: Record | None) -> str:
    return next((record.manifest for record in (changes.record, previous) if record), "")


def _still_well(changes: Changes, before: Mapping[Any, int], servers: Servers) -> None:
    """A site that is answered otherwise than before is put back. On the way back there is nothing further back."""
    problems = servers.worse(before)
    if problems and changes.record is not None:
        raise Refused(problems)
    for problem in problems:
        say(f"{changes.concern}: {problem}")


def _put_back(concern: str, failure: BaseException, before: Mapping[Any, int], servers: Servers) -> Refused:
    """Takes the change back; what went wrong, and what became of the host."""
    problems = failure.problems if isinstance(failure, Refused) else [_problem(concern, "the change", failure)]
    if not os.path.lexists(MARKER):
        return Refused(problems)
    say(f"{concern}: failed, putting back what was changed")
    try:
        lost = [*recover(servers), *servers.worse(before)]
    except Exception as worse:
        found = worse.problems if isinstance(worse, Refused) else [_problem(concern, "putting it back", worse)]
        outcome = f"and not all of it could be put back; {MARKER} stays, and the next run or boot goes on with it"
        return Refused([*problems, *found], outcome)
    return Refused(
        [*problems, *lost],
        "files and values were put back, and not all runs as before" if lost else "everything was put back",
    )


def _problem(concern: str, what: str, failure: BaseException) -> Problem:
    return Problem(
        concern, f"{what} to go through", str(failure) or repr(failure), "this host", "Mend that, then run again."
    )


def _switch(changes: Changes, unfinished: Marker, servers: Servers) -> None:
    for step in changes.raised:
        live.write(step.key, step.after)
    for change, switch in zip(changes.files, unfinished.files):
        if read_node(change.path).digest != switch.old:
            raise refuse(change.path, "the text read a moment ago", "another", change.path, "Run again.")
        if switch.old != ABSENT.digest:
            # A second name of the original: putting back is a rename, needs no space and keeps the inode.
            os.link(change.path, files.beside(change.path, files.UNDO), follow_symlinks=False)
        if change.new.absent:
            files.remove(change.path)
        else:
            os.rename(files.beside(change.path, files.STAGED), change.path)
        files.sync_folder(change.path)
    for name in changes.reloads:
        if changes.record is not None:
            servers.reload(name)
            continue
        for problem in servers.reload_back(name, at_boot=False, ran=unfinished.ran):
            say(f"{changes.concern}: {problem}")
    for step in changes.lowered:
        live.write(step.key, step.after)


@contextmanager
def _termination() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted("stopped by SIGTERM: the time limit, or `systemctl stop`")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _deaf() -> Iterator[None]:
    """Putting back is not interrupted a second time; systemd's own limit still ends it, and the marker stays."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
