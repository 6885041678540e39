"""What is applied here, read from the live host: for Pulumi's report, and for people."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from functools import partial
from typing import Union

from . import catalogue, owner
from . import manifest as manifests
from .concerns import CONCERNS, SERVERS
from .journal import records
from .journal.node import read_node
from .problem import Problem, Refused
from .report import SHORT, Row, counts, missing, table
from .say import result
from .system.machine import memory_mib, os_release
from .system.snapshot import Snapshot
from .system.together import both, together

Facts = dict[str, Union[str, int, None]]


def rows(snapshot: Snapshot) -> list[Row]:
    return [row for found in together([partial(_rows_of, name, snapshot) for name in CONCERNS]) for row in found]


def _rows_of(name: str, snapshot: Snapshot) -> list[Row]:
    record = records.read(name)
    if record is None:
        return []
    try:
        manifest, strange = catalogue.split(manifests.parse(record.manifest.encode(), name))
        found = CONCERNS[name].rows(manifest, record, snapshot)
        return [*found, *(missing(name, setting, "this program does not know it") for setting in strange)]
    except Refused as refused:  # what it tunes is gone: the others are told all the same
        return [_gone(name, problem) for problem in refused.problems]


def _gone(concern: str, problem: Problem) -> Row:
    what, wanted, now, where, _ = problem
    return Row(concern, what, wanted, "-", now, "-", "exactly", SHORT, where)


def report(raw: bytes) -> None:
    """One JSON object a line: the host, then each setting. Refuses when another plan is in force than was meant."""
    manifest = manifests.parse(raw, "report")
    problems = []
    for name, wanted in manifest.manifests.items():
        record = records.read(name)
        found = hashlib.sha256(record.manifest.encode()).hexdigest() if record else "nothing applied"
        if found != wanted:
            way_out = "Set heavyload:reapply to a new text and run `pulumi up`."
            problems.append(Problem(f"manifest of {name}", f"sha256 {wanted}", found, "this host", way_out))
    if problems:
        raise Refused(problems)
    snapshot = Snapshot(recent=True)
    host, settings = both(partial(facts, snapshot), partial(rows, snapshot))
    result(json.dumps({"host": host}))
    for row in settings:
        result(json.dumps({"setting": row.to_json()}))


def facts(snapshot: Snapshot) -> Facts:
    return {
        "os": os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release(),
        "cpus": os.cpu_count(),
        "memoryMiB": memory_mib(),
        **{name: server.version(snapshot) for name, server in SERVERS.items()},
    }


def status(as_json: bool) -> None:
    if as_json:
        snapshot = Snapshot()
        host, found = both(partial(facts, snapshot), partial(rows, snapshot))
        settings = [row.to_json() for row in found]
        result(json.dumps({"owner": owner.read().stack, "host": host, "settings": settings}, indent=1))
        return
    if owner.read() == owner.NOBODY:
        result("heavyload is not applied on this host")
        return
    result(f"owner: {owner.read()}")
    found = rows(Snapshot())
    result(table(found))
    result(counts(found))


def _found(row: Row) -> str:
    return row.now if row.now == row.afterReboot else f"{row.now}, after a reboot {row.afterReboot}"


def verify() -> None:
    """Passes when each value is in force and each file of ours is as we left it."""
    found = rows(Snapshot())
    problems = [
        Problem(row.name, f"{row.rule} {row.wanted}", _found(row), row.readFrom, "Run `pulumi up` with a new reapply.")
        for row in found
        if row.is_short
    ]
    for name in ("host", *CONCERNS):
        record = records.read(name)
        for path, noted in record.files.items() if record else ():
            if read_node(path).digest != noted.digest:
                state = "nothing" if not os.path.lexists(path) else "another text"
                problems.append(Problem(path, "the text we left", state, path, "Look who changed it."))
    result(table(found))
    if problems:
        raise Refused(problems, "nothing was touched")
    result(counts(found))
