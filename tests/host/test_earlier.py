"""What the program wrote when its records were dictionaries (tests/host/earlier: a real host with an application, and
an unfinished change) is read, and written again as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from heavyload.journal import files, marker, originals, records
from heavyload.journal.changes import LiveChange
from heavyload.journal.marker import Switch

EARLIER = Path(__file__).with_name("earlier")
CONCERNS = ("host", "kernel", "app", "limits", "gunicorn", "nginx")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for module, name, place in (
        (records, "APPLIED", "."),
        (records, "MANIFESTS", "manifests"),
        (originals, "APPLIED", "."),
        (originals, "INDEX", "index.json"),
        (marker, "MARKER", "marker"),
    ):
        monkeypatch.setattr(module, name, str(tmp_path / place))
    for path in EARLIER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("concern", CONCERNS)
def test_a_record(here: Path, concern: str) -> None:
    record = records.read(concern)
    assert record is not None and record.files
    records.write(concern, record)
    assert (here / f"{concern}.json").read_bytes() == (EARLIER / f"{concern}.json").read_bytes()


def test_what_a_record_says(here: Path) -> None:
    nginx, limits = records.read("nginx"), records.read("limits")
    assert nginx and nginx.live["nginx.worker_connections"] == ("768", "4000")
    site = nginx.files["/etc/nginx/conf.d/heavyload-app.conf"]
    assert site.given and "listen 80;" in site.given and "so_keepalive=on" in site.ours
    assert nginx.files["/etc/nginx/nginx.conf"].given is None
    assert limits and limits.live["unit nginx.service"].ours == "16384 20000"


def test_the_index_of_originals(here: Path) -> None:
    index = json.loads((EARLIER / "index.json").read_text())
    assert originals.paths() == sorted(index["files"]) and originals.live_values() == index["live"]
    originals.forget((), ())
    assert (here / "index.json").read_bytes() == (EARLIER / "index.json").read_bytes()


def test_the_marker_of_an_unfinished_change(here: Path) -> None:
    unfinished = marker.read()
    assert unfinished is not None
    assert unfinished.record == records.read("kernel")
    assert unfinished.ran == ("nginx.service",) and unfinished.reloads == ("units", "gunicorn site.service")
    assert unfinished.raised == (LiveChange("net.core.somaxconn", "4096", "16384"),)
    assert [type(switch) for switch in unfinished.files] == [Switch] and unfinished.files[0].old == "absent"
    body = json.dumps(unfinished.to_json(), sort_keys=True)
    assert body == (EARLIER / "marker").read_text().splitlines()[0]


def test_a_marker_from_before_it_said_what_ran(here: Path) -> None:
    data = json.loads((EARLIER / "marker").read_text().splitlines()[0])
    del data["ran"]
    assert marker.Marker.from_json(data).ran == ()


def test_damage_is_refused(here: Path) -> None:
    for name in CONCERNS:
        (here / f"{name}.json").write_text(
            '{"manifest": "x", "files": {"/etc/a": {"digest": 1, "ours": ""}}, "live": {}}'
        )
        assert files.damaged(lambda name=name: records.read(name))  # type: ignore[misc]
