"""The keys by which sshd proves that it is this host's."""

from __future__ import annotations

import glob
import os

from ..journal import files
from ..paths import SSH_KEYS
from ..problem import Problem, Refused
from ..system.run import run

_PUBLIC = f"{SSH_KEYS % '*'}.pub"


def public() -> list[str]:
    found = []
    for path in sorted(glob.glob(_PUBLIC)):
        with open(path, encoding="utf-8", errors="backslashreplace") as file:
            found.append(file.read().strip())
    return found


def replace(of_others: tuple[str, ...]) -> None:
    """Those of others go, and each kind that is missing is made. Raises Refused where sshd would have none."""
    for path in glob.glob(_PUBLIC):
        with open(path, encoding="utf-8", errors="backslashreplace") as file:
            theirs = file.read().strip() in of_others
        if theirs:
            for gone in (path[: -len(".pub")], path):
                if os.path.lexists(gone):
                    files.remove(gone)
    made = run(("ssh-keygen", "-A"))
    if made.code != 0:
        way_out = "Make them with `ssh-keygen -A`, then start sshd."
        raise Refused([Problem("keys of sshd", "keys of this host's own", made.err.strip(), "/etc/ssh", way_out)])
