"""Values in force, by key: a name of sysctl, or a running process's limit."""

from __future__ import annotations

from ..rules import same
from ..system import prlimits, procsys


def read(key: str) -> str | None:
    """The value in one spelling; None where there is no such key, or no such process any more."""
    return prlimits.read(key) if prlimits.names(key) else procsys.read(key)


def write(key: str, value: str) -> None:
    """Sets the value. The kernel may round or ignore without an error: read it back."""
    if prlimits.names(key):
        prlimits.write(key, value)
    else:
        procsys.write(key, value)


def is_now(key: str, value: str) -> bool:
    now = read(key)
    return now is not None and same(now, value)


def lasts(key: str) -> bool:
    """Whether the key still means the same after a reboot."""
    return not prlimits.names(key)
