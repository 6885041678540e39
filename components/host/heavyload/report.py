"""One row of the report: what was wanted, what is, and where it was read."""

from __future__ import annotations

from typing import NamedTuple

from .rules import is_ports


class Row(NamedTuple):
    concern: str
    name: str
    wanted: str
    before: str
    now: str
    afterReboot: str
    rule: str
    ok: bool
    readFrom: str

    def to_json(self) -> dict[str, str | bool]:
        return self._asdict()


_COLUMNS = ("name", "before", "now", "rule", "wanted", "afterReboot", "readFrom")
_WIDTH = 24
_TITLES = ("setting", "before", "now", "rule", "wanted", "after a reboot", "read from")


def table(rows: list[Row]) -> str:
    """For people on the host."""
    lines = [("", *_TITLES), *(("ok" if row.ok else "!!", *_cells(row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines)


def _cells(row: Row) -> list[str]:
    cells = [str(getattr(row, name)) for name in _COLUMNS]
    return [cells[0], *(_short(cell) for cell in cells[1:-1]), cells[-1]]


def _short(text: str) -> str:
    """A long list by its beginning and length, any other text by its beginning; `status --json` has it whole."""
    if len(text) <= _WIDTH:
        return text
    parts = text.split(",")
    return f"{','.join(parts[:2])},... ({len(parts)})" if is_ports(text) else f"{text[: _WIDTH - 3]}..."
