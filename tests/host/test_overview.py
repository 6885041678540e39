"""What `heavyload verify` says of a row that fails."""

from __future__ import annotations

import pytest
from heavyload import overview, report
from heavyload.journal import records
from heavyload.problem import Refused
from heavyload.report import Row


@pytest.mark.parametrize(
    ("after_reboot", "found"),
    [("1024", "found 16384, after a reboot 1024 "), ("16384", "found 16384 ")],
)
def test_what_only_a_reboot_takes_away_is_told(monkeypatch: pytest.MonkeyPatch, after_reboot: str, found: str) -> None:
    row = Row("limits", "nofile.soft of a", "16384", "1024", "16384", after_reboot, "at least", report.SHORT, "here")
    monkeypatch.setattr(overview, "rows", lambda _: [row])
    monkeypatch.setattr(records, "read", lambda concern: None)
    with pytest.raises(Refused, match=f"wanted at least 16384, {found}"):
        overview.verify()
