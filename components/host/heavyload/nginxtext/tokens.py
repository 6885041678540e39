"""Cuts the text of a configuration file as nginx does, byte by byte."""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACE = b" \t\r\n"
_LONGEST = 4095  # nginx reads through a buffer of 4096; quotes do not count
# A backslash protects the next byte from ending anything, and `$` the braces right behind it.
_BARE = re.compile(rb"(?:\\.|\$\{*|[^\\$ \t\r\n;{])+", re.DOTALL)
_QUOTED = {ord(q): re.compile(rb"%b((?:\\.|[^%b\\])*)%b" % (q, q, q), re.DOTALL) for q in (b'"', b"'")}
_ESCAPE = re.compile(rb"\\([\"'\\trn])")
_ESCAPED = {b"t": b"\t", b"r": b"\r", b"n": b"\n"}
WORD, END, OPEN, CLOSE = "word", ";", "{", "}"
_MARKS = {ord(mark): mark for mark in (END, OPEN, CLOSE)}


class BadText(Exception):
    """What nginx would not read either, or what nothing sure can be said of."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(f"line {line}: {said}")
        self.line = line
        self.said = said


class Token(NamedTuple):
    kind: str
    start: int
    end: int
    line: int
    value: bytes
    """A word as nginx takes it: without quotes and escapes."""


class Scanner:
    """Hands out one token after the other; None at the end of the text."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self._after_quote = False
        if text.startswith(b"\xef\xbb\xbf"):
            raise BadText(1, "a byte order mark, which nginx refuses")

    def next(self) -> Token | None:
        self._skip()
        if self.at >= len(self.text):
            return None
        byte = self.text[self.at]
        if byte in _MARKS:
            return self._token(_MARKS[byte], self.at, self.at + 1)
        if byte in b"\"'":
            return self._quoted(byte)
        return self._bare()

    def take(self, end: int) -> None:
        """Passes over what another language has up to `end`."""
        self.line += self.text.count(b"\n", self.at, end)
        self.at = end

    def _skip(self) -> None:
        """Blanks and comments. After a closing quote nginx wants a blank, an end, or `)`, which begins a word."""
        text = self.text
        if self._after_quote:
            self._after_quote = False
            if self.at < len(text) and text[self.at] not in _SPACE + b";{)":
                raise BadText(self.line, f"{_shown(text[self.at : self.at + 1])} right after a quoted word")
        while self.at < len(text):
            if text[self.at] in _SPACE:
                self.line += text[self.at] == ord("\n")
                self.at += 1
            elif text[self.at] == ord("#"):
                end = text.find(b"\n", self.at)
                self._check_length(self.at, len(text) if end < 0 else end)
                self.at = len(text) if end < 0 else end
            else:
                return

    def _quoted(self, quote: int) -> Token:
        found = _QUOTED[quote].match(self.text, self.at)
        if found is None:
            raise BadText(self.line, "a quote that does not close")
        self._after_quote = True
        return self._token(WORD, self.at, found.end(), found[1])

    def _bare(self) -> Token:
        found = _BARE.match(self.text, self.at)
        if found is None or found.end() == len(self.text):
            raise BadText(self.line, "the file ends within a word")
        return self._token(WORD, self.at, found.end(), found[0])

    def _token(self, kind: str, start: int, end: int, raw: bytes = b"") -> Token:
        self._check_length(0, len(raw))
        if (nul := raw.find(b"\0")) >= 0:
            raise BadText(self.line + raw.count(b"\n", 0, nul), "a NUL byte")
        token = Token(kind, start, end, self.line, _ESCAPE.sub(_unescaped, raw))
        self.take(end)
        return token

    def _check_length(self, start: int, end: int) -> None:
        if end - start > _LONGEST:
            raise BadText(self.line, f"a word or comment of more than {_LONGEST} bytes")


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _ESCAPED.get(found[1], found[1])


def _shown(raw: bytes) -> str:
    return repr(raw.decode("utf-8", "backslashreplace"))
