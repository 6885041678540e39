from __future__ import annotations

from pathlib import Path

from sandbox import Sandbox

OURS = "etc/sysctl.d/99-zz-heavyload.conf"
HIGH = ("net.core.netdev_max_backlog: at least 25000", "net.core.somaxconn: at least 65535")
LOW = ("net.core.netdev_max_backlog: at least 2500", "net.core.somaxconn: at least 4096")


def ours(sandbox: Sandbox) -> list[str]:
    path = Path(sandbox.root / OURS)
    return path.read_text().splitlines()[1:] if path.exists() else []


def test_raises_what_falls_short_and_keeps_it_in_one_file(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    done = sandbox.apply(*HIGH)
    assert done.returncode == 0, done.stderr
    assert (sandbox.live("somaxconn"), sandbox.live("netdev_max_backlog")) == ("65535", "25000")
    assert ours(sandbox) == ["net.core.netdev_max_backlog = 25000", "net.core.somaxconn = 65535"]


def test_a_second_run_writes_nothing(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    inode = (sandbox.root / OURS).stat().st_ino
    done = sandbox.apply(*HIGH)
    assert "nothing to change" in done.stderr
    assert (sandbox.root / OURS).stat().st_ino == inode


def test_a_limit_that_the_host_exceeds_stays_and_is_written_nowhere(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="70000", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    assert sandbox.live("somaxconn") == "70000"
    assert ours(sandbox) == ["net.core.netdev_max_backlog = 25000"]


def test_a_file_that_says_more_is_not_undercut_at_the_next_boot(sandbox: Sandbox) -> None:
    sandbox.file("/usr/lib/sysctl.d/50-vendor.conf", "net.core.somaxconn = 100000\n")
    sandbox.kernel(somaxconn="128", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    assert sandbox.live("somaxconn") == "65535"
    assert ours(sandbox) == ["net.core.netdev_max_backlog = 25000"]


def test_a_lower_tier_brings_down_only_what_we_raised_and_never_below_what_the_host_had(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="8192", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    sandbox.apply(*LOW)
    assert (sandbox.live("somaxconn"), sandbox.live("netdev_max_backlog")) == ("8192", "2500")
    assert ours(sandbox) == ["net.core.netdev_max_backlog = 2500"]


def test_a_value_that_somebody_raised_after_us_is_theirs(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    sandbox.kernel(somaxconn="99999")
    sandbox.apply(*LOW)
    assert sandbox.live("somaxconn") == "99999"
    done = sandbox.restore()
    assert sandbox.live("somaxconn") == "99999"
    assert sandbox.live("netdev_max_backlog") == "1000"
    assert done.returncode == 0


def test_a_setting_that_the_plan_no_longer_names_goes_back(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    sandbox.apply(HIGH[0])
    assert sandbox.live("somaxconn") == "4096"
    assert ours(sandbox) == ["net.core.netdev_max_backlog = 25000"]


def test_restore_brings_back_files_and_live_values(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.file(OURS, "# somebody's own\nkernel.panic = 5\n").chmod(0o600)
    before = sandbox.tree()
    sandbox.apply(*HIGH)
    assert "kernel.panic = 5" in (sandbox.root / OURS).read_text()
    sandbox.restore()
    assert sandbox.tree() == before


def test_restore_keeps_a_line_that_somebody_added_to_our_file(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.apply(*HIGH)
    path = sandbox.root / OURS
    path.write_text(path.read_text() + "vm.swappiness = 10\n")
    sandbox.restore()
    assert path.read_text() == "vm.swappiness = 10\n"


def test_a_key_that_a_host_may_lack_is_no_failure(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096")
    assert sandbox.apply(*HIGH).returncode == 0
    assert ours(sandbox) == ["net.core.somaxconn = 65535"]


def test_a_key_that_every_host_has_is_missed(sandbox: Sandbox) -> None:
    sandbox.kernel(netdev_max_backlog="1000")
    before = sandbox.tree()
    done = sandbox.apply(*HIGH)
    assert done.returncode != 0 and "net.core.somaxconn: wanted at least 65535, found no such key" in done.stderr
    assert sandbox.tree() == before


def test_a_name_that_the_program_does_not_know_is_refused(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    before = sandbox.tree()
    done = sandbox.apply(*HIGH, "net.core.somaxcon: at least 65535", "nofile.soft: at least 65536")
    assert done.returncode != 0
    for name in ("net.core.somaxcon", "nofile.soft"):
        assert f"{name}: wanted a setting of kernel, found a name that this program does not know" in done.stderr
    assert sandbox.tree() == before


def test_a_later_file_that_wins_is_named_with_its_line_and_nothing_is_touched(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.file("etc/sysctl.d/99-zzz.conf", "# mine\nnet.core.somaxconn = 128\nnet.core.netdev_max_backlog = 5\n")
    before = sandbox.tree()
    done = sandbox.apply(*HIGH)
    assert done.returncode != 0
    assert "99-zzz.conf line 2" in done.stderr and "99-zzz.conf line 3" in done.stderr
    assert sandbox.tree() == before


def test_what_the_kernel_refuses_counts_as_none(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.file("/usr/lib/sysctl.d/50-vendor.conf", "net.core.somaxconn = 100000;\n")
    sandbox.file("/etc/sysctl.d/zz.conf", "net.core.netdev_max_backlog = {{ backlog }}\nnet.core.* = 1\n")
    done = sandbox.apply(*HIGH)
    assert done.returncode == 0, done.stderr
    assert ours(sandbox) == ["net.core.netdev_max_backlog = 25000", "net.core.somaxconn = 65535"]


def test_what_others_than_systemd_would_set_is_named(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.file("/etc/sysctl.conf", "# own\nnet.core.somaxconn = 1024\nnet.core.netdev_max_backlog = 99999\n")
    assert "/etc/sysctl.conf line 2 has net.core.somaxconn = 1024, less than is wanted" in sandbox.apply(*HIGH).stderr
