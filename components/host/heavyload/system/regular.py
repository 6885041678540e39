"""Regular files, read without waiting for whoever holds the other end of what may lie there instead: a FIFO, a
terminal."""

from __future__ import annotations

import errno
import os
import stat


class NotRegular(OSError):
    """Something else lies there."""


def read(path: str, most: int = -1) -> bytes:
    """`most`: so much of it, bytes; default: all. Raises OSError, of what is no regular file too."""
    _only_regular(os.stat(path), path)  # some things do something when they are opened
    # It may have become something else meanwhile.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        _only_regular(os.fstat(handle), path)
        return file.read(most) or b""


def text(path: str) -> str:
    """Nothing where there is nothing to read: no file, a folder, a link that leads nowhere. Each line ends with a line
    feed, whichever end it has."""
    try:
        found = read(path).decode("utf-8", "backslashreplace")
    except OSError:
        return ""
    return found.replace("\r\n", "\n").replace("\r", "\n")


def _only_regular(info: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise NotRegular(errno.EINVAL, "a folder" if stat.S_ISDIR(info.st_mode) else "neither a file nor a link", path)
