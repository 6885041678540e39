"""What a change of files asks of the running system, by name: data that a marker can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import services
from .app import reloading as app
from .gunicorn import reloading as gunicorn
from .nginx import reloading as nginx
from .problem import refuse
from .run import run


class Reload(NamedTuple):
    run: Callable[[], None]
    at_boot: bool = False
    """Needed even before anything has started: systemd has read its units by then."""


def _units() -> None:
    argv = ("systemctl", "daemon-reload")
    done = run(argv, timeout=90)
    if done.code != 0:
        raise refuse("reload of units", "exit status 0", f"{done.code}: {done.err.strip()}", " ".join(argv), "Run it.")


RELOADS = {
    "units": Reload(_units, at_boot=True),
    "app": Reload(app.reload),
    "gunicorn": Reload(gunicorn.reload),
    "nginx": Reload(nginx.reload),
}


def reload(name: str) -> None:
    services.forget()
    RELOADS[name].run()
    services.forget()
