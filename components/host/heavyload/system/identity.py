"""Which machine this is, by what no disk carries to another one: a copy of the disk reads something else here."""

from __future__ import annotations

import contextlib
import os
import re

_DMI = "/sys/class/dmi/id"
# Nitro's is the instance's id; the UUID is every other hypervisor's and firmware's. Some leave a place holder there.
_FIRMWARE = (
    (f"{_DMI}/board_asset_tag", re.compile(r"i-[0-9a-f]{8,}")),
    (f"{_DMI}/product_uuid", re.compile(r"(?!0{8}-|f{8}-)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
)
_CONTAINER = "/run/systemd/container"
_INIT = "/proc/1/environ"


def read() -> str:
    """For root. Nothing: it cannot be told. A container sees the firmware of the machine that it runs on, which is not
    its own."""
    if os.path.exists(_CONTAINER):
        variables = dict(part.partition("=")[::2] for part in _text(_INIT).split("\0"))
        return variables.get("container_uuid", "")
    for path, form in _FIRMWARE:
        found = _text(path).strip().lower()
        if form.fullmatch(found):
            return found
    return ""


def _text(path: str) -> str:
    with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
    return ""
