"""One row of the report: what was wanted, what is, and where it was read."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
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
        return asdict(self)


_COLUMNS = ("name", "before", "now", "rule", "wanted", "afterReboot", "readFrom")
_TITLES = ("setting", "before", "now", "rule", "wanted", "after a reboot", "read from")


def table(rows: list[Row]) -> str:
    """For people on the host."""
    lines = [("", *_TITLES), *(("ok" if row.ok else "!!", *(getattr(row, name) for name in _COLUMNS)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines)
