"""What the words of a directive mean, so that `65`, `65s` and `1m5s` are one value."""

from __future__ import annotations

import re

from ..rules import satisfies

NUMBER, TIME, SIZE, WORD, PROCESSES = "number", "time", "size", "word", "processes"
_AUTO = b"auto"
_TIMES = {b"ms": 1, b"s": 1_000, b"m": 60_000, b"h": 3_600_000, b"d": 86_400_000, b"w": 604_800_000}
_TIMES.update({b"": 1_000, b"M": 2_592_000_000, b"y": 31_536_000_000})
_SIZES = {b"": 1, b"k": 1 << 10, b"K": 1 << 10, b"m": 1 << 20, b"M": 1 << 20, b"g": 1 << 30, b"G": 1 << 30}
_TIME = re.compile(rb"([0-9]+)(ms|[smhdwMy]?) *")
_SIZE = re.compile(rb"([0-9]+)([kKmMgG]?)")


def number(kind: str, word: bytes) -> int | None:
    """A time in milliseconds, a size in bytes; None for what is no such thing."""
    if kind == NUMBER:
        return int(word) if word.isdigit() else None
    if kind == SIZE:
        size = _SIZE.fullmatch(word)
        return int(size[1]) * _SIZES[size[2]] if size else None
    parts, at = [], 0
    while part := _TIME.match(word, at):
        parts.append(int(part[1]) * _TIMES[part[2]])
        at = part.end()
    return sum(parts) if parts and at == len(word) else None


def holds(kind: str, rule: str, word: bytes, wanted: bytes, cpus: int = 1) -> bool:
    """Whether what is written satisfies the rule. `on` and `off` are read in any case, as nginx does. `cpus`: how many
    processes `auto` are; more than that are as good."""
    if kind == PROCESSES:
        return word == wanted or (wanted == _AUTO and word.isdigit() and int(word) >= cpus)
    if kind == WORD:
        return word.lower() == wanted.lower()
    have, want = number(kind, word), number(kind, wanted)
    return have is not None and want is not None and satisfies(rule, str(have), str(want))
