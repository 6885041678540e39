"""Whether a load balancer may send visitors here: not before the host has proven itself since its boot."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence

from . import drift
from . import manifest as manifests
from .image import record
from .journal import records
from .nginx import readiness
from .nginx.concern import NAME as NGINX
from .paths import READY, RUN
from .problem import Problem, Refused
from .report import Row
from .say import say

_PATIENCE, _STEP = 20, 1  # seconds: a service is started before its workers are


def at_boot() -> None:
    """Raises Refused with everything that does not hold; the unit tries again later."""
    if not _asked():
        return
    deadline = time.monotonic() + _PATIENCE
    while found := _objections():
        if time.monotonic() > deadline:
            close()
            raise Refused(found, "no balancer is told that this host is ready")
        time.sleep(_STEP)
    _open()


def after(rows: Sequence[Row]) -> None:
    """What has just been read is proof enough. What falls short later takes no host out that serves."""
    if not _asked():
        close()
    elif not any(row.is_short for row in rows):
        _open()


def close() -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(READY)
    with contextlib.suppress(OSError):  # somebody else's file may be in it
        os.rmdir(RUN)


def _asked() -> bool:
    applied = records.read(NGINX)
    return applied is not None and manifests.parse(applied.manifest.encode(), NGINX).wanted(readiness.PORT) is not None


def _objections() -> list[Problem]:
    if record.is_foreign():
        way_out = "Look at `journalctl -u heavyload-copy`."
        return [Problem("this machine", "to be one of its own", "a copy of another one", "this host", way_out)]
    return drift.now()


def _open() -> None:
    """For nginx's workers to see; gone with the next boot."""
    if os.path.exists(READY):
        return
    os.makedirs(RUN, mode=0o755, exist_ok=True)
    with open(READY, "w", encoding="ascii"):
        pass
    say("ready: balancers are told that this host serves")
