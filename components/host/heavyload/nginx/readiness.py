"""What a load balancer asks whether this host is ready: on a port of its own nginx answers 503 until the host has
proven itself since its boot, and from then on what the site answers."""

from __future__ import annotations

from collections.abc import Iterable

from ..manifest import Manifest, Setting
from ..paths import READINESS_SITE, READY
from ..report import Row, state
from ..system import answers
from .ownfile import OwnFile
from .site import listening

PREFIX = "readiness."
PORT, PATH, HOST = f"{PREFIX}port", f"{PREFIX}path", f"{PREFIX}host"
_NOT_YET = 503
_PATIENCE = 5  # seconds


def wanted(manifest: Manifest) -> str | None:
    port, path, host = (manifest.wanted(name) for name in (PORT, PATH, HOST))
    return None if port is None else render(port, path or "/", host or "localhost", listening(port))


def render(port: str, path: str, host: str, listens: str) -> str:
    """Pure. The site is asked as a balancer that ended TLS would ask it."""
    return f"""\
# Written by heavyload: `heavyload restore` takes it away.
server {{
{listens}    server_name _;
    access_log off;

    location = / {{
        if (!-e {READY}) {{
            return {_NOT_YET};
        }}
        proxy_pass http://127.0.0.1:80{path};
        proxy_set_header Host {host};
        proxy_set_header X-Forwarded-Proto https;
        proxy_connect_timeout 5s;
        proxy_read_timeout 5s;
    }}
    location / {{
        return 404;
    }}
}}
"""


OWN = OwnFile("readiness' file", READINESS_SITE, wanted)


def rows(manifest: Manifest, settings: Iterable[Setting]) -> list[Row]:
    """That it answers: not yet, or as the site does."""
    port = manifest.wanted(PORT)
    if port is None:
        return []
    nginx = answers.tcp("127.0.0.1", int(port))
    status = answers.status(nginx, "localhost")
    if status != _NOT_YET and not answers.serves(status):  # a worker on its way
        status = answers.settled_status(nginx, "localhost", _PATIENCE)
    ok = status == _NOT_YET or answers.serves(status)
    said = answers.said(status)
    source = f"{said}: GET / on 127.0.0.1:{port}; {READINESS_SITE}"
    return [
        Row(
            manifest.concern,
            setting.name,
            setting.wanted,
            "-",
            setting.wanted if ok else said,
            setting.wanted,
            setting.rule,
            state(ok),
            source,
        )
        for setting in settings
    ]
