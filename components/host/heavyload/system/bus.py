"""What systemd knows of its units, exactly: by its own D-Bus interface. `systemctl show` prints it for people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..problem import refuse
from .run import run

_SYSTEMD = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1")
INFINITY = 2**64 - 1
"""Of a time or a limit."""

Properties = Mapping[str, Any]


def unit(name: str) -> Properties:
    """The properties of a unit, which is loaded for that; where there is none, `LoadState` says so."""
    place = f"{_SYSTEMD[1]}/unit/{_label(name)}"
    # An empty interface: those of all kinds.
    (said,) = _call(place, "org.freedesktop.DBus.Properties", "GetAll", "s", "")
    return {key: value["data"] for key, value in said.items()}


def loaded(pattern: str) -> list[str]:
    """Names of the units that are loaded, by a pattern of systemd's, such as `site@*.service`."""
    manager = "org.freedesktop.systemd1.Manager"
    (units,) = _call(_SYSTEMD[1], manager, "ListUnitsByPatterns", "asas", "0", "1", pattern)
    return [one[0] for one in units]


def _call(place: str, interface: str, method: str, *arguments: str) -> list[Any]:
    done = run(("busctl", "--json=short", "call", _SYSTEMD[0], place, interface, method, *arguments))
    if done.code != 0:
        way_out = "Install and start dbus."
        raise refuse("systemd", "an answer by D-Bus", done.err.strip(), f"busctl, {method} of {place}", way_out)
    return list(json.loads(done.out)["data"])


def _label(name: str) -> str:
    """As sd_bus_path_encode(3) writes a name into a path."""
    return re.sub(rb"[^A-Za-z0-9]|^[0-9]", lambda found: b"_%02x" % found[0][0], name.encode()).decode()
