"""What is applied here, read from the live host: for Pulumi's report, and for people."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import time
from functools import partial
from typing import Union

from . import catalogue, owner
from . import manifest as manifests
from .concerns import CONCERNS, SERVERS
from .image import record as images
from .journal import records
from .manifest import Manifest
from .problem import Problem, Refused, problems_of
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
    except (Refused, OSError) as failure:  # what it tunes is gone: the others are told all the same
        return [_gone(name, problem) for problem in problems_of(failure, name, "to be read")]


def changed() -> dict[str, str]:
    """When each layer was changed last, by when its record was written."""
    found = {}
    for name in CONCERNS:
        with contextlib.suppress(FileNotFoundError):
            when = os.stat(records.path_of(name)).st_mtime
            found[name] = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(when))
    return found


def _origin() -> list[str]:
    """Of a machine that images are made of, or that was made of one."""
    image, copy = images.read(), images.copied()
    if image is None:
        return []
    if copy is None:
        return [f"image: one of this disk may be made, sealed {image.sealed}"]
    return [f"copy: of {image.machine} ({image.stack}, sealed {image.sealed}), a machine of its own since {copy.since}"]


def _gone(concern: str, problem: Problem) -> Row:
    what, wanted, now, where, _ = problem
    return Row(concern, what, wanted, "-", now, "-", "exactly", SHORT, where)


def report(raw: bytes) -> list[Row]:
    """One JSON object a line: the host, then each setting. Refuses when another plan is in force than was meant."""
    if problems := others_than_meant(manifests.parse(raw, "report")):
        raise Refused(problems)
    snapshot = Snapshot()
    host, settings = both(partial(facts, snapshot), partial(rows, snapshot))
    result(json.dumps({"host": host}))
    for row in settings:
        result(json.dumps({"setting": row.to_json()}))
    return settings


def others_than_meant(manifest: Manifest) -> list[Problem]:
    """Layers of which another manifest is in force than this one names."""
    problems = []
    for name, wanted in manifest.manifests.items():
        record = records.read(name)
        found = hashlib.sha256(record.manifest.encode()).hexdigest() if record else "nothing applied"
        if found != wanted:
            way_out = "Set heavyload:reapply to a new text and run `pulumi up`."
            problems.append(Problem(f"manifest of {name}", f"sha256 {wanted}", found, "this host", way_out))
    return problems


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
        known = {
            "owner": "" if owner.damage() else owner.read().stack,
            "origin": _origin(),
            "changed": changed(),
            "host": host,
            "settings": [row.to_json() for row in found],
        }
        result(json.dumps(known, indent=1))
        return
    damaged = owner.damage()
    whose = owner.NOBODY if damaged else owner.read()
    if not damaged and whose == owner.NOBODY:
        result("heavyload is not applied on this host")
        return
    result(f"drift: {damaged}" if damaged else f"owner: {whose}")
    for line in _origin():
        result(line)
    for name, when in changed().items():
        result(f"{name}: last changed {when}")
    found = rows(Snapshot())
    result(table(found))
    result(counts(found))
