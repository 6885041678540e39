from __future__ import annotations

from pathlib import Path

from heavyload.sysctld import last, parse, paths


def test_files_are_read_by_name_and_an_earlier_folder_hides_the_same_name(tmp_path: Path) -> None:
    etc, lib = tmp_path / "etc", tmp_path / "lib"
    for folder, names in ((etc, ("99-b.conf", "10-a.conf", "readme")), (lib, ("10-a.conf", "50-c.conf"))):
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
    items = parse("net.core.somaxconn = 1\nnet.core.somaxconn = 2\nnet.core.* = 3\n", "f")
    found = last(items, "net.core.somaxconn")
    assert found is not None and found.where == "f line 2"
    by_pattern = last(items, "net.core.optmem_max")
    assert by_pattern is not None and by_pattern.value == "3"
    assert last(items, "vm.swappiness") is None
