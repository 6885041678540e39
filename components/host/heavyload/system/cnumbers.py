"""Whole numbers as C reads them with base 0: decimal, octal after `0`, hexadecimal after `0x`. Pure."""

from __future__ import annotations

import re

_FORM = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*")


def parse(word: str, sign: str) -> int | None:
    """`sign`: the one that may stand before it. None: no such number as a whole."""
    signed = word.startswith(sign)
    digits = word[1:] if signed else word
    if not _FORM.fullmatch(digits):
        return None
    number = int(digits, 8 if digits.isdigit() and digits.startswith("0") else 0)
    return -number if signed and sign == "-" else number
