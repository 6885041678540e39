"""The one runner of other programs: an argument list, a time limit, bounded output, the C locale, no shell. Root runs
only what root alone can write."""

from __future__ import annotations

import itertools
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Sequence
from typing import IO, NamedTuple

from . import trust

# Without /usr/local: there groups other than root's may write.
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

IN_UNIT = ("systemd-run", "--wait", "--pipe", "--collect", "--quiet")
"""Runs what follows in a unit of its own: systemd gives it a user, a folder, an environment, a view of the files."""

TRIALS = "heavyload-trial-"
"""What the names of these units begin with: by it another run knows what is no service of people's."""
_NUMBERS = itertools.count(1)

OVER_TIME = 124
_LONGEST = 3600  # seconds: no system call takes a wait without end
_MOST = 8 * 2**20
"""Of each kind of output, bytes: what comes after is thrown away, since it may be a service's user that writes it."""


_RUNNING: set[subprocess.Popen[bytes]] = set()


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def run(argv: Sequence[str], timeout: float = 60) -> Ran:
    """Runs to the end. A program that is missing gives 127, one that others can write 126, one over its time
    (seconds) 124."""
    program = shutil.which(argv[0], path=ENVIRONMENT["PATH"])
    if program is None:
        return Ran(127, "", f"{argv[0]}: not found")
    if objection := trust.objection(program):
        return Ran(126, "", f"{program}: not run as root, since {objection}")
    with subprocess.Popen(
        list(argv),
        executable=program,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        _RUNNING.add(process)
        try:
            out, err = _read(process.stdout, process.stderr, time.monotonic() + timeout)
            process.wait(min(timeout, _LONGEST))
        except subprocess.TimeoutExpired:
            process.kill()
            return Ran(OVER_TIME, "", f"{argv[0]}: no end after {timeout:g} s")
        except BaseException:
            process.kill()
            raise
        finally:
            _RUNNING.discard(process)
    return Ran(process.returncode, _text(out), _text(err))


def end_all() -> None:
    """Ends every program that some thread waits for."""
    for process in tuple(_RUNNING):
        process.kill()


def run_in_unit(argv: Sequence[str], properties: Sequence[str] = (), timeout: float = 60) -> Ran:
    """`properties`: systemd's, `Name=value`. Who runs there has no terminal and `timeout` seconds; over these it gives
    124, with what it has printed."""
    own = (f"RuntimeMaxSec={timeout:g}", "TimeoutStopSec=5", *properties)
    unit = f"--unit={TRIALS}{os.getpid()}-{next(_NUMBERS)}"
    begin = time.monotonic()
    done = run([*IN_UNIT, unit, *(f"--property={text}" for text in own), "--", *argv], timeout=timeout + 10)
    late = done.code != 0 and time.monotonic() - begin >= timeout
    return done._replace(code=OVER_TIME) if late else done


# systemd.exec(5), process exit codes: what systemd could not set up for it.
_REASONS = {
    200: "its folder cannot be entered",
    203: "its program cannot be run",
    216: "its group does not exist",
    217: "its user does not exist",
    226: "its view of the files cannot be made",
}


def status(code: int) -> str:
    """Of a program in a unit that has said nothing."""
    return f"exit status {code}" + (f": {_REASONS[code]}" if code in _REASONS else "")


def _read(out: IO[bytes], err: IO[bytes], deadline: float) -> tuple[bytes, bytes]:
    kept = {out.fileno(): bytearray(), err.fileno(): bytearray()}
    with selectors.DefaultSelector() as ready:
        for number in kept:
            ready.register(number, selectors.EVENT_READ)
        while ready.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired("", 0)
            for key, _ in ready.select(min(left, _LONGEST)):
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    ready.unregister(key.fd)
                elif len(kept[key.fd]) < _MOST:
                    kept[key.fd] += chunk
    first, second = kept.values()
    return bytes(first), bytes(second)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
