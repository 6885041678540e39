"""Has gunicorn itself say what it would run with: as the service's user, in its folder and environment, its
application loaded."""

from __future__ import annotations

import os
import re
import subprocess
from typing import NamedTuple

from ..run import ENVIRONMENT
from .unit import ARGS, Unit, environ

_TIME_LIMIT = 120  # seconds: the application is imported
_LINE = re.compile(r"^(\w+) += (.*)$", re.MULTILINE)


class Trial(NamedTuple):
    values: dict[str, str]
    refusal: str
    """Why it would not start; nothing: it would."""


def run(unit: Unit, args: str) -> Trial:
    """`args`: the GUNICORN_CMD_ARGS it would have."""
    running = f"/proc/{unit.main}"
    identity = os.stat(running)
    with open(f"{running}/status", encoding="utf-8") as file:
        groups = re.search(r"^Groups:\s*(.*)$", file.read(), re.MULTILINE)
    try:
        done = subprocess.run(
            [*unit.command, "--print-config"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=False,
            cwd=os.path.realpath(f"{running}/cwd"),
            env={**ENVIRONMENT, **environ(unit), ARGS: args},
            user=identity.st_uid,
            group=identity.st_gid,
            extra_groups=[int(group) for group in groups[1].split()] if groups else [],
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        return Trial({}, str(failure))
    out, said = (raw.decode("utf-8", "backslashreplace") for raw in (done.stdout, done.stderr))
    if done.returncode != 0:
        return Trial({}, " / ".join(said.strip().splitlines()[-3:]) or f"exit status {done.returncode}")
    return Trial(dict(_LINE.findall(out)), "")
