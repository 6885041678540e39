"""Runs `apply` of the installed program with a fault in it. Usage: faults.py FAULT CONCERN, manifest on stdin."""

import glob
import os
import signal
import sys
import time

sys.path.insert(0, glob.glob("/var/lib/heavyload/bin/*/")[0])

from heavyload import steps
from heavyload.journal import files, live
from heavyload.paths import LIMITS_FILE, SYSCTL_FILE
from heavyload.problem import Refused
from heavyload.system.interruption import listen

SERVERS = (
    "/etc/nginx/nginx.conf",
    "/etc/heavyload/gunicorn.conf.py",
    "/etc/systemd/system/heavyload-app.service",
)
write, sync_folder = live.write, files.sync_folder


def at_the_files(act):
    """Once the files are switched: values are raised before that. Putting back meets no fault."""

    def wrapped(path):
        sync_folder(path)
        if path in (SYSCTL_FILE, LIMITS_FILE, *SERVERS):
            files.sync_folder = sync_folder
            act()

    return wrapped


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def hang():
    # The test looks for this file before it stops the unit or cuts the power.
    open("/run/heavyload-hangs", "w").close()
    time.sleep(600)


def ignored(key, value):
    """A kernel that takes the write and keeps its own value."""
    if key != "net.core.somaxconn":
        write(key, value)


FAULTS = {
    "kill": (files, "sync_folder", at_the_files(kill)),
    "hang": (files, "sync_folder", at_the_files(hang)),
    "ignored": (live, "write", ignored),
}
listen()
setattr(*FAULTS[sys.argv[1]])
try:
    steps.apply(sys.argv[2], sys.stdin.buffer.read())
except Refused as refused:
    sys.exit(f"heavyload: {refused}")
