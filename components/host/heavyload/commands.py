"""The commands of the program, as data."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

from . import boot, drift, host, overview, ready, resize, steps
from .concerns import CONCERNS
from .image import becoming, sealing
from .owner import NOBODY
from .problem import Misuse, Problem


class Command(NamedTuple):
    run: Callable[[list[str]], int | None]
    """Returns the exit status, where it is another than 0."""
    changes: bool = True
    """Changes the host: each line goes to the journal."""


def _concern(words: list[str]) -> str:
    if words and words[0] in CONCERNS:
        return words[0]
    known = ", ".join(CONCERNS)
    raise _misuse("concern", f"one of {known}", " ".join(words) or "none")


def _misuse(what: str, wanted: str, found: str) -> Misuse:
    return Misuse([Problem(what, wanted, found, "command line", "See `heavyload --help`.")])


def _restore(words: list[str]) -> None:
    if words:
        steps.restore(_concern(words), _stdin())
    else:
        host.restore(NOBODY)


def _options(words: list[str], command: str, *known: str) -> dict[str, str]:
    """`known`: as people write them, `--json` or `--prometheus=FILE`; what stands after the sign is returned."""
    given = {name: value for name, _, value in (word.partition("=") for word in words)}
    names = {name: bool(value) for name, _, value in (option.partition("=") for option in known)}
    strange = [name for name, value in given.items() if names.get(name) is not bool(value)]
    if strange:
        raise _misuse(command, ", ".join(known), " ".join(strange))
    return given


def _status(words: list[str]) -> None:
    overview.status("--json" in _options(words, "status", "--json"))


def _verify(words: list[str]) -> int:
    given = _options(words, "verify", "--json", "--prometheus=FILE")
    return drift.verify("--json" in given, given.get("--prometheus", ""))


def _stdin() -> bytes:
    return sys.stdin.buffer.read()


COMMANDS: dict[str, Command] = {
    "status": Command(_status, changes=False),
    "verify": Command(_verify, changes=False),
    "report": Command(lambda words: ready.after(overview.report(_stdin())), changes=False),
    "drift": Command(lambda words: drift.tell(), changes=False),
    "apply": Command(lambda words: steps.apply(_concern(words), _stdin())),
    "restore": Command(_restore),
    "boot undo": Command(lambda words: boot.undo()),
    "boot raise": Command(lambda words: boot.raise_short()),
    "boot resize": Command(lambda words: resize.at_boot(), changes=False),
    "boot copy": Command(lambda words: becoming.become()),
    "boot ready": Command(lambda words: ready.at_boot()),
    "resize": Command(lambda words: resize.anew()),
    "seal": Command(lambda words: sealing.seal(_stdin())),
}
