"""The kernel's own values, read and written where they are: /proc/sys."""

from __future__ import annotations

import os

from .problem import refuse
from .rules import normal


def path_of(key: str) -> str:
    return "/proc/sys/" + key.replace(".", "/")


def read(key: str) -> str | None:
    """The value in one spelling; None where this kernel or namespace has no such key."""
    try:
        with open(path_of(key), encoding="ascii", errors="backslashreplace") as file:
            return normal(file.read())
    except FileNotFoundError:
        return None


def writable(key: str) -> bool:
    """Opening writes nothing, and finds a read-only mount as well as a missing right."""
    try:
        os.close(os.open(path_of(key), os.O_WRONLY))
    except OSError:
        return False
    return True


def write(key: str, value: str) -> None:
    """Sets the value. The kernel may round or ignore without an error: read it back."""
    try:
        with open(path_of(key), "w", encoding="ascii") as file:
            file.write(f"{value}\n")
    except OSError as error:
        found = f"the kernel's refusal: {error.strerror}"
        raise refuse(key, value or "nothing", found, path_of(key), "Override it with a value it takes.") from error
