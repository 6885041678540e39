"""Access logs: many lines in one write. All lines that write one file must say the same buffer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ..wishes import Wish
from .configuration import Configuration, Scope, Statement
from .edits import Edit, added, replaced
from .outcome import Outcome
from .values import SIZE, number

BUFFER = "nginx.access_log.buffer"
_FLUSH = b"5s"
_OPTIONS = (b"buffer", b"flush", b"gzip", b"if")
_NONE = "none"


def outcome(config: Configuration, wishes: Mapping[str, Wish], prefix: str, default: str) -> Outcome:
    """`prefix`: where relative paths begin; `default`: the log that nginx writes where none is named."""
    if BUFFER not in wishes:
        return Outcome()
    size = wishes[BUFFER].value.encode() + b"k"
    wanted = number(SIZE, size)
    written = [statement for scope in _scopes(config.http) for statement in scope.named(b"access_log")]
    if not written:
        line = b"access_log %s combined buffer=%s flush=%s;" % (os.fsencode(default), size, _FLUSH)
        return Outcome((added(config.http.path, config.http.body, line),), {BUFFER: _NONE})
    files: dict[str, list[Statement]] = {}
    for statement in written:
        if (path := _file(statement, prefix)) is not None:
            files.setdefault(path, []).append(statement)
    edits: list[Edit] = []
    have: list[str] = []
    for statements in files.values():
        buffers = [_option(statement, b"buffer") for statement in statements]
        compressed = any(_option(statement, b"gzip") is not None for statement in statements)
        if not compressed:  # that one has a buffer of its own
            have.append(next((str((number(SIZE, said) or 0) >> 10) for said in buffers if said), _NONE))
            # One of the lines is enough for nginx, but all that say a size must say the same.
            if not any(buffers) or any(said and number(SIZE, said) != wanted for said in buffers):
                edits += [_edit(config, statement, size) for statement in statements]
    base = {BUFFER: _NONE if _NONE in have else have[0]} if have else {}
    return Outcome(tuple(edits), base)


def _scopes(http: Scope) -> Iterator[Scope]:
    return (scope for scope in http.all() if b"upstream" not in scope.kinds)


def _file(statement: Statement, prefix: str) -> str | None:
    """The file a line writes; None for no log, for syslog, and for a path that each request makes."""
    word = next(iter(statement.directive.arguments), b"off")
    if word == b"off" or word.startswith(b"syslog:") or b"$" in word:
        return None
    return os.path.normpath(os.path.join(prefix, os.fsdecode(word)))


def _option(statement: Statement, name: bytes) -> bytes | None:
    for word in statement.directive.arguments[1:]:
        key, _, value = word.partition(b"=")
        if key == name:
            return value
    return None


def _edit(config: Configuration, statement: Statement, size: bytes) -> Edit:
    directive = statement.directive
    names = [word.value.partition(b"=")[0] for word in directive.words]
    words: dict[int, bytes | None] = {}
    more = []
    if len(names) == 2 or names[2] in _OPTIONS:
        # The format's word stands before every option.
        words[1] = _raw(config, statement) + b" combined"
    for name, value in ((b"buffer", size), (b"flush", _FLUSH)):
        text = name + b"=" + value
        if name in names[2:]:
            words[names.index(name, 2)] = text
        else:
            more.append(text)
    return replaced(statement.path, config.texts[statement.path], directive, words, more)


def _raw(config: Configuration, statement: Statement) -> bytes:
    word = statement.directive.words[1]
    return config.texts[statement.path][word.start : word.end]
