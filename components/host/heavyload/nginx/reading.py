"""The configuration as it lies on the disk, and as it would be without our edits."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from typing import NamedTuple

from ..journal import originals
from ..journal.node import read_node
from ..journal.records import Record
from ..nginxtext import configuration
from ..nginxtext.configuration import Configuration
from ..nginxtext.edits import Note, undone
from ..nginxtext.tokens import BadText
from ..problem import Problem, Refused
from ..system import regular
from .server import Server


class Disk(NamedTuple):
    """The host's files, some of them with another text; None: without them."""

    instead: Mapping[str, bytes | None] = {}

    def real(self, path: str) -> str:
        return os.path.realpath(path)

    def read(self, real: str) -> bytes:
        if real in self.instead:
            if (text := self.instead[real]) is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), real)
            return text
        return regular.read(real)

    def names(self, folder: str) -> list[str]:
        try:
            found = {".", "..", *os.listdir(folder)}
        except (FileNotFoundError, NotADirectoryError):
            found = set()
        here = {os.path.basename(path): text for path, text in self.instead.items() if os.path.dirname(path) == folder}
        found |= here.keys()
        return [name for name in found if here.get(name, b"") is not None]


def read(nginx: Server, instead: Mapping[str, bytes | None] = {}) -> Configuration:
    return configuration.read(nginx.conf, Disk(instead), nginx.port)


class Ours(NamedTuple):
    """Our edits of the files as they are: what each would be without them, and those that others have changed."""

    texts: dict[str, bytes]
    lost: list[str]


def without_ours(record: Record | None) -> Ours:
    """Raises Refused with every file of which our settings cannot be told."""
    texts: dict[str, bytes] = {}
    lost: list[str] = []
    bads: list[Problem] = []
    for path, noted in (record.files if record else {}).items():
        try:
            now = Disk().read(path)
        except OSError:
            lost.append(f"{path}: gone, with our settings in it")
            continue
        notes = notes_of(noted.ours)
        first = originals.file_of(path)
        if notes is None and first and first.content is not None and read_node(path).digest == noted.digest:
            texts[path] = first.content  # as we left it: nothing of others' would be lost
            continue
        if notes is None:
            way_out = f"Put its text from before there (`{originals.path_of(path)}` has it), then run again."
            bads.append(Problem(path, "to know what we set in it", "a damaged record", path, way_out))
            continue
        try:
            texts[path], missing = undone(now, notes)
        except BadText as bad:
            bads.append(_half_written(path, bad))
            continue
        lost += [f"{path}: `{note.after}` was changed by others since: left as it is" for note in missing]
    if bads:
        raise Refused(bads)
    return Ours(texts, lost)


def _half_written(path: str, bad: BadText) -> Problem:
    way_out = "Somebody edits it? When it is whole again, run this again."
    return Problem(path, "a text that nginx can read", str(bad), path, way_out)


def notes_to(notes: list[Note]) -> str:
    return json.dumps(notes)


def notes_of(text: str) -> list[Note] | None:
    """None: a record that is damaged."""
    try:
        found = [Note(tuple(blocks), before, after, int(nth)) for blocks, before, after, nth in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        return None
    texts = [word for note in found for word in (*note.blocks, note.before, note.after)]
    return found if all(isinstance(word, str) for word in texts) else None
