"""Where the host program keeps what it needs, and the files of the host that are ours."""

from __future__ import annotations

STATE = "/var/lib/heavyload"
BIN = f"{STATE}/bin"
PROGRAM = f"{BIN}/heavyload"
OWNER = f"{STATE}/owner"
ORIGINALS = f"{STATE}/originals"
MANIFESTS = f"{STATE}/manifests"
APPLIED = f"{STATE}/applied"
MARKER = f"{STATE}/undo.json"

SYSCTL_FILE = "/etc/sysctl.d/99-zz-heavyload.conf"
UNITS = "/etc/systemd/system"
BOOT_UNIT = "heavyload.service"
UNDO_UNIT = "heavyload-undo.service"
COMMAND_LINK = "/usr/local/sbin/heavyload"
LIMITS_SYSCTL_FILE = "/etc/sysctl.d/99-zz-heavyload-limits.conf"
LIMITS_CONF = "/etc/security/limits.conf"
LIMITS_FOLDER = "/etc/security/limits.d"
LIMITS_FILE = f"{LIMITS_FOLDER}/99-heavyload.conf"
GUNICORN_CONF = "/etc/heavyload/gunicorn.conf.py"
GUNICORN_ENV = "/etc/heavyload/gunicorn.env"
