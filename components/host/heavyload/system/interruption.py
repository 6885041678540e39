"""SIGTERM: systemd ends a unit by it, over its time or when somebody stops it. A program that it ends without a word
has succeeded, to systemd-run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(BaseException):
    """Goes the way of any failure."""


def listen() -> None:
    """From here on it raises Interrupted, wherever the program is."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted("stopped by SIGTERM: the time limit, or `systemctl stop`")

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted("stopped by SIGINT")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, interrupt)


@contextmanager
def deaf() -> Iterator[None]:
    """Putting back is not interrupted a second time; systemd's own limit still ends it, and the marker stays."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
