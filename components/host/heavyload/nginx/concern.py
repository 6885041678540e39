"""nginx's settings: edited in people's own files, taken by a reload, seen on the running workers and sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from .. import manifest as manifests
from .. import originals, procsys, sockets
from ..changes import Changes, FileChange, Record
from ..entry import obstacles, read_entry
from ..isolated import run_with
from ..manifest import Manifest
from ..nginxtext import directives, listens, tuning
from ..nginxtext.addresses import Address
from ..problem import Problem, Refused
from ..report import Row
from ..run import run
from ..wishes import resolved
from . import reading, rows, server
from .facts import facts_of
from .server import Server

NAME = "nginx"


class Nginx:
    def plan(self, manifest: Manifest, record: Record | None) -> Changes:
        nginx = server.find()
        if not nginx.main:
            way_out = "Start it (`systemctl start nginx`): what a server has taken is read from the one that runs."
            raise Refused([Problem("nginx", "a running nginx", "a stopped one", "nginx.service", way_out)])
        tested = run(server.test(nginx))
        if tested.code != 0:
            raise Refused([_invalid(server.objections(tested.err), "Mend it first: nothing is built on it.")])
        ours = reading.without_ours(record)
        config = reading.read(nginx.conf, ours.texts)
        wishes = resolved(manifest.settings, directives.base(config))
        facts = facts_of(nginx)._replace(number=_renumbering(nginx))
        tuned = tuning.tuned(config, wishes, facts)
        texts = {**ours.texts, **tuned.texts}
        changed = tuple(_changes(texts))
        if found := obstacles(change.path for change in changed):
            raise Refused(found)
        base = tuned.outcome.base
        live = {name: {"base": base[name], "ours": wish.value} for name, wish in wishes.items() if name in base}
        noted = {
            path: {"digest": _digest(path, texts[path]), "ours": reading.notes_to(notes)}
            for path, notes in tuned.notes.items()
        }
        return Changes(
            NAME,
            files=changed,
            check=_check(nginx),
            reloads=(NAME,) if changed else (),
            record=Record(manifest.text, noted, live),
            notes=(*ours.lost, *tuned.outcome.notes),
        )

    def undo(self, record: Record) -> Changes:
        ours = reading.without_ours(record)
        changed = tuple(_changes(ours.texts))
        edited = [
            f"{change.path}: edited since; our settings are taken out, the edits stay"
            for change in changed
            if read_entry(change.path).digest != record.files[change.path]["digest"]
        ]
        try:
            check = _check(server.find())
        except Refused:  # nginx is gone: nothing reads its files
            return Changes(NAME, files=changed, left=(*edited, *ours.lost))
        return Changes(NAME, files=changed, check=check, reloads=(NAME,), left=(*edited, *ours.lost))

    def verify(self, changes: Changes) -> list[Problem]:
        if changes.record is None:
            return []  # the reload has seen to it that nginx took the old text
        manifest = manifests.parse(changes.record.manifest.encode(), NAME)
        way_out = "Look in nginx's error log; `pulumi up` with a new heavyload:reapply sets it again."
        rows = self.rows(manifest, changes.record)
        return [
            Problem(row.name, f"{row.rule} {row.wanted}", row.now, row.readFrom, way_out) for row in rows if not row.ok
        ]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # nginx reads its files by itself

    def rows(self, manifest: Manifest, record: Record) -> list[Row]:
        return rows.rows(manifest, record)


def _changes(texts: Mapping[str, bytes]) -> Iterator[FileChange]:
    for path, text in texts.items():
        now = read_entry(path)
        if now.content != text:
            first = originals.file_of(path)
            # With its owner, mode and labels, when it is the very text.
            yield FileChange(path, first if first and first.content == text else now._replace(content=text))


def _digest(path: str, text: bytes) -> str:
    return read_entry(path)._replace(content=text).digest


def _check(nginx: Server) -> Callable[[Sequence[FileChange]], list[Problem]]:
    def check(changes: Sequence[FileChange]) -> list[Problem]:
        tested = run_with(changes, server.test(nginx))
        way_out = "Nothing was switched; please report the configuration."
        return [_invalid(server.objections(tested.err), way_out)] if tested.code != 0 else []

    return check


def _invalid(found: str, way_out: str) -> Problem:
    return Problem("nginx's configuration", "one that `nginx -t` takes", found, "nginx -t", way_out)


def _renumbering(nginx: Server) -> Callable[[Address, int], int]:
    """nginx asks the kernel for a queue only when the number is another than it asked for before: where that was when
    the kernel allowed less, the number moves by one."""
    written = {address: line.backlog for address, line in listens.sockets(reading.read(nginx.conf)).items()}
    listening = sockets.listening()
    most = int(procsys.read("net.core.somaxconn") or 0)

    def number(address: Address, wanted: int) -> int:
        asked = written.get(address)
        if asked not in (wanted, wanted + 1):
            return wanted
        short = address in listening and listening[address].queue < min(asked, most)
        return (wanted + 1 if asked == wanted else wanted) if short else asked

    return number
