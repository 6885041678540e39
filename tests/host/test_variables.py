"""Files of variables, as they are given to a trial."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from heavyload.gunicorn import variables
from heavyload.gunicorn.unit import Unit
from heavyload.problem import Refused
from heavyload.system import services


def unit(*files: tuple[str, bool]) -> Unit:
    said = {"Id": "shop.service", "Names": ["shop.service"], "LoadState": "loaded", "EnvironmentFiles": list(files)}
    return Unit(services.parse(said), 0, 0, ())


def test_are_copies_in_their_order_and_without_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variables, "_PLACE", str(tmp_path))
    for name in ("shop", "ours", "b1", "b2"):
        (tmp_path / name).write_text(f"{name}=1\n")
    files = [
        (f"{tmp_path}/b?", False),
        (f"{tmp_path}/shop", False),
        (f"{tmp_path}/none", True),
        (f"{tmp_path}/ours", True),
    ]
    with variables.copied(unit(*files), f"{tmp_path}/ours") as said:
        texts = [Path(path).read_text() for path, optional in said["EnvironmentFiles"] if not optional]
        assert texts == ["b1=1\n", "b2=1\n", "shop=1\n"]
        assert not {path for path, _ in said["EnvironmentFiles"]} & {path for path, _ in files}


def test_what_systemd_would_wait_for_or_miss_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variables, "_PLACE", str(tmp_path))
    os.mkfifo(tmp_path / "fifo")
    asked = unit((f"{tmp_path}/fifo", True), (f"{tmp_path}/none", False))
    with pytest.raises(Refused) as refused, variables.copied(asked):
        pass
    assert [problem.found for problem in refused.value.problems] == ["something else", "none"]
    assert variables.problems(asked) == list(refused.value.problems)
