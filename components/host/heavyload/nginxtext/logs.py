"""Access logs: many lines in one write. All lines that write one file must say the same buffer. Where nothing is said
of it, nginx writes a file by default."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from ..problem import Problem
from ..wishes import Wish
from .configuration import Configuration, Scope, Statement
from .edits import Edit, added, replaced
from .outcome import Outcome
from .values import SIZE, number

BUFFER = "nginx.access_log.buffer"
_FLUSH = b"5s"
_NONE = "none"


def outcome(
    config: Configuration,
    wishes: Mapping[str, Wish],
    prefix: str,
    default: str,
    is_pipe: Callable[[str], bool] = lambda _: False,
) -> Outcome:
    """`prefix`: where relative paths begin; `default`: the log that nginx writes where none is named."""
    wish = wishes.get(BUFFER)
    if wish is None:
        return Outcome()
    size = wish.value.encode() + b"k"
    wanted = int(wish.value) << 10
    files: dict[str, list[Statement | None]] = {}
    for scope in _scopes(config.http):
        for statement in scope.named(b"access_log"):
            if (path := _file(statement, prefix)) is not None:
                files.setdefault(path, []).append(statement)
    if _default_is_used(config.http):
        files.setdefault(os.path.normpath(default), []).append(None)
    others = {
        _file(statement, prefix): statement.where
        for stream in config.streams
        for scope in stream.all()
        for statement in scope.named(b"access_log")
    }
    edits: list[Edit] = []
    have: list[str] = []
    left: list[Problem] = []
    for path, statements in files.items():
        if is_pipe(path):
            continue
        if any(_option(statement, b"gzip") is not None for statement in statements):
            continue  # that one has a buffer of its own
        # One of the lines is enough for nginx, but all that say a size or a time must say the same.
        sizes = [number(SIZE, said) or 0 for statement in statements if (said := _option(statement, b"buffer"))]
        flushes = [said for statement in statements if (said := _option(statement, b"flush"))]
        if max(sizes, default=0) >= wanted:
            have.append(str(max(sizes) >> 10))
        elif path in others:
            found, way_out = f"a `stream` that writes {path} too", "Give one of them a file of its own."
            left.append(Problem(BUFFER, f"{wish.rule} {wish.value}", found, others[path], way_out))
        else:
            have.append(str(max(sizes) >> 10) if sizes else _NONE)
            flush = flushes[0] if flushes else _FLUSH
            edits += [_edit(config, statement, size, flush, default) for statement in statements]
    base = {BUFFER: _NONE if _NONE in have else min(have, key=int)} if have else {}
    return Outcome(tuple(edits), base, left=tuple(left))


def _default_is_used(http: Scope) -> bool:
    """Whether a server logs where nothing is said of it."""
    servers = list(http.below(b"server"))
    return not http.named(b"access_log") and not (servers and all(server.named(b"access_log") for server in servers))


def _scopes(http: Scope) -> Iterator[Scope]:
    return (scope for scope in http.all() if b"upstream" not in scope.kinds)


def _file(statement: Statement, prefix: str) -> str | None:
    """The file a line writes; None for no log, for syslog, for a path that each request makes, and for what may be a
    pipe, where the lines of several workers would mix: a write of more than 4 KiB is cut there."""
    word = next(iter(statement.directive.arguments), b"off")
    if word == b"off" or word.startswith(b"syslog:") or b"$" in word:
        return None
    path = os.path.normpath(os.path.join(prefix, os.fsdecode(word)))
    return None if path.startswith(("/dev/", "/proc/")) else path


def _option(statement: Statement | None, name: bytes) -> bytes | None:
    for word in statement.directive.arguments[2:] if statement else ():  # the second one is the format's name
        key, _, value = word.partition(b"=")
        if key == name:
            return value
    return None


def _edit(config: Configuration, statement: Statement | None, size: bytes, flush: bytes, default: str) -> Edit:
    if statement is None:
        line = b"access_log %s combined buffer=%s flush=%s;" % (os.fsencode(default), size, flush)
        return added(config.http.path, config.http.body, line)
    directive = statement.directive
    names = [word.value.partition(b"=")[0] for word in directive.words]
    words: dict[int, bytes | None] = {}
    more = []
    if len(names) == 2:
        words[1] = _raw(config, statement) + b" combined"
    for name, value in ((b"buffer", size), (b"flush", flush)):
        text = name + b"=" + value
        if name in names[3:]:
            words[names.index(name, 3)] = text
        else:
            more.append(text)
    return replaced(statement.path, config.texts[statement.path], directive, words, more)


def _raw(config: Configuration, statement: Statement) -> bytes:
    word = statement.directive.words[1]
    return config.texts[statement.path][word.start : word.end]
