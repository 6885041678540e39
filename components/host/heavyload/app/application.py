"""The application that a manifest names, and the texts of its units. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..manifest import Manifest
from ..paths import APP_LISTEN, APP_SOCKET
from ..problem import Problem, Refused

PREFIX = "app."


class Application(NamedTuple):
    wsgi: str
    directory: str
    user: str
    virtualenv: str = ""
    environment_file: str = ""

    @property
    def gunicorn(self) -> str:
        return f"{self.virtualenv}/bin/gunicorn" if self.virtualenv else "/usr/bin/gunicorn"

    @property
    def surroundings(self) -> tuple[str, ...]:
        """What systemd starts it in."""
        files = (f"EnvironmentFile={self.environment_file}",) if self.environment_file else ()
        return (f"User={self.user}", f"WorkingDirectory={self.directory}", *files, "PrivateTmp=yes")


_PATH = r"/[A-Za-z0-9_./@+-]*"
_FORMS: Mapping[str, str] = {
    "wsgi": r"[A-Za-z_][A-Za-z0-9_.]*(:[A-Za-z_][A-Za-z0-9_]*)?",
    "directory": _PATH,
    "user": r"[A-Za-z_][A-Za-z0-9_.-]*",
    "virtualenv": _PATH,
    "environment_file": _PATH,
}


def of(manifest: Manifest) -> Application:
    """Raises Refused with every value that could mean something else in a unit file."""
    given = {s.name[len(PREFIX) :]: s.wanted for s in manifest.settings}
    wrong = [
        (name, given.get(name, "nothing"))
        for name in dict.fromkeys((*Application._fields[:3], *given))
        if not re.fullmatch(_FORMS.get(name, r"\b\B"), given.get(name, ""))
    ]
    if wrong:
        raise Refused(
            Problem(PREFIX + name, _FORMS.get(name, "no such name"), found, "manifest", "Run `pulumi up` again.")
            for name, found in wrong
        )
    return Application(**given)


def service(app: Application) -> str:
    """Its queue is the socket unit's: a restart loses no request."""
    lines = "\n".join(app.surroundings)
    return f"""\
[Unit]
Description=gunicorn for {app.wsgi}, set up by heavyload
Requires={APP_SOCKET}
After=network.target

[Service]
Type=notify
{lines}
ExecStart={app.gunicorn} {app.wsgi}
ExecReload=/bin/kill -s HUP $MAINPID
KillMode=mixed
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""


def socket(web_user: str) -> str:
    """`web_user`: whom nginx's workers run as. Nobody else passes by nginx."""
    return f"""\
[Unit]
Description=queue of the application that heavyload set up

[Socket]
ListenStream={APP_LISTEN}
SocketUser={web_user}
SocketMode=0600
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
"""
