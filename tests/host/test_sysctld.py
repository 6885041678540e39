from __future__ import annotations

from pathlib import Path

import pytest
from heavyload.kernel.sysctld import parse, paths, said
from heavyload.system import procsys


def test_files_are_read_by_name_and_an_earlier_folder_hides_the_same_name(tmp_path: Path) -> None:
    etc, lib = tmp_path / "etc", tmp_path / "lib"
    for folder, names in ((etc, ("99-b.conf", "10-a.conf", "readme", ".c.conf")), (lib, ("10-a.conf", "50-c.conf"))):
        folder.mkdir()
        for name in names:
            (folder / name).touch()
    found = paths((str(etc), str(tmp_path / "none"), str(lib)))
    assert found == [f"{etc}/10-a.conf", f"{lib}/50-c.conf", f"{etc}/99-b.conf"]


def test_lines_are_read_as_systemd_sysctl_reads_them() -> None:
    text = "# a = 1\n; b = 2\n\nnet.core.somaxconn=128\n -net/ipv4/conf/eth0.1/rp_filter = 1\nnone\na.b = 1\t2\n"
    assert [(item.key, item.value, item.line) for item in parse(text, "f")] == [
        ("net.core.somaxconn", "128", 4),
        ("net.ipv4.conf.eth0/1.rp_filter", "1", 5),
        ("a.b", "1 2", 7),
    ]


def test_the_last_assignment_by_name_holds_and_beats_a_pattern() -> None:
    items = parse("net.core.somaxconn = 1\nnet/core/somaxconn = 2\nnet.core.* = 3\nnet.* = 4\n", "f")
    assert said(items, "net.core.somaxconn", "128") == ("2", "f line 2")
    assert said(items, "net.core.optmem_max", "128") == ("3", "f line 3")
    assert said(items, "vm.swappiness", "60") is None


def test_what_a_pattern_must_not_set_is_set_by_its_name_alone() -> None:
    items = parse("net.core.* = 3\n-net.core.somaxconn\n", "f")
    assert said(items, "net.core.somaxconn", "128") is None
    assert said([*items, *parse("-net.core.somaxconn = 7", "g")], "net.core.somaxconn", "128") == ("7", "g line 1")


@pytest.mark.parametrize(
    ("text", "now", "value"),
    [
        ("1024;", "128", None),
        ("32k", "128", None),
        ("{{x}}", "128", None),
        ("", "128", None),
        ("08", "128", None),
        ("99999999999", "128", None),
        ("32768 # room for a rush", "128", "32768"),
        ("0x1000", "128", "4096"),
        ("010", "128", "8"),
        ("-1", "128", "-1"),
        ("20000 50000 # wide", "32768 60999", "20000 50000"),
        ("20000", "32768 60999", "20000 60999"),
        ("bbr", "cubic", "bbr"),
    ],
)
def test_a_text_is_read_as_the_kernel_reads_it(text: str, now: str, value: str | None) -> None:
    assert procsys.meant("net.core.x", text, now) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8080,9000-9002", "8080,9000-9002"),
        ("0x50,010", "8,80"),
        ("", ""),
        ("08", None),
        ("8080 # x", None),
        ("80, 81", None),
    ],
)
def test_ports_are_read_as_the_kernel_reads_them(text: str, value: str | None) -> None:
    assert procsys.meant("net.ipv4.ip_local_reserved_ports", text, "80") == value


def test_a_range_of_ports_lies_above_those_of_the_system() -> None:
    key, now = "net.ipv4.ip_local_port_range", "32768 60999"
    assert [procsys.meant(key, text, now) for text in ("8", "1024", "5000 4000")] == [None, "1024 60999", None]
