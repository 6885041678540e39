"""The directives of one file, each with its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import lua
from .tokens import CLOSE, OPEN, WORD, BadText, Scanner, Token


class Directive(NamedTuple):
    words: tuple[Token, ...]
    """The name and its arguments."""
    end: int
    """Behind its `;` or `}`."""
    body: Body | None = None

    @property
    def name(self) -> bytes:
        return self.words[0].value

    @property
    def arguments(self) -> tuple[bytes, ...]:
        return tuple(word.value for word in self.words[1:])

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def line(self) -> int:
        return self.words[0].line


class Body(NamedTuple):
    """What stands between `{` and `}`, or the whole file."""

    start: int
    end: int
    directives: tuple[Directive, ...] = ()


def parse(text: bytes) -> Body:
    """Every directive of the text. Raises BadText for what nginx would not read either."""
    return Body(0, len(text), tuple(_directives(Scanner(text), opened=0)))


def _directives(scanner: Scanner, opened: int) -> Iterator[Directive]:
    """Up to the `}` that closes the block which was `opened` at that line; 0: up to the end of the file."""
    words: list[Token] = []
    while token := scanner.next():
        if token.kind == WORD:
            words.append(token)
        elif token.kind == CLOSE:
            if words or not opened:
                raise BadText(token.line, "a `}` that closes nothing")
            return
        elif not words:
            raise BadText(token.line, f"a `{token.kind}` without a directive before it")
        else:
            body = _body(scanner, words[0], token) if token.kind == OPEN else None
            yield Directive(tuple(words), scanner.at, body)
            words = []
    if words:
        raise BadText(words[0].line, "the file ends within a directive")
    if opened:
        raise BadText(opened, "a block that does not close")


def _body(scanner: Scanner, name: Token, brace: Token) -> Body:
    if name.value.endswith(lua.SUFFIX):
        end = lua.end_of(scanner.text, brace.end)
        if end is None:
            raise BadText(brace.line, "a block of Lua that does not close")
        scanner.take(end + 1)
        return Body(brace.end, end)
    inside = tuple(_directives(scanner, opened=brace.line))
    return Body(brace.end, scanner.at - 1, inside)
