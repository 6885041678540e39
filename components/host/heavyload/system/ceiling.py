"""How high a hard limit of open files can get here.

It can rise only with CAP_SYS_RESOURCE outside of all user namespaces, which many a container's and build machine's root
lacks. There systemd gives what it has itself, whatever a unit asks for, and says nothing; pam_limits shuts out.
"""

from __future__ import annotations

import os
import resource
from functools import cache
from typing import NamedTuple

from ..problem import Problem
from . import prlimits, procsys


class Ceiling(NamedTuple):
    most: int
    """The highest hard limit that a service or a login can have."""
    fixed: bool
    """No hard limit can rise, so none may be lowered: it could not be brought back."""

    def given(self, limit: str) -> str:
        """What systemd starts a service with whose unit says `limit`. All limits are `SOFT HARD`."""
        return " ".join(str(min(int(part), self.most)) for part in limit.split()) if self.fixed else limit

    def reach(self, now: str, target: str) -> str:
        """The limit nearest to `target` that a running process can get."""
        if not self.fixed:
            return target
        hard = int(now.split()[1])
        return f"{min(int(target.split()[0]), hard)} {hard}"

    def objection(self, hard: str) -> Problem | None:
        """What stands in the way of services and logins with this hard limit."""
        if not self.fixed or int(hard) <= self.most:
            return None
        found = f"{self.most}, and no right to raise it (CAP_SYS_RESOURCE outside of all user namespaces)"
        way_out = (
            f"Have it raised where this system is started (LXC: `lxc.prlimit.nofile = {hard}`; systemd-nspawn: "
            f"`--rlimit=NOFILE={hard}`; in a container of either, no more than that computer's own limit), or choose "
            f"a load that fits and set nofile.hard, nofile.soft and nginx.worker_rlimit_nofile in `tuning` to "
            f"{self.most} or less."
        )
        return Problem("nofile.hard", f"at least {hard}", found, "/proc/1/limits, Max open files", way_out)


def here() -> Ceiling:
    kernel = int(procsys.read("fs.nr_open") or 0)
    if _may_raise(kernel):
        return Ceiling(kernel, fixed=False)
    first = prlimits.of(1) or "0 0"
    return Ceiling(min(int(first.split()[1]), kernel), fixed=True)


@cache
def _may_raise(kernel: int) -> bool:
    """Tried on a child: the capability's bit is set for root of a user namespace too, where it does not help."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    code = 1
    try:
        hard = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], kernel)  # above fs.nr_open nobody may
        for limit in (hard - 1, hard):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 64), limit))
        code = 0
    except (OSError, ValueError):
        pass
    finally:
        os._exit(code)
