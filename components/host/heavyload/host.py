"""The host itself as a concern: the program, the owner, the boot units; restoring it restores everything."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping

from . import boot, damage, owner, program, ready, requirements, servers, steps
from .concerns import CONCERNS
from .image import sealing
from .journal import closed, files, records, undo, wholefile
from .journal.changes import Changes, FileChange
from .journal.node import Node, obstacles, read_node
from .journal.records import NotedFile, Record
from .journal.transaction import carry_out
from .manifest import Manifest, Owner
from .paths import COMMAND_LINK, MARKER, PROGRAM, STATE
from .problem import Problem, Refused, problems_of
from .say import result

CONCERN = "host"


def apply(modules: Mapping[str, str], manifest: Manifest, plans: Mapping[str, str]) -> None:
    """Installs the program and what keeps the host tuned over a reboot.

    `plans`: the manifests of the steps that follow. What stands in the way of any of them is found here, together
    with what the host lacks, before anything is touched.
    """
    found = requirements.problems(manifest)
    if not found:
        steps.tidy()  # what a killed run left behind is not the host's own
    wanted = {path: node for path, node in boot.FILES.items() if path != COMMAND_LINK or _may_link()}
    places = (PROGRAM, *(path for path, node in wanted.items() if _differs(path, node)))
    if found := [*found, *obstacles(wanted), *closed.objections(places), *steps.problems(plans)]:
        raise Refused(found)
    fresh, before = not os.path.exists(STATE), owner.read()
    try:
        files.private_folder(STATE)
        version = program.install(modules)
        owner.write(manifest.owner)
        changed = [FileChange(path, node) for path, node in wanted.items() if _differs(path, node)]
        noted = {path: NotedFile(node.digest) for path, node in wanted.items()}
        record = Record(manifest.text, noted)
        reloads = ("units",) if changed else ()
        notes = (*requirements.notes(), *_no_link(wanted))
        _carry_out(Changes(CONCERN, files=tuple(changed), reloads=reloads, record=record, notes=notes))
    except BaseException:
        if fresh and not os.path.lexists(MARKER):  # an undo that failed still needs what lies there
            shutil.rmtree(STATE, ignore_errors=True)
        elif before != owner.NOBODY:  # who takes a host over and fails does not have it
            owner.write(before)
        raise
    result(f"host: ready, program {version}, owner {manifest.owner.stack}")


def restore(by: Owner) -> None:
    """Everything that was ever applied goes back, the outermost concern first; then nothing of ours is left.

    `by` NOBODY: whoever owns it, for people on the host.
    """
    if by != owner.NOBODY and (other := owner.other_than(by)) != owner.NOBODY:
        result(f"host: it belongs to {other} now, nothing of it was touched")
        return
    if not os.path.exists(STATE):
        result("host: nothing to restore")
        return
    first_values = damage.set_aside()
    steps.tidy()
    stuck: list[Problem] = []
    for concern in reversed(CONCERNS):
        try:
            steps.undo(concern)
        except Exception as failure:  # the others do not wait for it
            stuck += problems_of(failure, concern, "to go back")
    if stuck:
        raise Refused(stuck, "all else went back")
    record = records.read(CONCERN)
    if record is not None:
        _carry_out(_undo(record))
    if lost := damage.put_back(first_values):
        raise Refused(lost, "all else went back")
    undo.sweep()
    ready.close()
    with contextlib.suppress(Refused):  # a damaged record of it stops nothing
        sealing.unseal()
    shutil.rmtree(STATE)
    files.sync_folder(STATE)
    result("host: restored, nothing of heavyload is left")


def _undo(record: Record) -> Changes:
    files_of_ours = wholefile.removed(record)
    return Changes(CONCERN, files=files_of_ours.changes, reloads=("units",), left=files_of_ours.left)


def _carry_out(changes: Changes) -> None:
    def verify() -> list[Problem]:
        return [
            Problem(change.path, change.new.digest, read_node(change.path).digest, change.path, "Run again.")
            for change in changes.files
            if _differs(change.path, change.new)
        ]

    carry_out(changes, verify, servers)


def _differs(path: str, node: Node) -> bool:
    return read_node(path).digest != node.digest


def _may_link() -> bool:
    """Somebody else's command of our name stays, and a host whose /usr is read-only does without."""
    now = read_node(COMMAND_LINK)
    return now.digest == boot.FILES[COMMAND_LINK].digest or (now.absent and not closed.objection(COMMAND_LINK))


def _no_link(wanted: Mapping[str, Node]) -> tuple[str, ...]:
    return () if COMMAND_LINK in wanted else (f"{COMMAND_LINK} is not ours to make: call {PROGRAM} instead",)
