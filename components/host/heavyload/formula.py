"""Works out a computed setting: whole numbers, + - * /, min(), max(), brackets and names of facts. Pure.

A division is rounded down. Nothing else is understood: a formula cannot become code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

_TOKEN = re.compile(r"\s*(?:([0-9]+)|([a-z_]+)|([-+*/(),]))")
_LONGEST = 1000
_CALLS = {"min": min, "max": max}


class BadFormula(ValueError):
    pass


def evaluate(formula: str, facts: Mapping[str, int]) -> int:
    """Raises BadFormula with the formula, and the place or the name that is not understood."""
    if len(formula) > _LONGEST:
        raise BadFormula(f"formula of {len(formula)} signs: wanted at most {_LONGEST}")
    reader = _Reader(formula, facts)
    try:
        value = reader.sum()
    except RecursionError as error:
        raise BadFormula(f"formula {formula!r}: too many brackets in each other") from error
    if reader.token:
        reader.fail("its end")
    return value


class _Reader:
    def __init__(self, formula: str, facts: Mapping[str, int]) -> None:
        self.formula = formula
        self.facts = facts
        self.tokens = list(_tokens(formula))[::-1]

    @property
    def token(self) -> str:
        return self.tokens[-1] if self.tokens else ""

    def fail(self, wanted: str) -> NoReturn:
        raise BadFormula(f"formula {self.formula!r}: wanted {wanted}, found {self.token or 'its end'}")

    def take(self, token: str) -> bool:
        if self.token != token:
            return False
        self.tokens.pop()
        return True

    def expect(self, token: str) -> None:
        if not self.take(token):
            self.fail(token)

    def sum(self) -> int:
        value = self.product()
        while True:
            if self.take("+"):
                value += self.product()
            elif self.take("-"):
                value -= self.product()
            else:
                return value

    def product(self) -> int:
        value = self.operand()
        while True:
            if self.take("*"):
                value *= self.operand()
            elif self.take("/"):
                by = self.operand()
                if by == 0:
                    self.fail("a divisor other than 0")
                value //= by
            else:
                return value

    def operand(self) -> int:
        token = self.token
        if token.isdigit():
            return int(self.tokens.pop())
        if self.take("("):
            value = self.sum()
            self.expect(")")
            return value
        if token in _CALLS:
            self.tokens.pop()
            self.expect("(")
            values = [self.sum()]
            while self.take(","):
                values.append(self.sum())
            self.expect(")")
            return _CALLS[token](values)
        if token in self.facts:
            return self.facts[self.tokens.pop()]
        self.fail(f"one of {', '.join(self.facts)}" if token else "a number, a name or (")


def _tokens(formula: str) -> list[str]:
    found, at, text = [], 0, formula.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise BadFormula(f"formula {formula!r}: {text[at:]} is not understood")
        found.append(token[0].strip())
        at = token.end()
    return found
