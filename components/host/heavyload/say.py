"""What a person reads while it runs (stderr) and afterwards (the journal), and what the caller reads (stdout)."""

from __future__ import annotations

import contextlib
import os
import sys
import syslog
from typing import TextIO

from .problem import Refused, told

_state = {"journal": False}


def open_journal() -> None:
    """From here on every line goes to the journal too: the audit trail of each change."""
    syslog.openlog("heavyload", 0, syslog.LOG_DAEMON)
    _state["journal"] = True


def _write(stream: TextIO, line: str) -> None:
    try:
        print(line, file=stream, flush=True)
    except OSError:
        # The reader is gone (a cut connection): the change goes on, the journal has the line. What is left in the
        # buffer would be an error at the program's end.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _plain(text: str) -> str:
    """What an application may have written goes to terminals and logs: without signs that control them."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def say(line: str) -> None:
    line = _plain(line)
    if _state["journal"]:
        syslog.syslog(syslog.LOG_INFO, line)
    _write(sys.stderr, line)


def result(line: str) -> None:
    """One short line of the step's result: it becomes the Pulumi resource's `stdout`."""
    line = _plain(line)
    if _state["journal"]:
        syslog.syslog(syslog.LOG_INFO, line)
    _write(sys.stdout, line)


def failed(failure: BaseException) -> Refused:
    """The last word of a command that fails; where in this program it was goes to the journal, if nobody has foreseen
    it. Returns what was told."""
    refused = told(failure)
    say(f"heavyload: {refused}")
    if isinstance(failure, Exception) and not isinstance(failure, (Refused, OSError)):
        import traceback  # only here: it takes longer to load than most commands run

        syslog.openlog("heavyload", 0, syslog.LOG_DAEMON)
        for line in traceback.format_exception(type(failure), failure, failure.__traceback__):
            syslog.syslog(syslog.LOG_ERR, _plain(line))
    return refused
