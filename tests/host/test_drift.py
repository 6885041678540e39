"""What `heavyload verify` says of what is no longer as it was left."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from heavyload import commands, drift, overview, owner, report
from heavyload.concerns import CONCERNS
from heavyload.journal import records
from heavyload.journal.node import read_node
from heavyload.journal.records import NotedFile, Record
from heavyload.manifest import Owner
from heavyload.problem import Refused
from heavyload.report import Row


def row(name: str = "nofile.soft of a", state: str = report.SHORT, after_reboot: str = "16384") -> Row:
    return Row("limits", name, "16384", "1024", "16384", after_reboot, "at least", state, "here")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(drift, "result", lines.append)
    monkeypatch.setattr(owner, "read", lambda: Owner("shop/prod/web"))
    monkeypatch.setattr(records, "read", lambda concern: None)
    monkeypatch.setattr(drift, "OWNER", __file__)
    return lines


@pytest.mark.parametrize(
    ("after_reboot", "found"),
    [("1024", "found 16384, after a reboot 1024 "), ("16384", "found 16384 ")],
)
def test_what_only_a_reboot_takes_away_is_told(
    monkeypatch: pytest.MonkeyPatch, said: list[str], after_reboot: str, found: str
) -> None:
    monkeypatch.setattr(overview, "rows", lambda _: [row(after_reboot=after_reboot), row("b", report.IN_FORCE)])
    assert drift.verify() == 2
    assert len(said) == 1 and f"drift: nofile.soft of a: wanted at least 16384, {found}" in said[0]


def test_one_line_where_there_is_none(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    monkeypatch.setattr(overview, "rows", lambda _: [row(state=report.IN_FORCE), row(state=report.NOT_APPLICABLE)])
    assert drift.verify() == 0
    assert said == ["no drift: 1 in force, 1 not applicable, 0 short"]


def test_files_that_others_changed_are_told(monkeypatch: pytest.MonkeyPatch, said: list[str], tmp_path: Path) -> None:
    mine, gone, edited = (str(tmp_path / name) for name in ("mine", "gone", "edited"))
    Path(mine).write_text("a\n")
    Path(edited).write_text("b\n")
    left = {path: NotedFile(read_node(mine).digest) for path in (mine, gone, edited)}
    monkeypatch.setattr(overview, "rows", lambda _: [])
    monkeypatch.setattr(records, "read", lambda concern: Record("", left) if concern == "nginx" else None)
    assert drift.verify(as_json=True) == 2
    found = json.loads(said[0])
    assert [(one["what"], one["found"]) for one in found["drift"]] == [(gone, "nothing"), (edited, "another text")]
    assert found["settings"] == {"in force": 0, "not applicable": 0, "short": 0}
    assert set(found["drift"][0]) == {"what", "wanted", "found", "where", "wayOut"}


def test_what_has_become_no_file_is_told_beside_all_else(
    monkeypatch: pytest.MonkeyPatch, said: list[str], tmp_path: Path
) -> None:
    left = {}
    for name, make in (("fifo", os.mkfifo), ("folder", os.mkdir)):
        path = str(tmp_path / name)
        Path(path).write_text("a\n")
        left[path] = NotedFile(read_node(path).digest)
        os.unlink(path)
        make(path)

    def unreadable(*_: object) -> list[Row]:
        raise IsADirectoryError(errno.EISDIR, "Is a directory", "/etc/nginx/nginx.conf")

    manifest = (Path(__file__).parent / "earlier" / "nginx.json").read_text()
    record = Record(json.loads(manifest)["manifest"], left)
    monkeypatch.setattr(records, "read", lambda concern: record if concern == "nginx" else None)
    monkeypatch.setattr(CONCERNS["nginx"], "rows", unreadable, raising=False)
    assert drift.verify(as_json=True) == 2
    found = [(one["what"], one["found"]) for one in json.loads(said[0])["drift"]]
    assert found[0] == ("nginx", "Is a directory")
    assert found[-2:] == [(path, "neither a file nor a link") for path in left]


def test_it_is_written_for_the_textfile_collector(
    monkeypatch: pytest.MonkeyPatch, said: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "heavyload.prom"
    monkeypatch.setattr(overview, "rows", lambda _: [row('a "\\\n b'), row(state=report.IN_FORCE)])
    assert commands.COMMANDS["verify"].run(["--json", f"--prometheus={path}"]) == 2
    lines = path.read_text().splitlines()
    assert 'heavyload_settings{state="short"} 1' in lines and "heavyload_drift 1" in lines
    assert 'heavyload_drift_found{what="a \\"\\\\\\n b"} 1' in lines
    assert all(line.startswith(("#", "heavyload_")) for line in lines)
    assert path.stat().st_mode & 0o777 == 0o644
    with pytest.raises(Refused, match="in a folder that is there"):
        drift.verify(prometheus=str(tmp_path / "none" / "x.prom"))
    with pytest.raises(Refused, match="a whole path"):
        drift.verify(prometheus="x.prom")
    (tmp_path / "nginx.conf").write_text("theirs")
    with pytest.raises(Refused, match="ends in .prom"):
        drift.verify(prometheus=str(tmp_path / "nginx.conf"))
    assert (tmp_path / "nginx.conf").read_text() == "theirs"


def test_where_nothing_is_applied_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    monkeypatch.setattr(drift, "OWNER", "/nowhere/owner")
    with pytest.raises(Refused, match="wanted to be applied here, found nothing"):
        drift.verify()


@pytest.mark.parametrize("words", [["--jason"], ["--prometheus"], ["--prometheus="], ["x"]])
def test_a_strange_option_is_refused(words: list[str]) -> None:
    with pytest.raises(Refused, match="--json, --prometheus=FILE"):
        commands.COMMANDS["verify"].run(words)
