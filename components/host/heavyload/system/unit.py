"""Every change runs as one transient systemd unit: its fixed name is the lock, a cut connection does not stop it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from . import login
from .run import IN_UNIT

NAME = "heavyload-apply"

# Over its time it gets SIGTERM and puts back; the marker on disk covers what a kill after that leaves. A service may
# take as long as its unit lets it (TimeoutStartSec), and whatever else is waited for has a limit of its own.
_TIME_LIMIT, _PUT_BACK_LIMIT = 3600, 1800
_BUSY_LIMIT, _BUSY_STEP = 120, 2  # seconds

ARGV = (
    *(*IN_UNIT, f"--unit={NAME}"),
    *("--description=heavyload: a change", "--property=KillMode=mixed"),
    *(f"--property=RuntimeMaxSec={_TIME_LIMIT}", f"--property=TimeoutStopSec={_PUT_BACK_LIMIT}"),
)


def run(argv: Sequence[str], stdin: bytes, sudo: Sequence[str] = ()) -> int:
    """Runs `argv` in the unit and passes its output on. Waits, within bounds, while another run has the unit."""
    deadline = time.monotonic() + _BUSY_LIMIT
    while True:
        code = _once([*sudo, *ARGV, f"--setenv={login.handed_on()}", *argv], stdin)
        if code is not None:
            return code
        if time.monotonic() > deadline:
            print(
                f"heavyload: wanted to begin, found another run on this host for over {_BUSY_LIMIT} s. Look at "
                f"`systemctl status {NAME}`; wait for its end, or `systemctl stop {NAME}`: it then puts back.",
                file=sys.stderr,
            )
            return 75
        print("heavyload: another run has this host, waiting for its end", file=sys.stderr, flush=True)
        time.sleep(_BUSY_STEP)


def run_beside(argv: Sequence[str], stdin: bytes, sudo: Sequence[str] = ()) -> int:
    """Runs `argv` in no unit, beside whatever has it: for what changes nothing."""
    with subprocess.Popen([*sudo, *argv], stdin=subprocess.PIPE) as process:
        try:
            process.communicate(stdin)
        except BaseException:  # it tidies up behind itself
            process.terminate()
            raise
        return process.returncode


def _once(argv: Sequence[str], stdin: bytes) -> int | None:
    """The exit status, or None when the unit was there already."""
    busy = False
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        try:
            process.stdin.write(stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass
        for line in process.stderr:
            if f"{NAME}.service".encode() in line and (b"already" in line or b"exists" in line):
                busy = True
            else:
                sys.stderr.buffer.write(line)
                sys.stderr.buffer.flush()
    return None if busy and process.returncode != 0 else process.returncode
