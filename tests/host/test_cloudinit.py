"""What cloud-init runs at every boot is named; what it has run once is not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from heavyload.kernel import cloudinit
from heavyload.system.run import Ran

# As cloud-init 22.4 and 25.1 print it on Debian.
MODULES: dict[str, Any] = {
    "cloud_init_modules": ["migrator", "seed_random", "bootcmd", "write-files"],
    "cloud_config_modules": ["locale", "runcmd"],
    "cloud_final_modules": ["scripts-vendor", "scripts-per-once", "scripts-per-boot", "scripts_per_instance"]
    + ["scripts-user", "final-message"],
}
BOOTCMD = "echo sysctl -w net.core.somaxconn=4\n'sysctl' '-w' 'net.core.somaxconn=1024'\n"
SCRIPT = "#!/bin/sh\nsysctl -w net.core.somaxconn=800\n"
BOOTCMD_CALL = "cloud-init's bootcmd line 2: 1024"


class Host:
    """One that cloud-init has set up: its `answer` is what it says of its configuration."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.answer = Ran(1, "", "No module named 'cloudinit'")
        for name in ("ENABLED", "DISABLED", "CLOUD"):
            monkeypatch.setattr(cloudinit, name, f"{root}/{name.lower()}")
        monkeypatch.setattr(cloudinit, "run", lambda argv, timeout: self.answer)
        (root / "enabled").touch()

    def says(self, script: str = "", **modules: Sequence[Any]) -> None:
        self.answer = Ran(0, json.dumps({**MODULES, **modules, "script": script}), "")

    def script(self, path: str, text: str = SCRIPT, mode: int = 0o755) -> None:
        file = self.root / "cloud" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def calls(self) -> list[str]:
        found = [call for calls in cloudinit.found().values() for call in calls]
        return [f"{call.where}: {call.value}".replace(f"{self.root}/cloud/", "") for call in found]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return Host(tmp_path, monkeypatch)


def test_bootcmd(host: Host) -> None:
    host.says(BOOTCMD)
    assert host.calls() == [BOOTCMD_CALL]
    assert "heavyload.service raises it again" in "".join(cloudinit.found())


@pytest.mark.parametrize(
    ("modules", "calls"),
    [
        (["bootcmd"], [BOOTCMD_CALL]),
        ([["bootcmd", "always"]], [BOOTCMD_CALL]),
        ([{"name": "bootcmd", "frequency": "always"}], [BOOTCMD_CALL]),
        ([["bootcmd", "sometimes"]], [BOOTCMD_CALL]),
        ([["bootcmd", "once-per-instance"]], []),
        ([{"name": "bootcmd", "frequency": "once"}], []),
        ([None, []], []),
    ],
)
def test_frequency(host: Host, modules: list[Any], calls: list[str]) -> None:
    host.says(BOOTCMD, cloud_init_modules=modules)
    assert host.calls() == calls


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("scripts/per-boot/tune", True),
        ("instance/boothooks/part-002", True),
        ("scripts/per-instance/tune", False),
        ("scripts/per-once/tune", False),
        ("instance/scripts/runcmd", False),
        ("instance/scripts/vendor/tune", False),
    ],
)
def test_folder(host: Host, path: str, named: bool) -> None:
    host.says()
    host.script(path)
    assert host.calls() == ([f"{path} line 2: 800"] if named else [])


def test_user_scripts_at_every_boot(host: Host) -> None:
    host.says(cloud_final_modules=[["scripts-user", "always"]])
    host.script("instance/scripts/runcmd")
    assert host.calls() == ["instance/scripts/runcmd line 2: 800"]
    assert "after heavyload.service" in "".join(cloudinit.found())


@pytest.mark.parametrize(
    ("text", "mode"), [(SCRIPT, 0o644), ("#!/usr/bin/python3\nsysctl -w net.core.somaxconn=800\n", 0o755)]
)
def test_a_file_that_is_no_script_of_the_shell(host: Host, text: str, mode: int) -> None:
    host.says()
    host.script("scripts/per-boot/tune", text, mode)
    assert host.calls() == []


def test_a_disabled_one(host: Host) -> None:
    host.says(BOOTCMD)
    (host.root / "disabled").touch()
    assert host.calls() == []


def test_one_that_does_not_run(host: Host) -> None:
    host.says(BOOTCMD)
    (host.root / "enabled").unlink()
    assert host.calls() == []


def test_one_that_cannot_be_asked(host: Host) -> None:
    host.script("scripts/per-boot/tune")
    assert host.calls() == []


@pytest.mark.parametrize("said", ["", "5", "[]", "null", '"x"', "{}", '{"cloud_init_modules": 5}', "[" * 99_999])
def test_an_answer_that_is_none(host: Host, said: str) -> None:
    host.answer = Ran(0, f"a warning\n{said}\n", "")
    assert cloudinit.found() == {}


def test_no_script(host: Host) -> None:
    host.answer = Ran(0, json.dumps({**MODULES, "script": None}), "")
    assert cloudinit.found() == {}
