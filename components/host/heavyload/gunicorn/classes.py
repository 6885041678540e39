"""gunicorn's worker classes: which of the settings each of them reads, and what a version of gunicorn is known for.
Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .. import rules

SYNC, GTHREAD = "sync", "gthread"
_NAMES = {"gunicorn.workers.sync.SyncWorker": SYNC, "gunicorn.workers.gthread.ThreadWorker": GTHREAD}
# An application for asyncio or gevent has as many requests in hand as come.
_ASYNC = ("threads", "worker_connections")
_NOT_READ = {
    SYNC: ("threads", "worker_connections", "keepalive"),  # more threads than one would make it another class
    GTHREAD: (),
    **dict.fromkeys(("gevent", "eventlet", "tornado"), _ASYNC),
    **dict.fromkeys(("uvicorn.workers.UvicornWorker", "uvicorn_worker.UvicornWorker"), _ASYNC),
    **dict.fromkeys(("uvicorn.workers.UvicornH11Worker", "uvicorn_worker.UvicornH11Worker"), _ASYNC),
}
# Others may listen anew with a queue of their own: gunicorn's own for asyncio does, with 100.
_OTHERS = (*_ASYNC, "backlog")
# Those of gthread stop answering, kept connections and all, once a worker has nearly worker_connections of them.
_DEAF_FROM, _DEAF_BEFORE = (21,), (24, 1)


def unread(worker_class: str, names: Iterable[str]) -> list[str]:
    """Those of gunicorn's settings that the class does not read, or that mean something else to it."""
    without = _NOT_READ.get(_NAMES.get(worker_class, worker_class), _OTHERS)
    return [name for name in names if name in without]


def goes_deaf(version: str) -> bool:
    """Whether a small worker_connections must not be given to it."""
    numbers = rules.version(version)[:2]
    return not numbers or _DEAF_FROM <= numbers < _DEAF_BEFORE


# The same, for the configuration that gunicorn reads: another version may be installed later.
GUARD = f"""\
import gunicorn

if {_DEAF_FROM!r} <= tuple(int(part) for part in gunicorn.__version__.split(".")[:2]) < {_DEAF_BEFORE!r}:
    worker_connections = max(worker_connections, 1000)
"""
