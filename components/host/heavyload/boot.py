"""What keeps a tuned host tuned over a reboot, and takes back a change that a power cut left half done."""

from __future__ import annotations

from . import catalogue, servers
from . import manifest as manifests
from .concerns import CONCERNS
from .journal import records
from .journal.node import Node
from .journal.undo import recover
from .paths import APP_SERVICE, BOOT_UNIT, COMMAND_LINK, MARKER, PROGRAM, RESIZE_UNIT, UNDO_UNIT, UNITS
from .problem import Problem, Refused
from .say import say

# They set values of their own when they start.
_SETTERS = "ufw.service nftables.service firewalld.service netfilter-persistent.service tuned.service"
_SERVERS = f"nginx.service gunicorn.service {APP_SERVICE}"

_UNDO = f"""\
[Unit]
Description=heavyload: take back a change that was cut off
DefaultDependencies=no
ConditionPathExists={MARKER}
After=local-fs.target
Before=systemd-sysctl.service sysinit.target {_SERVERS} shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart={PROGRAM} boot undo
TimeoutStartSec=60
"""

_RAISE = f"""\
[Unit]
Description=heavyload: raise what fell short at boot
ConditionPathExists={PROGRAM}
After=systemd-sysctl.service systemd-modules-load.service {UNDO_UNIT} {_SETTERS}
Before={_SERVERS}

[Service]
Type=oneshot
ExecStart={PROGRAM} boot raise
TimeoutStartSec=60
"""

# After whatever serves, by whatever name: what it has taken is read from the running one, as at every step.
_RESIZE = f"""\
[Unit]
Description=heavyload: values for this size of the machine
ConditionPathExists={PROGRAM}
After=multi-user.target {BOOT_UNIT}

[Service]
Type=oneshot
ExecStart={PROGRAM} boot resize
TimeoutStartSec=infinity
"""


def _wanted(unit: str, target: str) -> dict[str, Node]:
    return {f"{UNITS}/{target}.wants/{unit}": Node(target=f"{UNITS}/{unit}", mode=0o777)}


FILES: dict[str, Node] = {
    f"{UNITS}/{UNDO_UNIT}": Node(content=f"{_UNDO}\n[Install]\nWantedBy=sysinit.target\n".encode()),
    f"{UNITS}/{BOOT_UNIT}": Node(content=f"{_RAISE}\n[Install]\nWantedBy=multi-user.target\n".encode()),
    f"{UNITS}/{RESIZE_UNIT}": Node(content=f"{_RESIZE}\n[Install]\nWantedBy=multi-user.target\n".encode()),
    **_wanted(UNDO_UNIT, "sysinit.target"),
    **_wanted(RESIZE_UNIT, "multi-user.target"),
    **_wanted(BOOT_UNIT, "multi-user.target"),
    COMMAND_LINK: Node(target=PROGRAM, mode=0o777),
}


def undo() -> None:
    """Early at boot, before any service reads the files."""
    recover(servers, at_boot=True)


def raise_short() -> None:
    problems: list[Problem] = []
    for name, concern in CONCERNS.items():
        record = records.read(name)
        if record is not None:
            manifest, _ = catalogue.split(manifests.parse(record.manifest.encode(), name))
            problems += concern.boot(manifest, record)
    if problems:
        raise Refused(problems, "the rest was raised")
    say("boot: every value is in force")
