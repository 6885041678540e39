"""What is applied here, read from the live host: for Pulumi's report, and for people."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from typing import Union

from . import manifest as manifests
from . import owner, records
from .concerns import CONCERNS
from .entry import read_entry
from .gunicorn import unit as units
from .problem import Problem, Refused
from .report import Row, table
from .requirements import memory_mib, os_release
from .run import run
from .say import result

Facts = dict[str, Union[str, int, None]]


def rows() -> list[Row]:
    found: list[Row] = []
    for name, concern in CONCERNS.items():
        record = records.read(name)
        if record is not None:
            found += concern.rows(manifests.parse(record.manifest.encode(), name), record)
    return found


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
    result(json.dumps({"host": facts()}))
    for row in rows():
        result(json.dumps({"setting": row.to_json()}))


def facts() -> Facts:
    return {
        "os": os_release().get("PRETTY_NAME", platform.system()),
        "kernel": platform.release(),
        "cpus": os.cpu_count(),
        "memoryMiB": memory_mib(),
        "nginx": _version(("nginx", "-v")),
        "gunicorn": _version((*_gunicorn(), "--version")),
    }


def _gunicorn() -> tuple[str, ...]:
    """The one that runs: a virtual environment has its own."""
    try:
        command = units.find().command
    except Refused:
        return ("gunicorn",)
    python = os.path.basename(command[0]).startswith("python")
    return command[: 3 if command[1:2] == ("-m",) else 2] if python else command[:1]


def _version(argv: tuple[str, ...]) -> str | None:
    done = run(argv, timeout=20)
    found = re.search(r"\d+(\.\d+)+", done.out + done.err)
    return found[0] if found and done.code == 0 else None


def status(as_json: bool) -> None:
    if as_json:
        settings = [row.to_json() for row in rows()]
        result(json.dumps({"owner": owner.read(), "host": facts(), "settings": settings}, indent=1))
        return
    if owner.read() == owner.NOBODY:
        result("heavyload is not applied on this host")
        return
    result(f"owner: {owner.read()}")
    result(table(rows()))


def verify() -> None:
    """Passes when each value is in force and each file of ours is as we left it."""
    found = rows()
    problems = [
        Problem(row.name, f"{row.rule} {row.wanted}", row.now, row.readFrom, "Run `pulumi up` with a new reapply.")
        for row in found
        if not row.ok
    ]
    for name in ("host", *CONCERNS):
        record = records.read(name)
        for path, noted in record.files.items() if record else ():
            if read_entry(path).digest != noted["digest"]:
                state = "nothing" if not os.path.lexists(path) else "another text"
                problems.append(Problem(path, "the text we left", state, path, "Look who changed it."))
    result(table(found))
    if problems:
        raise Refused(problems, "nothing was touched")
    result(f"{len(found)} settings passed, 0 failed")
