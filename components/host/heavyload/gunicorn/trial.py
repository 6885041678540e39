"""Has gunicorn itself say what it would run with: in a unit of systemd's with the service's own user, folder,
variables, files and limits, its application loaded. No terminal is there, and a time limit is."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from ..system import surroundings
from ..system.bus import Properties
from ..system.run import OVER_TIME, Ran, run_in_unit, status
from . import commandline, conf, variables
from .start import ARGS, Start
from .unit import Unit, identity

_TIME_LIMIT = 120  # seconds: the application is imported
_FIRST = "access_log_format "
"""The first of gunicorn's settings, by name."""
_ONE_ORDER = {"PYTHONHASHSEED": "0"}
"""Of sets: two trials are compared."""
_ADDRESS = re.compile(r"\b0x[0-9a-f]+")
_LINE = re.compile(r"^(\w+) += (.*)$", re.MULTILINE)


class Trial(NamedTuple):
    values: Mapping[str, str]
    refusal: str
    """Why it would not start; nothing: it would."""
    chosen: frozenset[str] = frozenset()
    """Of the settings that have a value of their own for that: those that people have set, to whatever value."""
    version: str = ""
    told: bool = True
    """Whether `chosen` is known, and not only feared."""
    ended: bool = True
    """Within its time: what has only not ended may load all the same."""

    def differs(self, other: Trial) -> set[str]:
        """Settings that have another value there; where a thing lies in memory is none."""
        here, there = ({name: _ADDRESS.sub("", text) for name, text in one.values.items()} for one in (self, other))
        return {name for name in {*here, *there} if here.get(name) != there.get(name)}


def run(unit: Unit, start: Start, args: str) -> Trial:
    """`args`: the GUNICORN_CMD_ARGS it would have."""
    return _asked(unit, start, (*start.words, "--print-config"), args)


def untouched(unit: Unit, start: Start, theirs: str) -> Trial:
    """With people's own settings alone; `theirs`: the place of their configuration."""
    if surroundings.rooted(unit.said):  # it could not see our file
        tried = run(unit, start, start.args)
        return tried._replace(chosen=frozenset(conf.UNCHOSEN), version=version(unit, start) or "", told=False)
    with _folder(0o755) as folder:
        path = os.path.join(folder, "probe.py")
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join([*conf.probe(theirs), ""]))
        # The last one on the command line is the one that is read.
        tried = _asked(unit, start, (*start.words, f"--config={path}", "--print-config"), start.args)
    values = dict(tried.values)
    chosen = frozenset(name for name, unchosen in conf.UNCHOSEN.items() if values.get(name) != unchosen)
    values.update({name: _DEFAULTS[name] for name in conf.UNCHOSEN if name not in chosen})
    return tried._replace(values=values, chosen=chosen, version=values.pop(conf.VERSION, ""))


# gunicorn's own, of every version.
_DEFAULTS = {"worker_class": "sync", "worker_connections": "1000"}


def _asked(unit: Unit, start: Start, words: tuple[str, ...], args: str) -> Trial:
    done = _ask(unit, start, words, args)
    paths = dict(_LINE.findall(done.out)).get("pythonpath", "None")
    if done.code != 0 and paths != "None" and "PYTHONPATH" not in start.exported:
        # It prints before it follows that setting; when it serves it has followed it.
        there = start._replace(exported={**start.exported, "PYTHONPATH": paths.replace(",", ":")})
        done = _ask(unit, there, words, args)
    return _trial(done)


def _trial(done: Ran) -> Trial:
    before, first, rest = done.out.partition(_FIRST)
    late = done.code == OVER_TIME
    # gunicorn prints its list before it loads the application, which may go on for ever in threads of its own.
    if done.code != 0 and not (late and first):
        lines = done.err.strip().splitlines()[-3:]
        said = f"no end after {_TIME_LIMIT} seconds" if late else " / ".join(lines) or status(done.code)
        return Trial({}, said, ended=not late)
    # What a configuration prints comes before gunicorn's own list, and what an application prints after it.
    said_of = re.findall(rf"^{conf.VERSION} = (.*)$", before, re.MULTILINE)
    values = dict(reversed(_LINE.findall(first + rest)))
    return Trial({**values, **({conf.VERSION: said_of[-1]} if said_of else {})}, "", ended=not late)


def version(unit: Unit, start: Start) -> str | None:
    done = _ask(unit, start, (*commandline.program(start.words), "--version"), "")
    found = re.search(r"\d+(\.\d+)+", done.out)
    return found[0] if found and done.code == 0 else None


def _ask(unit: Unit, start: Start, words: tuple[str, ...], args: str) -> Ran:
    # Variables may be secret: they are in no command line, and in no file that others can read.
    with _folder(0o700) as folder:
        path = os.path.join(folder, "env")
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            for name, value in {**_ONE_ORDER, **start.exported, ARGS: args}.items():
                file.write(f"{name}={in_file(value)}\n")
        place = {"WorkingDirectory": start.folder} if start.folder else {}
        with variables.copied(unit) as said:
            properties = [*_properties(unit, {**said, **place}), f"EnvironmentFile={path}"]
            return run_in_unit(surroundings.unexpanded(words), properties, _TIME_LIMIT)


def _properties(unit: Unit, said: Properties) -> list[str]:
    # What is in a /tmp of its own is the trial's too.
    joins = [f"JoinsNamespaceOf={unit.name}"] if unit.said.get("PrivateTmp") and unit.main else []
    return [*surroundings.properties({**said, **identity(unit)}), *joins]


def may_write(unit: Unit, folder: str) -> bool:
    """Whether its workers may make files there."""
    with variables.copied(unit) as said:
        return run_in_unit(("test", "-w", folder), _properties(unit, said), _TIME_LIMIT).code == 0


@contextmanager
def _folder(mode: int) -> Iterator[str]:
    """Where a service with a /tmp of its own sees it too."""
    with tempfile.TemporaryDirectory(prefix="heavyload-", dir="/run") as folder:
        os.chmod(folder, mode)
        yield folder


def in_file(text: str) -> str:
    """A value as an EnvironmentFile holds it."""
    return '"' + re.sub(r'(["\\$`])', r"\\\1", text) + '"'
