"""The site of an application that we have set up: what nginx reads for it, and what becomes of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from ..manifest import Manifest, Setting
from ..paths import APP_LISTEN, APP_SITE
from ..problem import Problem
from ..report import Row, state
from ..system import answers
from .ownfile import OwnFile

PREFIX = "app."
NAMES, STATIC = f"{PREFIX}server_names", f"{PREFIX}static_root"
_EVERY_NAME = "_"


def wanted(manifest: Manifest) -> str | None:
    names = manifest.wanted(NAMES)
    if names is None:
        return None
    every = " default_server" if names == _EVERY_NAME else ""
    return render(names, manifest.wanted(STATIC) or "", listening("80", every))


def listening(port: str, every: str = "") -> str:
    """The lines of a server that listens to everybody: a kernel may know no IPv6."""
    places = (port, *((f"[::]:{port}",) if os.path.exists("/proc/net/if_inet6") else ()))
    return "".join(f"    listen {place}{every};\n" for place in places)


def render(names: str, static_root: str, listens: str) -> str:
    """Pure. `names`: with blanks between; `_`: whoever asks for a name that no other site has."""
    static = f"\n    location /static/ {{\n        alias {static_root}/;\n    }}\n" if static_root else ""
    return f"""\
# Written by heavyload: `heavyload restore` takes it away.
upstream heavyload_app {{
    server unix:{APP_LISTEN} fail_timeout=0;
}}

server {{
{listens}    server_name {names};
{static}
    location / {{
        proxy_pass http://heavyload_app;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
}}
"""


def lacking(manifest: Manifest) -> list[Problem]:
    root = manifest.wanted(STATIC)
    if root is None or os.path.isdir(root):
        return []
    way_out = "Collect the static files there first, or leave app.staticRoot out."
    return [Problem("app.staticRoot", root, "no such folder", root, way_out)]


def rows(manifest: Manifest, settings: Iterable[Setting]) -> list[Row]:
    """What nginx answers by the site's first name: the application, and a file of its static ones."""
    names = (manifest.wanted(NAMES) or "").split()
    if not names:
        return []
    asked = "localhost" if names[0] == _EVERY_NAME else answers.visited(names[0])
    nginx = answers.tcp("127.0.0.1", 80)
    found = []
    for setting in settings:
        if setting.name == NAMES:
            path, status = "/", answers.settled_status(nginx, asked, 5)
            ok = answers.serves(status)
        else:
            path = _static_file(setting.wanted)
            status = answers.status(nginx, asked, path) if path else 0
            ok = status == 200 or not path
        said = answers.said(status) if path else "inferred, no file in it"
        now, source = setting.wanted if ok else said, f"{said}: GET {path} for {asked} on 127.0.0.1:80; {APP_SITE}"
        found.append(
            Row(
                manifest.concern,
                setting.name,
                setting.wanted,
                "-",
                now,
                setting.wanted,
                setting.rule,
                state(ok),
                source,
            )
        )
    return found


def _static_file(root: str) -> str:
    """The path of some file in it whose name needs no quoting."""
    for folder, _, files in os.walk(root):
        for name in sorted(files):
            path = os.path.relpath(os.path.join(folder, name), root)
            if re.fullmatch(r"[A-Za-z0-9_./-]+", path):
                return f"/static/{path}"
    return ""


OWN = OwnFile("app's site", APP_SITE, wanted)
