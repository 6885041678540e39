"""What is no longer as it was left, read from the live host: for people, and for what watches the host."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence

from . import manifest as manifests
from . import overview, owner, resize
from .concerns import CONCERNS, SERVERS
from .journal import files, records
from .journal.node import read_node
from .paths import OWNER, STATE
from .problem import Problem, Refused, refuse
from .report import Row, counts, numbers
from .say import result
from .system.snapshot import Snapshot

FOUND = 2
"""Exit status where there is some."""
_LAYERS = ("host", *CONCERNS)
_LONGEST = 400


def verify(as_json: bool = False, prometheus: str = "") -> int:
    """Prints each drift, or one line where there is none; `prometheus`: a file for node_exporter's textfile collector.
    Raises Refused where it cannot be told."""
    if not os.path.exists(OWNER) and not any(records.read(name) for name in _LAYERS):
        raise refuse("heavyload", "to be applied here", "nothing", STATE, "Run `pulumi up` first.")
    snapshot = Snapshot()
    rows = overview.rows(snapshot)
    found = _objections(rows, snapshot)
    if prometheus:
        _export(prometheus, rows, found)
    if as_json:
        drift = [problem.to_json() for problem in found]
        result(json.dumps({"drift": drift, "settings": numbers(rows)}, indent=1))
    else:
        for problem in found:
            result(f"drift: {problem}")
        if not found:
            result(f"no drift: {counts(rows)}")
    return FOUND if found else 0


def now() -> list[Problem]:
    snapshot = Snapshot()
    return _objections(overview.rows(snapshot), snapshot)


def tell() -> None:
    """For the package: by layer what has drifted now, and what its manifest says of the time before."""
    snapshot = Snapshot()
    found = _drifted(overview.rows(snapshot), snapshot)
    said = {}
    for name in _LAYERS:
        record = records.read(name)
        if record is not None:
            manifest = manifests.parse(record.manifest.encode(), name)
            now = [_line(problem) for concern, problem in found if concern == name]
            said[name] = {"times": manifest.drift, "drifted": manifest.drifted, "now": now}
    result(json.dumps(said))


def _line(problem: Problem) -> str:
    said = f"{problem.what}: wanted {problem.wanted}, found {problem.found}"
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def _drifted(rows: Sequence[Row], snapshot: Snapshot) -> list[tuple[str, Problem]]:
    """By layer."""
    return [*_values(rows), *resize.problems(snapshot), *_texts()]


def _objections(rows: Sequence[Row], snapshot: Snapshot) -> list[Problem]:
    """What has drifted, and servers that do not run."""
    whose = owner.damage()
    return [*([whose] if whose else []), *(problem for _, problem in _drifted(rows, snapshot)), *_stopped(snapshot)]


def _stopped(snapshot: Snapshot) -> list[Problem]:
    """What is tuned shows on nothing then. No `up` starts what somebody has stopped."""
    found = []
    for name, server in SERVERS.items():
        if records.read(name) is None:
            continue
        try:
            services = server.services(snapshot)
        except (Refused, OSError):  # its rows say so
            continue
        for service in services:
            if service.found and not service.main:
                way_out = f"Look at `systemctl status {service.name}`, then start it."
                found.append(Problem(service.name, "to run", "not running", "systemd", way_out))
    return found


def _values(rows: Sequence[Row]) -> list[tuple[str, Problem]]:
    way_out = "Look who changed it; `pulumi up` with a new heavyload:reapply sets it again."
    return [
        (row.concern, Problem(row.name, _wanted(row), _now(row), row.readFrom, way_out)) for row in rows if row.is_short
    ]


def _wanted(row: Row) -> str:
    return f"{row.rule} {row.wanted}"


def _now(row: Row) -> str:
    return row.now if row.afterReboot in (row.now, "-") else f"{row.now}, after a reboot {row.afterReboot}"


def _texts() -> list[tuple[str, Problem]]:
    """Files of ours, and those that we have edited."""
    found = []
    for name in _LAYERS:
        record = records.read(name)
        for path, noted in record.files.items() if record else ():
            if (now := _other_than(noted.digest, path)) is not None:
                way_out = "Look who changed it: what is theirs stays, whatever is done next."
                found.append((name, Problem(path, "the text we left", now, path, way_out)))
    return found


def _other_than(digest: str, path: str) -> str | None:
    """What stands there instead, in words."""
    try:
        node = read_node(path)
    except Refused as refused:  # no file
        return refused.problems[0].found
    if node.digest == digest:
        return None
    return "nothing" if node.absent else "another text"


def _export(path: str, rows: Sequence[Row], found: Sequence[Problem]) -> None:
    if not (os.path.isabs(path) and os.path.isdir(os.path.dirname(path))):
        way_out = "Name a file in the folder of `--collector.textfile.directory`."
        raise refuse("--prometheus", "a whole path, in a folder that is there", path, "command line", way_out)
    if not path.endswith(".prom"):
        raise refuse("--prometheus", "a name that ends in .prom", path, "command line", "node_exporter reads no other.")
    if os.path.lexists(path) and not os.path.isfile(path):
        way_out = "Name a file of its own."
        raise refuse("--prometheus", "a regular file, or none yet", path, "command line", way_out)
    named = [_sample("heavyload_drift_found", {"what": problem.what}, 1) for problem in found]
    lines = [
        "# HELP heavyload_settings Settings by state, as read from the live host.",
        "# TYPE heavyload_settings gauge",
        *(_sample("heavyload_settings", {"state": state}, count) for state, count in numbers(rows).items()),
        "# HELP heavyload_drift Settings and files that are not as they were left.",
        "# TYPE heavyload_drift gauge",
        _sample("heavyload_drift", {}, len(found)),
        *(["# HELP heavyload_drift_found One of them.", "# TYPE heavyload_drift_found gauge"] if named else []),
        *dict.fromkeys(named),
        "# HELP heavyload_verified_timestamp_seconds When this was read.",
        "# TYPE heavyload_verified_timestamp_seconds gauge",
        _sample("heavyload_verified_timestamp_seconds", {}, int(time.time())),
    ]
    files.write_text(path, "".join(f"{line}\n" for line in lines))


def _sample(name: str, labels: Mapping[str, str], value: int) -> str:
    said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{said}}} {value}" if said else f"{name} {value}"


def _escaped(text: str) -> str:
    """As Prometheus's text format has it."""
    plain = text.encode("utf-8", "backslashreplace").decode()
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
