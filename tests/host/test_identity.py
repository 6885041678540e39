"""Which machine this is."""

from __future__ import annotations

from pathlib import Path

import pytest
from heavyload.system import identity


@pytest.mark.parametrize(
    ("files_of_it", "expected"),
    [
        (
            {"board_asset_tag": "i-0abc12345678\n", "product_uuid": "ec2e1916-9099-7caf-fd21-012345abcdef\n"},
            "i-0abc12345678",
        ),
        (
            {"board_asset_tag": "Not Specified\n", "product_uuid": "EC2E1916-9099-7CAF-FD21-012345ABCDEF\n"},
            "ec2e1916-9099-7caf-fd21-012345abcdef",
        ),
        ({"product_uuid": "00000000-0000-0000-0000-000000000000\n"}, ""),
        ({"product_uuid": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF\n"}, ""),
        ({}, ""),
    ],
)
def test_a_machine_is_known_by_its_firmware(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files_of_it: dict[str, str], expected: str
) -> None:
    for name, text in files_of_it.items():
        (tmp_path / name).write_text(text)
    forms = [(str(tmp_path / path.rsplit("/", 1)[1]), form) for path, form in identity._FIRMWARE]
    monkeypatch.setattr(identity, "_FIRMWARE", forms)
    monkeypatch.setattr(identity, "_CONTAINER", str(tmp_path / "container"))
    assert identity.read() == expected


def test_a_container_is_known_by_what_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "container").write_text("systemd-nspawn")
    (tmp_path / "environ").write_text("container=systemd-nspawn\0container_uuid=abc\0")
    monkeypatch.setattr(identity, "_CONTAINER", str(tmp_path / "container"))
    monkeypatch.setattr(identity, "_INIT", str(tmp_path / "environ"))
    assert identity.read() == "abc"
    (tmp_path / "environ").write_text("container=lxc\0")
    assert identity.read() == ""
