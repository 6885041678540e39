"""The kernel's own values, read and written where they are: /proc/sys."""

from __future__ import annotations

import ctypes
import errno
import os
import re
from functools import cache

from ..problem import refuse
from ..rules import normal, words
from . import cnumbers

_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of sched.h."""
_MOST = 2**31 - 1
_PORTS, _RANGE = "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_local_port_range"
_LOWEST, _HIGHEST = 1024, 65535
"""Of ports: what is below the lowest is the system's own."""
# Other keys of a plan hold what fits into 32 bits.
_LONG = ("fs.file-max", "net.ipv4.tcp_mem", "net.ipv4.udp_mem")


def path_of(key: str) -> str:
    return "/proc/sys/" + key.replace(".", "/")


def read(key: str) -> str | None:
    """The value in one spelling; None where this kernel or namespace has no such key."""
    try:
        with open(path_of(key), encoding="ascii", errors="backslashreplace") as file:
            return normal(file.read())
    except FileNotFoundError:
        return None


def meant(key: str, text: str, now: str) -> str | None:
    """What the kernel makes of `text` where it has `now`: as many numbers as that has, decimal, octal or hexadecimal,
    whatever follows a blank; None: nothing, it refuses it."""
    if key == _PORTS:
        return _ports(text)
    fields = now.split()
    if not fields or None in map(_number, fields):
        return normal(text)
    found = words(text)[: len(fields)]
    numbers = [_number(word) for word in found]
    if not numbers or None in numbers or (key not in _LONG and any(abs(n or 0) > _MOST for n in numbers)):
        return None
    values = [*map(str, numbers), *fields[len(found) :]]
    return None if key == _RANGE and not _LOWEST <= int(values[0]) <= int(values[1]) <= _HIGHEST else " ".join(values)


# Looked up before there are threads: a child of theirs may not ask the loader, whose lock another may have held.
_UNSHARE = ctypes.CDLL(None, use_errno=True).unshare


@cache
def takes(key: str, text: str) -> bool:
    """Whether the kernel does, tried on a network of a child's own; True where that cannot be tried."""
    if not key.startswith("net."):
        return not text.startswith("-")
    path = path_of(key)
    if not os.path.exists(path) or os.stat(path).st_dev != os.stat("/proc/sys").st_dev:
        return True
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != errno.EINVAL
    code = 0
    try:
        if _UNSHARE(_NEW_NETWORK) == 0:
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
    except OSError as error:
        code = error.errno or 0
    finally:
        os._exit(code)


def _ports(text: str) -> str | None:
    numbers = [_number(word) for word in re.split("[,-]", text)] if text else []
    if any(number is None or number > _HIGHEST for number in numbers):
        return None
    found = iter(numbers)
    return normal(re.sub("[^,-]+", lambda _: str(next(found)), text))


def _number(word: str) -> int | None:
    return cnumbers.parse(word, sign="-")


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
