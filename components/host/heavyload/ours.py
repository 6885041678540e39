"""Our lines in a file that others may edit too. Pure: text in, text out."""

from __future__ import annotations

from collections.abc import Sequence


def without(text: str, ours: str) -> str:
    """`text` less our lines; a line that somebody changed is no longer ours."""
    mine = set(ours.splitlines())
    return "".join(line for line in text.splitlines(keepends=True) if line.rstrip("\n") not in mine)


def joined(text: str, ours: Sequence[str]) -> str:
    """Our lines after everybody else's: the last assignment holds."""
    return (text if not text or text.endswith("\n") else f"{text}\n") + "".join(f"{line}\n" for line in ours)
