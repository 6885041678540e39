"""gunicorn's settings as its command line and GUNICORN_CMD_ARGS name them. Pure."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from .. import catalogue

PREFIX = "gunicorn."
STOP = f"{PREFIX}timeout_stop_sec"
"""Of the unit, not of gunicorn."""
# Long and short forms, by gunicorn's name.
FLAGS: Mapping[str, tuple[str, ...]] = {
    name[len(PREFIX) :]: knob.flags for name, knob in catalogue.at("gunicorn", "configuration").items()
}
_CONFIG = ("--config", "-c")


class _Parser(argparse.ArgumentParser):
    """As gunicorn's own: `-w5`, `-w=5`, `--workers 5`, `--workers=5`, and a name cut short as long as it can
    be no other. Of what it does not know it takes no notice."""

    def __init__(self) -> None:
        super().__init__(add_help=False)
        for name, flags in {**FLAGS, "config": _CONFIG}.items():
            self.add_argument(*flags, dest=name)

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def given(words: Sequence[str]) -> dict[str, str]:
    """What a command line fixes, by setting; the last one of several counts."""
    found = _parsed(words)
    return {name: found[name] for name in FLAGS if name in found}


def config(words: Sequence[str]) -> str | None:
    """The configuration file that it names."""
    return _parsed(words).get("config")


def _parsed(words: Sequence[str]) -> dict[str, str]:
    try:
        known, _ = _Parser().parse_known_args(list(words))
    except ValueError:  # gunicorn will say what it has against it
        return {}
    return {name: value for name, value in vars(known).items() if value is not None}


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
