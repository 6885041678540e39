"""What keeps a tuned host tuned over a reboot, and takes back a change that a power cut left half done."""

from __future__ import annotations

from . import catalogue, servers
from . import manifest as manifests
from .concerns import CONCERNS
from .journal import records
from .journal.node import Node
from .journal.undo import recover
from .paths import (
    APP_SERVICE,
    BOOT_UNIT,
    COMMAND_LINK,
    COPY_UNIT,
    IMAGE,
    MARKER,
    PROGRAM,
    READINESS_SITE,
    READY_UNIT,
    RESIZE_UNIT,
    UNDO_UNIT,
    UNITS,
)
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


# Whatever a machine is known by is its own before anybody can reach it.
_COPY = f"""\
[Unit]
Description=heavyload: a copy of a machine becomes one of its own
DefaultDependencies=no
ConditionPathExists={IMAGE}
After=local-fs.target systemd-machine-id-commit.service
Before={UNDO_UNIT} sysinit.target ssh.service ssh.socket sshd.service shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart={PROGRAM} boot copy
TimeoutStartSec=60
"""

# Tries again until whoever watches the machine gives it up; the end of the boot does not wait for it.
_READY = f"""\
[Unit]
Description=heavyload: tell load balancers that this machine is ready
ConditionPathExists={READINESS_SITE}
After=multi-user.target {RESIZE_UNIT}

[Service]
Type=exec
ExecStart={PROGRAM} boot ready
Restart=on-failure
RestartSec=10
"""


_SYSINIT, _MULTI_USER = "sysinit.target", "multi-user.target"
_UNITS_OF_OURS = {
    COPY_UNIT: (_COPY, _SYSINIT),
    UNDO_UNIT: (_UNDO, _SYSINIT),
    BOOT_UNIT: (_RAISE, _MULTI_USER),
    RESIZE_UNIT: (_RESIZE, _MULTI_USER),
    READY_UNIT: (_READY, _MULTI_USER),
}
FILES: dict[str, Node] = {
    **{
        f"{UNITS}/{unit}": Node(content=f"{text}\n[Install]\nWantedBy={target}\n".encode())
        for unit, (text, target) in _UNITS_OF_OURS.items()
    },
    **{
        f"{UNITS}/{target}.wants/{unit}": Node(target=f"{UNITS}/{unit}", mode=0o777)
        for unit, (_, target) in _UNITS_OF_OURS.items()
    },
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
