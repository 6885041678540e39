"""Does one thing as another user: some of the kernel's permissions are for a process's own user, not for root."""

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Callable
from typing import NamedTuple


class Identity(NamedTuple):
    uid: int
    gid: int


def parse(status: str) -> Identity | None:
    """From /proc/PID/status. None where its real, effective and saved numbers differ: nobody else can be all three."""
    found = []
    for kind in ("Uid", "Gid"):
        said = re.search(rf"^{kind}:\t([0-9]+)\t([0-9]+)\t([0-9]+)\t", status, re.MULTILINE)
        if said is None or len(set(said.groups())) > 1:
            return None
        found.append(int(said[1]))
    return Identity(*found)


def of(pid: int) -> Identity | None:
    """As `parse`; None too when the process has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="backslashreplace") as file:
            return parse(file.read())
    except (FileNotFoundError, ProcessLookupError):
        return None


def do(identity: Identity, act: Callable[[], None]) -> int:
    """Has a child take the identity for good, without any group of root's, `act` and end. 0, or what errno stopped it.

    No program is executed, and the kernel lets nobody look into a process that has changed its user, unless
    fs.suid_dumpable is 1, which is for debugging.
    """
    child = os.fork()
    if child:
        status = os.waitpid(child, os.WUNTRACED)[1]
        if os.WIFSTOPPED(status):  # its own user may stop it, and would have root wait for ever
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else errno.EINTR  # its own user may end it
    code = errno.EIO
    try:
        os.setgroups([])
        os.setgid(identity.gid)
        os.setuid(identity.uid)
        act()
        code = 0
    except OSError as error:
        code = error.errno or code
    finally:
        os._exit(code)
