"""Takes back an unfinished change, any number of times, from any point it was stopped at."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence

from ..problem import Problem
from ..rules import same
from ..say import say
from . import files, live, marker, originals, records
from .changes import LiveChange
from .marker import Marker, Switch
from .node import ABSENT, Node, read_node
from .records import Record
from .servers import Servers


def recover(servers: Servers, at_boot: bool = False) -> list[Problem]:
    """Undoes what the marker names, in exactly the opposite order; the marker last. What does not run again as before
    is returned: it stops nothing of the rest.

    `at_boot`: before any service reads the files; the live values died with the old boot.
    """
    unfinished = marker.read()
    if unfinished is None:
        return []
    concern = unfinished.concern
    same_boot = unfinished.boot == marker.boot_id()
    if same_boot:
        _put_back_values(unfinished.lowered)
    for switch in reversed(unfinished.files):
        _put_back(switch)
    problems = [
        problem for name in unfinished.reloads for problem in servers.reload_back(name, at_boot, unfinished.ran)
    ]
    if same_boot:
        _put_back_values(unfinished.raised)
    records.write(concern, unfinished.record)
    marker.drop()
    sweep()
    _forget_untouched(unfinished)
    say(f"{concern}: the unfinished change was taken back")
    for problem in problems:
        say(f"{concern}: {problem}")
    return problems


def sweep() -> None:
    """Removes staged files and second names, which can only stand beside paths with an original, and folders of ours
    that are empty. While a marker stands nothing is swept: it needs the second names."""
    if marker.read() is not None:
        return
    for path in originals.paths():
        for kind in (files.STAGED, files.UNDO):
            files.remove(files.beside(path, kind))
    for folder in originals.folders():
        _remove_if_empty(folder)


def _put_back(switch: Switch) -> None:
    path, undo = switch.path, files.beside(switch.path, files.UNDO)
    now = read_node(path).digest
    if now == switch.old:
        return
    if now not in (switch.new, ABSENT.digest):
        say(f"{path}: edited by somebody else meanwhile, left as it is")
        return
    if switch.old == ABSENT.digest:
        files.remove(path)
    elif os.path.lexists(undo):
        os.rename(undo, path)
    else:
        files.put(path, _kept(path, switch.old))
    files.sync_folder(path)


def _kept(path: str, digest: str) -> Node:
    """The old text when the second name is gone too: it can only be the first original."""
    node = originals.file_of(path)
    if node is None or node.digest != digest:
        raise FileNotFoundError(f"{path}: its text before the change is lost (wanted {digest})")
    return node


def _put_back_values(changes: Sequence[LiveChange]) -> None:
    for key, before, after in reversed(changes):
        now = live.read(key)
        if now is None:
            continue  # gone meanwhile, and its value with it
        if same(now, after):
            live.write(key, before)
        elif not same(now, before):
            say(f"{key}: neither the old nor our value, left at {now}")


def _forget_untouched(unfinished: Marker) -> None:
    """What no record speaks of is as people have it, and may be theirs to change before the next first touch."""
    record = unfinished.record or Record("")
    touched = {switch.path for switch in unfinished.files} - set(record.files)
    moved = {change.key for change in (*unfinished.raised, *unfinished.lowered)} - set(record.live)
    originals.forget(touched, moved)


def _remove_if_empty(folder: str) -> None:
    cache = os.path.join(folder, "__pycache__")
    if os.path.isdir(folder) and os.listdir(folder) == ["__pycache__"]:
        shutil.rmtree(cache, ignore_errors=True)  # of a configuration of ours that root's gunicorn has read
    if os.path.isdir(folder):
        with contextlib.suppress(OSError):  # somebody uses it
            os.rmdir(folder)
            files.sync_folder(folder)
