"""The keys by which sshd proves that it is this host's."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Mapping

from ..journal import files
from ..paths import SSH_KEYS
from ..problem import Problem, Refused
from ..system.run import run

_OURS = re.compile((SSH_KEYS % "KIND").replace("KIND", "[a-z0-9]+"))
"""Those that `ssh-keygen -A` makes."""


def digests() -> dict[str, str]:
    """Of each private key, by its path."""
    found = {}
    for path in sorted(glob.glob(SSH_KEYS % "*")):
        with open(path, "rb") as file:
            found[path] = hashlib.sha256(file.read()).hexdigest()
    return found


def objections() -> list[Problem]:
    """Keys that sshd uses and that no copy could make anew: every copy would have the same."""
    asked = run(("sshd", "-T"))
    words = [line.split(None, 1) for line in asked.out.splitlines()]
    named = [word[1] for word in words if len(word) == 2 and word[0] == "hostkey"]
    way_out = "Have sshd use those that `ssh-keygen -A` makes, without HostKey in its configuration."
    strange = [path for path in named if not _OURS.fullmatch(path)]
    return [Problem("keys of sshd", SSH_KEYS % "KIND", path, "sshd -T", way_out) for path in strange]


def replace(of_others: Mapping[str, str]) -> None:
    """Those of others go, and each kind that is missing is made. Raises Refused where sshd would have none."""
    for path, digest in digests().items():
        if of_others.get(path) == digest:
            for gone in (f"{path}.pub", path):
                if os.path.lexists(gone):
                    files.remove(gone)
    made = run(("ssh-keygen", "-A"))
    if made.code != 0:
        way_out = "Make them with `ssh-keygen -A`, then start sshd."
        raise Refused([Problem("keys of sshd", "keys of this host's own", made.err.strip(), "/etc/ssh", way_out)])
