"""Runs `apply kernel` of the installed program with a fault in it. Usage: faults.py FAULT, manifest on stdin."""

import glob
import os
import signal
import sys
import time

sys.path.insert(0, glob.glob("/var/lib/heavyload/bin/*/")[0])

from heavyload import live, steps
from heavyload.problem import Refused

write = live.write


def at_second_value(act):
    seen = []

    def wrapped(key, value):
        seen.append(key)
        if len(seen) == 2:
            act()
        write(key, value)

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


FAULTS = {"kill": at_second_value(kill), "hang": at_second_value(hang), "ignored": ignored}
live.write = FAULTS[sys.argv[1]]
try:
    steps.apply("kernel", sys.stdin.buffer.read())
except Refused as refused:
    sys.exit(f"heavyload: {refused}")
