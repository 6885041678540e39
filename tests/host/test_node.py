"""What stands in the way of a file of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from heavyload.journal import node
from heavyload.system import procsys


def test_a_second_name_stands_in_the_way_of_a_change_alone(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text("events {}")
    os.link(path, tmp_path / "backup")
    assert "2 names" in str(node.obstacle(str(path)))
    assert node.obstacle(str(path), back=True) is None


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "nginx.service.d").symlink_to("/nowhere")
    assert "leads nowhere" in str(node.obstacle(str(tmp_path / "nginx.service.d/ours.conf")))
    assert node.obstacle(str(tmp_path / "gunicorn.service.d/ours.conf")) is None


def test_a_file_that_is_mounted_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        places = [line.split(" ")[4] for line in file]
    files = [place for place in places if os.path.isfile(place)]
    for place in files or []:
        assert "a mount point" in str(node.obstacle(place)) or "names" in str(node.obstacle(place))
    assert not node._is_mount(__file__)


def can_try() -> bool:
    return os.geteuid() == 0 and not procsys.takes("net.core.somaxconn", "x")


@pytest.mark.parametrize(
    ("text", "takes"), [("-1", False), ("1024", True), ("\u00a0512", False), ("0x10", True), ("99999999999", False)]
)
def test_the_kernel_says_what_it_takes(text: str, takes: bool) -> None:
    if not can_try():
        pytest.skip("no network of its own can be made here")
    before = procsys.read("net.core.somaxconn")
    assert procsys.takes("net.core.somaxconn", text) == takes
    assert procsys.read("net.core.somaxconn") == before
