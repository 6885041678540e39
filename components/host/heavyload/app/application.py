"""The application that a manifest names, and the texts of its units. Pure."""

from __future__ import annotations

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


def of(manifest: Manifest) -> Application:
    """Raises Refused with every value that is missing."""
    given = {s.name[len(PREFIX) :]: s.wanted for s in manifest.settings}
    if missing := [name for name in Application._fields[:3] if name not in given]:
        again = "Run `pulumi up` again."
        raise Refused(Problem(PREFIX + name, "a value", "nothing", "manifest", again) for name in missing)
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
