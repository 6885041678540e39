"""gunicorn's settings as its command line and GUNICORN_CMD_ARGS name them. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence

PREFIX = "gunicorn."
STOP = f"{PREFIX}timeout_stop_sec"
"""Of the unit, not of gunicorn."""
# Short and long forms, by setting.
FLAGS: Mapping[str, tuple[str, ...]] = {
    "worker_class": ("--worker-class", "-k"),
    "workers": ("--workers", "-w"),
    "threads": ("--threads",),
    "worker_connections": ("--worker-connections",),
    "backlog": ("--backlog",),
    "keepalive": ("--keep-alive",),
    "max_requests": ("--max-requests",),
    "max_requests_jitter": ("--max-requests-jitter",),
    "graceful_timeout": ("--graceful-timeout",),
    "worker_tmp_dir": ("--worker-tmp-dir",),
}
_CONFIG = ("--config", "-c")


def given(words: Sequence[str]) -> dict[str, str]:
    """What a command line fixes, by setting; the last one of several counts."""
    found = {}
    for name, flags in FLAGS.items():
        if (value := _value(words, flags)) is not None:
            found[name] = value
    return found


def config(words: Sequence[str]) -> str | None:
    """The configuration file that it names."""
    return _value(words, _CONFIG)


def _value(words: Sequence[str], flags: Sequence[str]) -> str | None:
    found = None
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in flags and name.startswith("--"):
            found = value if equals else next(iter(words[place + 1 :]), "")
        elif (
            short := next((flag for flag in flags if not flag.startswith("--") and word.startswith(flag)), None)
        ) and (not word.startswith("--")):
            found = word[len(short) :] or next(iter(words[place + 1 :]), "")
    return found


def split(text: str) -> list[str]:
    """GUNICORN_CMD_ARGS as gunicorn splits it."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def joined(words: Iterable[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)


def as_flags(values: Mapping[str, str]) -> list[str]:
    return [f"{FLAGS[name][0]}={value}" for name, value in values.items()]
