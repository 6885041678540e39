"""TuneD's profile sets what TuneD 2.20 and 2.25 were seen to set with it, on a host where reapply_sysctl is off."""

from __future__ import annotations

from pathlib import Path

import pytest
from heavyload.kernel import sysctld, tuned
from heavyload.system import bus
from heavyload.system.snapshot import Snapshot

SOMAXCONN, SYN = "net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog"
BASE = f"[sysctl]\n{SOMAXCONN}=99\n{SYN}=77\n"
ON_BASE = "[main]\nsummary=ours\ninclude=base\n"
KERNEL = {SOMAXCONN: "65535", SYN: "4000"}

PROFILES = {
    "a section of another name": (f"{ON_BASE}[my]\ntype=sysctl\n{SOMAXCONN}=2048 # small\n", "2048", "77"),
    "a disabled section": (f"{ON_BASE}[sysctl]\nenabled=false\n", "65535", "4000"),
    "a section that replaces": (f"{ON_BASE}[sysctl]\nreplace=true\n{SOMAXCONN}=1234\n", "1234", "4000"),
    "a dropped key": (f"{ON_BASE}[sysctl]\ndrop={SOMAXCONN}\n", "65535", "77"),
    "a variable": (f'[variables]\nq=555\n[sysctl]\n{SOMAXCONN}=${{q}}\n{SYN}="333"\n', "555", "333"),
    "at most and at least": (f"[sysctl]\n{SOMAXCONN}=<1000\n{SYN}=>100\n", "1000", "4000"),
    "priorities": (
        f"[one]\ntype=sysctl\npriority=5\n{SOMAXCONN}=11\n[two]\ntype=sysctl\npriority=1\n{SOMAXCONN}=22\n",
        "11",
        "4000",
    ),
    "another type": (f"[sysfs]\n{SOMAXCONN}=5\n", "65535", "4000"),
    "a profile that is not there": (f"[main]\ninclude=nowhere\n[sysctl]\n{SOMAXCONN}=33\n", "65535", "4000"),
    "a profile that may not be there": (f"[main]\ninclude=-nowhere\n[sysctl]\n{SOMAXCONN}=33\n", "33", "4000"),
    "itself": (f"[main]\ninclude=web,base\n[sysctl]\n{SOMAXCONN}=33\n", "33", "77"),
    "no section": (f"{SOMAXCONN}=33\n", "65535", "4000"),
    # Left out, though TuneD sets it: what only it can tell.
    "a function of TuneD's": (f"[sysctl]\n{SOMAXCONN}=${{f:exec:echo:444}}\n{SYN}=222\n", "65535", "222"),
    "a section for some processors": (f"[sysctl]\ncpuinfo_regex=Intel\n{SOMAXCONN}=33\n", "65535", "4000"),
}


class Host:
    """One with TuneD, its profile `web` being active."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.etc, self.usr = root / "etc", root / "usr"
        self.service = {"LoadState": "loaded", "UnitFileState": "enabled", "ActiveState": "active"}
        monkeypatch.setattr(tuned, "ETC", str(self.etc))
        monkeypatch.setattr(tuned, "DIRECTORIES", (str(self.etc), str(self.usr)))
        monkeypatch.setattr(bus, "unit", lambda name: {"Id": name, "Names": [name], **self.service})
        self.active("web")
        self.main("reapply_sysctl = 0\n")
        self.profile("base", BASE)

    def active(self, names: str) -> None:
        self.etc.mkdir(exist_ok=True)
        (self.etc / "active_profile").write_text(f"{names}\n")

    def main(self, text: str) -> None:
        (self.etc / "tuned-main.conf").write_text(f"# Global tuned configuration file.\n{text}")

    def profile(self, name: str, text: str, folder: Path | None = None) -> None:
        place = (folder or self.etc) / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "tuned.conf").write_text(text)

    def values(self) -> dict[str, str]:
        """The kernel's, after TuneD has started."""
        items = [item for found in tuned.found(Snapshot()).values() for item in found]
        said = {key: sysctld.said(items, key, now) for key, now in KERNEL.items()}
        return {key: one.value if (one := said[key]) else now for key, now in KERNEL.items()}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    return Host(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", PROFILES)
def test_profile(host: Host, name: str) -> None:
    text, somaxconn, syn = PROFILES[name]
    host.profile("web", text)
    assert host.values() == {SOMAXCONN: somaxconn, SYN: syn}


def test_several_profiles(host: Host) -> None:
    host.profile("web", f"[sysctl]\nreplace=1\n{SOMAXCONN}=1234\n")
    host.active("base web")
    assert host.values() == {SOMAXCONN: "1234", SYN: "4000"}


def test_a_post_loaded_profile(host: Host) -> None:
    host.profile("web", f"[sysctl]\n{SOMAXCONN}=1234\n")
    (host.etc / "post_loaded_profile").write_text("base\n")
    assert host.values() == {SOMAXCONN: "99", SYN: "77"}


def test_a_profile_over_its_namesake(host: Host) -> None:
    host.profile("web", f"[main]\ninclude=web\n[sysctl]\n{SOMAXCONN}=44\n")
    host.profile("web", BASE, host.usr)
    assert host.values() == {SOMAXCONN: "44", SYN: "77"}


@pytest.mark.parametrize(
    ("main", "keys"),
    [
        ("", []),
        ("reapply_sysctl=1\n", []),
        ("reapply_sysctl=off\n", [SOMAXCONN, SYN]),
        ("reapply_sysctl_exclude = vm.*, net.core.*\n", [SOMAXCONN]),
        ("[broken\n", []),
    ],
)
def test_reapplying(host: Host, main: str, keys: list[str]) -> None:
    host.active("base")
    host.main(main)
    assert [item.key for found in tuned.found(Snapshot()).values() for item in found] == keys


def test_profile_dirs(host: Host, tmp_path: Path) -> None:
    host.main(f"reapply_sysctl=0\nprofile_dirs = {host.etc},{tmp_path}/last\n")
    host.profile("web", f"[sysctl]\n{SOMAXCONN}=44\n")
    host.profile("web", f"[sysctl]\n{SOMAXCONN}=55\n", tmp_path / "last")
    assert host.values()[SOMAXCONN] == "55"


@pytest.mark.parametrize(
    ("service", "somaxconn"),
    [
        ({"ActiveState": "inactive"}, "99"),
        ({"UnitFileState": "disabled"}, "99"),
        ({"UnitFileState": "disabled", "ActiveState": "inactive"}, "65535"),
        ({"LoadState": "not-found", "UnitFileState": "", "ActiveState": "inactive"}, "65535"),
    ],
)
def test_service(host: Host, service: dict[str, str], somaxconn: str) -> None:
    host.active("base")
    host.service.update(service)
    assert host.values()[SOMAXCONN] == somaxconn


def test_no_profile(host: Host) -> None:
    host.active("")
    assert host.values() == KERNEL


def test_what_has_no_end(host: Host) -> None:
    doubling = "\n".join(f"v{n + 1}=${{v{n}}}${{v{n}}}" for n in range(64))
    host.profile("web", f"[variables]\nv0=11\n{doubling}\n[sysctl]\n{SOMAXCONN}=${{v64}}\n")
    assert host.values() == KERNEL
    for number in range(1_500):
        host.profile(f"p{number}", f"[main]\ninclude=p{number + 1}\n")
    host.profile("web", "[main]\ninclude=p0\n")
    assert host.values() == KERNEL
