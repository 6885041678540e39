"""Where a `*_by_lua_block` ends: its body is Lua, cut by Lua's rules."""

from __future__ import annotations

import re

_PIECE = re.compile(
    rb"--\[(?P<comment>=*)\[|--[^\n]*|\[(?P<text>=*)\[|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[{}]", re.DOTALL
)
SUFFIX = b"_by_lua_block"


def end_of(text: bytes, start: int) -> int | None:
    """The place of the `}` that closes the body which begins at `start`; None when none does."""
    depth, at = 0, start
    while found := _PIECE.search(text, at):
        at = found.end()
        level = found["comment"] if found["comment"] is not None else found["text"]
        if level is not None:  # a long bracket: nothing in it means anything but its end
            closed = text.find(b"]" + level + b"]", at)
            if closed < 0:
                return None
            at = closed + len(level) + 2
        elif found[0] == b"{":
            depth += 1
        elif found[0] == b"}":
            if depth == 0:
                return found.start()
            depth -= 1
    return None
