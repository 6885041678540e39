"""A command line that runs gunicorn, with what people put before it. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

_GUNICORN = re.compile(r"(.*/)?gunicorn[0-9.]*")
_PYTHON = re.compile(r"(.*/)?(python|pypy)[0-9.]*")
_MODULES = ("gunicorn", "gunicorn.app.wsgiapp", "gunicorn.app.pasterapp")
# They run what follows, as the same user and with its variables, after options and subcommands of their own. What
# other programs run is known only from the process that they have started.
_LAUNCHERS = frozenset(
    (
        *("env", "nice", "ionice", "chrt", "taskset", "numactl", "setarch", "stdbuf"),
        *("prlimit", "timeout", "nohup", "setsid", "cgexec", "systemd-cat", "catchsegv", "tini", "dumb-init"),
        *("uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "dotenv"),
        *("newrelic-admin", "ddtrace-run", "opentelemetry-instrument", "sentry-run", "doppler", "chamber", "envdir"),
    )
)


def program(words: Sequence[str]) -> tuple[str, ...]:
    """The part of a command line that runs gunicorn, without gunicorn's own arguments; nothing: another program."""
    launched = bool(words) and os.path.basename(words[0]) in _LAUNCHERS
    for place, word in enumerate(words):
        if _GUNICORN.fullmatch(word):
            return tuple(words[: place + 1])
        if _PYTHON.fullmatch(word):
            return _by_python(words, place)
        if not launched:
            break
    return ()


def _by_python(words: Sequence[str], python: int) -> tuple[str, ...]:
    place = python + 1
    while place < len(words) and words[place].startswith("-") and not words[place].startswith("-m"):
        place += 2 if words[place] in ("-W", "-X") else 1
    rest = words[place : place + 2]
    if rest and rest[0] == "-m" and rest[1:] and rest[1] in _MODULES:
        return tuple(words[: place + 2])
    if rest and (_GUNICORN.fullmatch(rest[0]) or rest[0] in tuple(f"-m{name}" for name in _MODULES)):
        return tuple(words[: place + 1])
    return ()


def is_gunicorn(words: Sequence[str]) -> bool:
    return bool(program(words))


def names(words: Sequence[str]) -> bool:
    """Whether a word is gunicorn's program, or a line for a shell that has it."""
    return any(_GUNICORN.fullmatch(part) for word in words for part in word.split())


def is_interpreter(words: Sequence[str]) -> bool:
    """Whether it is the command line of gunicorn's own process, not of a launcher that has started one."""
    return bool(words) and bool(_PYTHON.fullmatch(words[0])) and bool(_by_python(words, 0))


def is_title(words: Sequence[str]) -> bool:
    """What gunicorn puts in the place of its command line where setproctitle is installed."""
    return bool(words) and words[0].startswith("gunicorn: ")


def arguments(words: Sequence[str]) -> tuple[str, ...]:
    """gunicorn's own."""
    return tuple(words[len(program(words)) :])
