"""The table for people on the host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from heavyload import report
from heavyload.report import Row

GOLDEN = Path(__file__).parents[1] / "golden"


def rows() -> list[Row]:
    said = [json.loads(line) for line in (GOLDEN / "report.jsonl").read_text().splitlines()]
    fields = [one["setting"] for one in said if "setting" in one]
    return [Row(**{name: field[name] for name in Row._fields}) for field in fields]


def test_is_the_one_that_pulumi_prints() -> None:
    table, counts = report.table(rows()), report.counts(rows())
    assert (GOLDEN / "report.txt").read_text().endswith(f"\n\n{table}\n\n{counts}\n")
    assert counts == "2 in force, 1 not applicable, 1 short"


def test_a_row_says_both_its_state_and_whether_that_is_good() -> None:
    said = [json.loads(line)["setting"] for line in (GOLDEN / "report.jsonl").read_text().splitlines()[1:]]
    assert [row.to_json() for row in rows()] == said


@pytest.mark.parametrize(
    ("state", "ok"), [(report.IN_FORCE, True), (report.NOT_APPLICABLE, True), (report.SHORT, False)]
)
def test_what_is_not_applicable_is_not_short(state: str, ok: bool) -> None:
    assert rows()[0]._replace(state=state).to_json()["ok"] is ok
