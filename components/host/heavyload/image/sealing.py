"""Makes the disk of a proven host one that an image may be made of."""

from __future__ import annotations

import time

from .. import drift, overview, owner
from .. import manifest as manifests
from ..journal import files
from ..journal.node import read_node
from ..paths import IMAGE, MACHINE_ID
from ..problem import Problem, Refused
from ..say import result, say
from ..system import identity
from . import record, sshkeys
from .record import Image


def seal(raw: bytes) -> None:
    """Refuses a host that is not as it was left: every copy would be like it. Without an id of its own a machine that
    boots from the disk is given one, as machine-id(5) says."""
    manifest = manifests.parse(raw, "seal")
    if objection := owner.objection(manifest.owner):
        raise Refused([objection])
    machine = identity.read()
    problems = [*overview.others_than_meant(manifest), *drift.now(), *sshkeys.objections()]
    if not machine:
        way_out = "Make images of machines alone whose firmware tells one from the other."
        problems.append(Problem("this machine", "an id in its firmware", "none", "/sys/class/dmi/id", way_out))
    if problems:
        raise Refused(problems)
    earlier = record.read()
    before = earlier.machine_ids if earlier and earlier.machine == machine else ()
    ids = dict.fromkeys(one for one in (*before, machine_id()) if one)
    sealed = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    record.forget_copy()
    record.write(Image(machine, manifest.owner.stack, sealed, tuple(ids), sshkeys.digests()))
    files.put(MACHINE_ID, read_node(MACHINE_ID)._replace(content=b""))
    result(f"seal: an image of this disk may be made, {IMAGE}")


def unseal() -> None:
    """A machine that has not booted since has no id: it gets back the one that it had."""
    image = record.read()
    if image is not None and image.machine == identity.read() and image.machine_ids and not machine_id():
        last = image.machine_ids[-1]
        files.put(MACHINE_ID, read_node(MACHINE_ID)._replace(content=f"{last}\n".encode()))
        say("this machine has its id again")


def machine_id() -> str:
    with open(MACHINE_ID, encoding="ascii", errors="replace") as file:
        return file.read().strip()
