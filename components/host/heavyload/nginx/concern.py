"""nginx's settings: edited in people's own files, taken by a reload, seen on the running workers and sockets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .. import catalogue
from .. import manifest as manifests
from ..journal import originals
from ..journal.changes import Changes, FileChange
from ..journal.isolated import run_with
from ..journal.node import obstacles, read_node
from ..journal.records import NotedFile, NotedValue, Record
from ..journal.servers import Reload
from ..manifest import Manifest, Setting
from ..nginxtext import directives, listens, tuning
from ..problem import Problem, Refused
from ..report import Row
from ..system import ceiling, conffiles, procsys, sockets
from ..system.addresses import Address
from ..system.machine import memory_mib
from ..system.run import run
from ..system.services import NGINX, Service
from ..system.snapshot import Snapshot
from ..wishes import resolved
from . import descriptors, readiness, reading, reloading, rows, server, site
from .facts import facts_of
from .server import Server

NAME = "nginx"
_OWN = (site.OWN, readiness.OWN)


class Nginx:
    reloads = {NAME: Reload(reloading.reload, service=NGINX, serves=True)}

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        nginx = server.running(snapshot)
        tested = run(server.test(nginx))
        if tested.code != 0:
            raise Refused([_invalid(server.objections(tested.err), "Mend it first: nothing is built on it.")])
        if lacking := site.lacking(manifest):
            raise Refused(lacking)
        ours = reading.without_ours(record)
        untuned: dict[str, bytes | None] = {**ours.texts}
        given: dict[str, NotedFile] = {}
        for own in _OWN:
            before = ours.texts.get(own.path, own.on_disk())
            placed = own.planned(manifest, record, before)
            if placed.text != before:
                untuned[own.path] = placed.text
            if placed.given is not None:
                untouched = _digest(own.path, placed.text)
                given[own.path] = NotedFile(untouched, reading.notes_to([]), given=placed.given)
        config = reading.read(nginx, untuned)
        base = directives.base(config, nginx.version)
        size = self.room(manifest, snapshot)
        wishes = descriptors.kept(resolved(_known(manifest, nginx), base, size), config, nginx, snapshot)
        facts = facts_of(nginx, snapshot)._replace(number=_renumbering(nginx))
        tuned = tuning.tuned(config, wishes, facts, manifest.strict)
        texts = {**untuned, **tuned.texts}
        changed = tuple(_changes(texts))
        found = obstacles(change.path for change in changed) + _unnamed(change.path for change in changed)
        if changed and (objection := descriptors.objection(config, ceiling.here())):
            found.append(objection)
        if found:
            raise Refused(found)
        have = tuned.outcome.base
        live = {name: NotedValue(have[name], wish.value) for name, wish in wishes.items() if name in have}
        tuned_files = {
            path: NotedFile(_digest(path, texts[path]), reading.notes_to(notes)) for path, notes in tuned.notes.items()
        }
        given_too = {path: tuned_files.get(path, file)._replace(given=file.given) for path, file in given.items()}
        noted: dict[str, NotedFile] = {**tuned_files, **given_too}
        return Changes(
            NAME,
            files=changed,
            check=_check(nginx),
            reloads=(NAME,) if changed else (),
            record=Record(manifest.text, noted, live, size),
            notes=(
                *ours.lost,
                *tuned.outcome.notes,
                *map(_left, tuned.outcome.left),
                *conffiles.held_back(change.path for change in changed),
            ),
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        ours = reading.without_ours(record)
        gone: dict[str, bytes | None] = {}
        kept: list[str] = []
        for own in _OWN:
            files, left_there = own.undone(record, ours.texts.get(own.path))
            gone.update(files)
            kept += left_there
        changed = tuple(_changes({**ours.texts, **gone}))
        edited = [
            f"{change.path}: edited since; our settings are taken out, the edits stay"
            for change in changed
            if change.path not in gone and read_node(change.path).digest != record.files[change.path].digest
        ]
        left = (*edited, *ours.lost, *kept)
        try:
            nginx = server.find(snapshot)
        except Refused:  # nginx is gone: nothing reads its files
            return Changes(NAME, files=changed, left=left)
        tested = run(server.test(nginx))
        if tested.code != 0:  # with our settings, so it is not for us to mend, nor to wait for
            said = server.objections(tested.err)
            later = f"nginx takes its files no more ({said}): it serves on with what it has until they are mended"
            return Changes(NAME, files=changed, left=(*left, later))
        return Changes(NAME, files=changed, check=_check(nginx), reloads=(NAME,), left=left)

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        if changes.record is None:
            return []  # the reload has seen to it that nginx took the old text
        manifest = manifests.parse(changes.record.manifest.encode(), NAME)
        way_out = "Look in nginx's error log; `pulumi up` with a new heavyload:reapply sets it again."
        found = self.rows(manifest, changes.record, snapshot)
        return [
            Problem(row.name, f"{row.rule} {row.wanted}", row.now, row.readFrom, way_out)
            for row in found
            if row.is_short
        ]

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # nginx reads its files by itself

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        return [
            *rows.rows(_tuning(manifest), record, snapshot),
            *site.rows(manifest, _of(manifest, site.PREFIX)),
            *readiness.rows(manifest, _of(manifest, readiness.PREFIX)),
        ]

    def services(self, snapshot: Snapshot) -> list[Service]:
        return [snapshot.service(NGINX)]

    def room(self, manifest: Manifest, snapshot: Snapshot) -> Mapping[str, int]:
        """The host's: nginx counts its CPUs itself."""
        return {"cpus": os.cpu_count() or 1, "memory_mib": memory_mib()}

    def version(self, snapshot: Snapshot) -> str | None:
        try:
            return ".".join(map(str, server.find(snapshot).version))
        except Refused:
            return None


def _of(manifest: Manifest, *prefixes: str) -> list[Setting]:
    return [setting for setting in manifest.settings if setting.name.startswith(prefixes)]


def _tuning(manifest: Manifest) -> Manifest:
    """The manifest without what it says of files of ours."""
    ours = _of(manifest, site.PREFIX, readiness.PREFIX)
    return manifest._replace(settings=tuple(setting for setting in manifest.settings if setting not in ours))


def _known(manifest: Manifest, nginx: Server) -> list[Setting]:
    """Those that this version has."""
    knobs = catalogue.SETTINGS[NAME]
    return [setting for setting in _tuning(manifest).settings if not knobs[setting.name].too_new(nginx.version)]


def _unnamed(paths: Iterable[str]) -> list[Problem]:
    """Files of which systemd cannot be told, which shows nginx our texts in their places."""
    way_out = "Give it another name."
    return [
        Problem("nginx's files", "a name in UTF-8", repr(path), os.path.dirname(path), way_out)
        for path in paths
        if not _is_utf8(path)
    ]


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:  # a byte that stands for no letter
        return False
    return True


def _left(problem: Problem) -> str:
    return f"{problem.what} is left as it is at {problem.where}, because of {problem.found}. {problem.way_out}"


def _changes(texts: Mapping[str, bytes | None]) -> Iterator[FileChange]:
    for path, text in texts.items():
        now = read_node(path)
        if now.content != text:
            first = originals.file_of(path)
            # With its owner, mode and labels, when it is the very text.
            yield FileChange(path, first if first and first.content == text else now._replace(content=text))


def _digest(path: str, text: bytes | None) -> str:
    return read_node(path)._replace(content=text).digest


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
    written = {address: line.backlog for address, line in listens.sockets(reading.read(nginx)).items()}
    listening = sockets.listening()
    most = int(procsys.read("net.core.somaxconn") or 0)

    def number(address: Address, wanted: int) -> int:
        asked = written.get(address)
        if asked not in (wanted, wanted + 1):
            return wanted
        short = address in listening and listening[address].queue < min(asked, most)
        return (wanted + 1 if asked == wanted else wanted) if short else asked

    return number
