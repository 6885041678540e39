"""Reads a manifest: docs/manifest.md has the form. Pure; every other line is refused by number."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from .problem import Problem, Refused
from .rules import BY_DEFAULT, COMPUTED, RULES

_HEADER = re.compile(r"([a-z-]+): (.+)")
_BLOCK = re.compile(r"([a-z]+):")
_ENTRY = re.compile(r"  ([a-z0-9][a-z0-9_./-]*): (.+)")
_BLOCKS = ("settings", "require", "manifests", "drifted")
_HEADERS = (
    "concern",
    "revision",
    "stack",
    "state",
    "program",
    "plan",
    "reapply",
    "adopt",
    "allow-untested",
    "services",
    "health-path",
    "strict",
    "tier",
    "drift",
    "complete",
)
# Words go into files of servers: no blank, quote or sign that means something there can be in one.
_WORD = r"[A-Za-z0-9_/.*][A-Za-z0-9_/.:@+*-]*"
# Numbers and lists of ports; words; formulas, which nothing but `formula` reads.
_NUMBERS = r"[0-9]{1,19}(?: [0-9]{1,19})*"
_PORTS = r"[0-9]{1,5}(?:-[0-9]{1,5})?(?:,[0-9]{1,5}(?:-[0-9]{1,5})?)*"
_VALUES = {
    **dict.fromkeys(RULES, _NUMBERS),
    "widen": rf"{_PORTS}|{_NUMBERS}",
    "exactly": rf"[0-9][0-9,. -]*|{_WORD}(?: {_WORD})*",
    BY_DEFAULT: _WORD,
    COMPUTED: r"[a-z0-9_+*/(), -]+",
}
_RULED = re.compile("|".join(f"({rule}) ({value})" for rule, value in _VALUES.items()))


class Setting(NamedTuple):
    name: str
    rule: str
    wanted: str


class Owner(NamedTuple):
    """Who tunes a host: the stack, as project/stack/name, in one state of Pulumi's."""

    stack: str
    state: str = ""
    """Which of several states with a stack of that name; nothing: not known, as from an earlier version."""

    def __str__(self) -> str:
        return f"{self.stack} (state {self.state})" if self.state else self.stack


class Manifest(NamedTuple):
    text: str
    headers: Mapping[str, str]
    settings: tuple[Setting, ...] = ()
    require: Mapping[str, Setting] = {}
    manifests: Mapping[str, str] = {}
    drifted: tuple[str, ...] = ()
    """What had, when it was repaired last."""

    @property
    def drift(self) -> int:
        """How often it had drifted."""
        times = self.headers.get("drift", "0")
        return int(times) if times.isdecimal() else 0

    @property
    def concern(self) -> str:
        return self.headers.get("concern", "")

    @property
    def owner(self) -> Owner:
        return Owner(self.headers.get("stack", ""), self.headers.get("state", ""))

    @property
    def adopt(self) -> bool:
        return self.headers.get("adopt") == "true"

    @property
    def services(self) -> tuple[str, ...]:
        """Names of units beside those that are found by themselves."""
        return tuple(self.headers.get("services", "").split())

    @property
    def pages(self) -> tuple[str, ...]:
        """Paths that every site is asked for."""
        return tuple(dict.fromkeys(("/", self.headers.get("health-path", "/"))))

    @property
    def strict(self) -> bool:
        """Whether what has no place for ours is refused, instead of being left as it is."""
        return self.headers.get("strict") == "true"

    def wanted(self, name: str) -> str | None:
        return next((setting.wanted for setting in self.settings if setting.name == name), None)

    @property
    def allow_untested(self) -> bool:
        return self.headers.get("allow-untested") == "true"


def parse(raw: bytes, concern: str) -> Manifest:
    """Reads the manifest of `concern`, or refuses it with every line that is not understood."""
    problems: list[Problem] = []
    text = raw.decode("utf-8", "backslashreplace")
    headers: dict[str, str] = {}
    blocks: dict[str, dict[str, str]] = {name: {} for name in _BLOCKS}
    block = ""
    for number, line in enumerate(text.splitlines(), 1):
        if (entry := _ENTRY.fullmatch(line)) and block and entry[1] not in blocks[block]:
            blocks[block][entry[1]] = entry[2]
        elif (header := _HEADER.fullmatch(line)) and header[1] in _HEADERS and header[1] not in headers:
            headers[header[1]] = _unquoted(header[2], concern, number, problems)
            block = ""
        elif (opened := _BLOCK.fullmatch(line)) and opened[1] in _BLOCKS:
            block = opened[1]
        else:
            problems.append(_problem(concern, "a line of docs/manifest.md", repr(line), f"line {number}"))
    if headers.get("complete") != "true" or not text.endswith("\n"):
        problems.append(_problem(concern, "`complete: true` as the last line", f"{len(raw)} bytes without it", "end"))
    if headers.get("concern") != concern:
        problems.append(_problem(concern, f"concern {concern}", headers.get("concern", "none"), "line 1"))
    if not headers.get("stack"):
        problems.append(_problem(concern, "the owner's line `stack`", "none", "head"))
    settings = [_setting(concern, name, value, problems) for name, value in blocks["settings"].items()]
    require = {name: _setting(concern, name, value, problems) for name, value in blocks["require"].items()}
    drifted = tuple(_unquoted(line, concern, 0, problems) for line in blocks["drifted"].values())
    if problems:
        raise Refused(problems)
    return Manifest(text, headers, tuple(settings), require, blocks["manifests"], drifted)


def _setting(concern: str, name: str, value: str, problems: list[Problem]) -> Setting:
    ruled = _RULED.fullmatch(value)
    if not ruled:
        problems.append(_problem(concern, f"one of the rules {', '.join(_VALUES)} and a value", repr(value), name))
        return Setting(name, "exactly", "")
    rule, wanted = filter(None, ruled.groups())
    return Setting(name, rule, wanted)


def _unquoted(value: str, concern: str, number: int, problems: list[Problem]) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        problems.append(_problem(concern, "a text of JSON", repr(value), f"line {number}" if number else "drifted"))
        return ""


def _problem(concern: str, wanted: str, found: str, where: str) -> Problem:
    return Problem(f"manifest of {concern}", wanted, found, where, "Run `pulumi up` again.")
