"""The site of an application that we have set up: what nginx reads for it, and what becomes of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import NamedTuple

from ..journal.records import Record
from ..manifest import Manifest, Setting
from ..paths import APP_LISTEN, APP_SITE
from ..problem import Problem, Refused
from ..report import Row, state
from ..system import answers
from .reading import Disk

PREFIX = "app."
NAMES, STATIC = f"{PREFIX}server_names", f"{PREFIX}static_root"
_EVERY_NAME = "_"


class Site(NamedTuple):
    text: bytes | None
    """Of its file, before it is tuned; None: no such file."""
    given: str | None = None
    """The text that we gave the file."""


def wanted(manifest: Manifest) -> str | None:
    """The text that the manifest asks for, if it asks for a site."""
    names = manifest.wanted(NAMES)
    return None if names is None else render(names, manifest.wanted(STATIC) or "", os.path.exists("/proc/net/if_inet6"))


def render(names: str, static_root: str, inet6: bool) -> str:
    """Pure. `names`: with blanks between; `_`: whoever asks for a name that no other site has."""
    every = " default_server" if names == _EVERY_NAME else ""
    listens = [f"    listen {where}{every};\n" for where in ("80", *(("[::]:80",) if inet6 else ()))]
    static = f"\n    location /static/ {{\n        alias {static_root}/;\n    }}\n" if static_root else ""
    return f"""\
# Written by heavyload: `heavyload restore` takes it away.
upstream heavyload_app {{
    server unix:{APP_LISTEN} fail_timeout=0;
}}

server {{
{"".join(listens)}    server_name {names};
{static}
    location / {{
        proxy_pass http://heavyload_app;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
}}
"""


def planned(manifest: Manifest, record: Record | None, now: bytes | None) -> Site:
    """`now`: the file as it is, without our tuning. Raises Refused where it has to change and others have edited it."""
    given, text = _given(record), wanted(manifest)
    if text is None:
        return Site(None) if given is not None else Site(now)
    if now is None or (given is not None and now == given.encode()):
        return Site(text.encode(), text)
    if given == text:
        return Site(now, text)  # others have edited it: theirs, tuned
    way_out = "Move it away and run again, then put your own lines back in."
    raise Refused([Problem("app's site", "nothing, or the text we left", "another's text", APP_SITE, way_out)])


def undone(record: Record, now: bytes | None) -> tuple[dict[str, bytes | None], list[str]]:
    """The files that a restore leaves, None: no such file. What others have edited is kept where nginx does not read
    it: its application is gone."""
    given = _given(record)
    if given is None:
        return {}, []
    if now is None or now == given.encode():
        return {APP_SITE: None}, []
    aside = f"{APP_SITE}.edited"
    return {APP_SITE: None, aside: now}, [f"{APP_SITE}: edited since; kept as {aside}"]


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


def on_disk() -> bytes | None:
    try:
        return Disk().read(APP_SITE)
    except FileNotFoundError:
        return None


def _given(record: Record | None) -> str | None:
    noted = record.files.get(APP_SITE) if record else None
    return noted.given if noted else None
