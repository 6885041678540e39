"""Carries out a step's changes so that a failure, a kill or a power cut at any point leaves all or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..paths import MARKER
from ..problem import Problem, Refused, problems_of, refuse
from ..say import say
from ..system.interruption import Interrupted, deaf
from . import closed, files, live, marker, originals, records
from .changes import Changes
from .marker import Marker
from .node import ABSENT, obstacles, read_node
from .records import Record
from .servers import Servers, Stays
from .undo import recover, sweep


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
    kept = originals.Kept()
    unfinished: Marker | None = None
    before: Mapping[Any, int] = {}
    lasting = {c.key: c.before for c in changes.moves if live.lasts(c.key)}
    try:
        if servers.serves(changes.reloads):
            before = servers.answered(changes.concern, _manifest(changes, previous), changes.gone)
        kept = originals.keep((c.path for c in changes.files), lasting)
        for change in changes.files:
            if not change.new.absent:
                files.make_folders(change.path)
                files.stage(change.path, change.new)
        if problems := list(changes.check(changes.files)):
            raise Refused(problems)
        unfinished = marker.write(changes, previous, servers.running(changes.reloads))
        if problems := _proven(verify, _switch(changes, unfinished, servers)):
            raise Refused(problems)  # files and calls went well, the live system says otherwise
        _still_well(changes, before, servers)
        records.write(changes.concern, changes.record)
        marker.drop()
    except (Exception, Interrupted) as failure:
        with deaf():
            committed = unfinished is not None and not os.path.lexists(MARKER)
            refused = _committed(changes, failure) if committed else _put_back(changes, failure, before, servers)
            refused.problems += _tidied(changes.concern, kept)
            raise refused from failure
    with deaf():
        try:
            sweep()
        except OSError as failure:
            raise _committed(changes, failure) from failure


def _tidied(concern: str, kept: originals.Kept) -> list[Problem]:
    """What failed may fail here once more, and no error hides the first. The next run tidies up as well."""
    try:
        sweep()
        if not os.path.lexists(MARKER):
            originals.forget(*kept)
    except OSError as failure:
        return problems_of(failure, concern, "what lies beside its files to be removed")
    return []


def _manifest(changes: Changes, previous: Record | None) -> str:
    return next((record.manifest for record in (changes.record, previous) if record), "")


def _still_well(changes: Changes, before: Mapping[Any, int], servers: Servers) -> None:
    """A site that is answered otherwise than before is put back. On the way back there is nothing further back."""
    problems = servers.worse(before)
    if problems and changes.record is not None:
        raise Refused(problems)
    for problem in problems:
        say(f"{changes.concern}: {problem}")


def _committed(changes: Changes, failure: BaseException) -> Refused:
    """The disk has not said that it has the last of it, or second names lie beside the files: the next run sees to
    it."""
    return Refused(problems_of(failure, changes.concern, "to end without a trace"), "all was changed, and is in force")


def _put_back(changes: Changes, failure: BaseException, before: Mapping[Any, int], servers: Servers) -> Refused:
    """Takes the change back; what went wrong, and what became of the host."""
    concern = changes.concern
    problems = problems_of(failure, concern, "the change to go through")
    if not os.path.lexists(MARKER):
        return Refused(problems)
    if isinstance(failure, Interrupted) and servers.ending():
        return Refused(problems, "this host shuts down; everything goes back when it starts, before anything reads it")
    say(f"{concern}: failed, putting back what was changed")
    try:
        lost = [*recover(servers), *servers.worse(before)]
    except Exception as worse:
        found = problems_of(worse, concern, "putting it back to go through")
        outcome = f"and not all of it could be put back; {MARKER} stays, and the next run or boot goes on with it"
        return Refused([*problems, *found], outcome)
    return Refused(
        [*problems, *lost],
        "files and values were put back, and not all runs as before" if lost else "everything was put back",
    )


def _proven(verify: Callable[[], Sequence[Problem]], watched: Sequence[Stays]) -> list[Problem]:
    """While that goes on of which it shows only later whether it stays: what was proven counts if it was the same all
    the time."""
    try:
        problems = list(verify())
    except Refused as refused:
        problems = refused.problems
    stayed = all([stays() for stays in watched])
    return list(verify()) if watched and (problems or not stayed) else problems


def _switch(changes: Changes, unfinished: Marker, servers: Servers) -> list[Stays]:
    """Returns what has to stay."""
    watched = []
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
            if stays := servers.reload(name):
                watched.append(stays)
            continue
        for problem in servers.reload_back(name, at_boot=False, ran=unfinished.ran):
            say(f"{changes.concern}: {problem}")
    for step in changes.lowered:
        live.write(step.key, step.after)
    return watched
