"""A copy of a disk becomes a machine of its own, before anything of it can be reached."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Sequence

from .. import owner
from ..journal import files
from ..journal.node import read_node
from ..manifest import Owner
from ..paths import DBUS_MACHINE_ID, MACHINE_ID
from ..problem import refuse
from ..say import say
from ..system import identity
from . import record, sshkeys
from .record import Copy, Image
from .sealing import machine_id


def become() -> None:
    """Nothing on any other machine than a copy. Cut off anywhere, the next boot does it again."""
    image = record.read()
    if image is None:
        return
    machine = identity.read()
    if not record.is_foreign():
        _remember(image)
        return
    if not machine:
        way_out = "Boot images of it on machines alone whose firmware tells one from the other."
        raise refuse("this machine", "an id in its firmware", "none", "/sys/class/dmi/id", way_out)
    sshkeys.replace(image.host_keys)
    _own_machine_id(image.machine_ids)
    owner.write(Owner(image.stack, f"copy:{machine}"))
    since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    record.write_copy(Copy(machine, since))
    _remember(image)
    say(f"copy: this machine, {machine}, is a copy of {image.machine} and has keys, id and owner of its own now")


def _remember(image: Image) -> None:
    """What this machine itself is known by now: an image may be made of it without another seal, of a copy too."""
    ids = dict.fromkeys(one for one in (*image.machine_ids, machine_id()) if one)
    now = image._replace(machine_ids=tuple(ids), host_keys=sshkeys.digests())
    if now != image:
        record.write(now)


def _own_machine_id(of_the_other: Sequence[str]) -> None:
    """systemd has given it one, since the image has none; unless the other had booted after it was sealed."""
    if machine_id() in of_the_other:
        files.put(MACHINE_ID, read_node(MACHINE_ID)._replace(content=f"{uuid.uuid4().hex}\n".encode()))
        say("copy: its machine-id was the other's; the new one is in force after the next boot")
    if os.path.isfile(DBUS_MACHINE_ID) and not os.path.islink(DBUS_MACHINE_ID):
        files.remove(DBUS_MACHINE_ID)
        os.symlink(MACHINE_ID, DBUS_MACHINE_ID)
