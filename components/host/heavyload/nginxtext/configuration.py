"""A whole configuration: the main file and all it includes, each directive in the block where it counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from ..problem import Problem, Refused
from ..system import globs
from . import patterns
from .tokens import BadText
from .tree import Body, Directive, parse

# Blocks that hold directives; of which of them a name is a block at all is nginx's own matter. Others hold data.
_DIRECTIVE_BLOCKS = {
    b"": (b"events", b"http", b"stream", b"mail"),
    b"http": (b"server", b"upstream"),
    b"stream": (b"server",),
    b"mail": (b"server",),
    b"server": (b"location", b"if"),
    b"location": (b"location", b"if", b"limit_except"),
}


# 8000 where root has not started it.
PORT = 80


class Files(Protocol):
    """What the configuration needs of a host: tests give a dictionary."""

    def real(self, path: str) -> str: ...
    def read(self, real: str) -> bytes: ...
    def names(self, folder: str) -> list[str]:
        """As readdir(3) has them, `.` and `..` too; nothing where there is no folder."""
        ...


class Statement(NamedTuple):
    path: str
    directive: Directive

    @property
    def where(self) -> str:
        return f"{self.path}:{self.directive.line}"


class Scope(NamedTuple):
    """A block with what its includes bring, in nginx's order."""

    kinds: tuple[bytes, ...]
    """The names of the blocks around it and its own; none: the main context."""
    path: str
    body: Body
    opened: Statement | None
    statements: tuple[Statement, ...]
    scopes: tuple[Scope, ...]

    def named(self, name: bytes) -> list[Statement]:
        return [statement for statement in self.statements if statement.directive.name == name]

    def below(self, kind: bytes) -> Iterator[Scope]:
        for scope in self.scopes:
            if scope.kinds[-1] == kind:
                yield scope

    def all(self) -> Iterator[Scope]:
        """Itself and every block in it."""
        yield self
        for scope in self.scopes:
            yield from scope.all()


class Configuration(NamedTuple):
    main: Scope
    texts: dict[str, bytes]
    """By real path."""
    shared: frozenset[str]
    """Files that are included more than once: what stands there means several things."""
    port: int = PORT

    @property
    def http(self) -> Scope:
        return next(self.main.below(b"http"))

    @property
    def streams(self) -> list[Scope]:
        return list(self.main.below(b"stream"))

    @property
    def events(self) -> Scope:
        return next(self.main.below(b"events"))


def read(main: str, files: Files, port: int = PORT) -> Configuration:
    """Reads the configuration; refuses what cannot be read as nginx reads it, each place by file and line. `port`:
    where a server without a `listen` is to listen."""
    reading = _Reading(files, os.path.dirname(main))
    scope = reading.file(main, ())
    for kind in () if reading.problems else (b"events", b"http"):  # of which not everything was seen
        if len(list(scope.below(kind))) != 1:
            name = kind.decode()
            reading.problems.append(_problem(main, f"one block `{name}`", "none or several", f"Add `{name} {{ }}`."))
    if reading.problems:
        raise Refused(reading.problems)
    return Configuration(scope, reading.texts, frozenset(reading.twice), port)


class _Reading:
    def __init__(self, files: Files, folder: str) -> None:
        self.files = files
        self.folder = folder
        self.texts: dict[str, bytes] = {}
        self.parsed: dict[str, Body] = {}
        self.twice: set[str] = set()
        self.problems: list[Problem] = []
        self.open: list[str] = []

    def file(self, path: str, kinds: tuple[bytes, ...]) -> Scope:
        real = self.files.real(path)
        if real in self.parsed:
            self.twice.add(real)
        else:
            self.parsed[real] = self._parse(real)
        if real in self.open:
            self.problems.append(_problem(real, "includes that end", "a file that includes itself", "Take that out."))
            return Scope(kinds, real, Body(0, 0), None, (), ())
        self.open.append(real)
        scope = self.scope(kinds, real, self.parsed[real], None)
        self.open.pop()
        return scope

    def _parse(self, real: str) -> Body:
        try:
            self.texts[real] = self.files.read(real)
            return parse(self.texts[real])
        except BadText as bad:
            way_out = "Mend it: `nginx -t` says more."
            self.problems.append(_problem(f"{real}:{bad.line}", "text that nginx can read", bad.said, way_out))
        except OSError as error:
            self.problems.append(_problem(real, "a file that can be read", error.strerror or "an error", "Mend that."))
        return Body(0, 0)

    def scope(self, kinds: tuple[bytes, ...], path: str, body: Body, opened: Statement | None) -> Scope:
        statements: list[Statement] = []
        scopes: list[Scope] = []
        inner = _DIRECTIVE_BLOCKS.get(kinds[-1] if kinds else b"", ())
        for directive in body.directives:
            statement = Statement(path, directive)
            if directive.name == b"include" and directive.body is None:
                for included in self.included(statement, kinds):
                    statements += included.statements
                    scopes += included.scopes
                continue
            statements.append(statement)
            if directive.body is not None and directive.name in inner:
                scopes.append(self.scope((*kinds, directive.name), path, directive.body, statement))
        return Scope(kinds, path, body, opened, tuple(statements), tuple(scopes))

    def included(self, statement: Statement, kinds: tuple[bytes, ...]) -> Iterator[Scope]:
        for word in statement.directive.arguments:
            name = word.decode("utf-8", "surrogateescape")
            path = os.path.join(self.folder, name)
            # A plain name must exist.
            found = patterns.expanded(path, self.files.names, self.files.real) if globs.is_one(name) else [path]
            for path in found:
                yield self.file(path, kinds)


def _problem(where: str, wanted: str, found: str, way_out: str) -> Problem:
    return Problem("nginx's configuration", wanted, found, where, way_out)
