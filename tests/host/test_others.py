"""Programs beside systemd that set keys of the kernel are named, with what to do."""

from __future__ import annotations

import pytest
from heavyload.kernel import others
from heavyload.system.processes import Process
from heavyload.system.snapshot import Snapshot
from sandbox import Sandbox

HIGH = ("net.core.netdev_max_backlog: at least 25000", "net.core.somaxconn: at least 65535")
LOW = "[main]\nsummary=ours\ninclude=base\n\n[sysctl]\nnet.core.somaxconn=2048 # small\n"
BASE = "[sysctl]\nnet.core.somaxconn=99999\nnet.core.netdev_max_backlog = 500\n"


def said(sandbox: Sandbox) -> str:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    done = sandbox.apply(*HIGH)
    assert done.returncode == 0, done.stderr
    return done.stderr


def tuned(sandbox: Sandbox, main: str) -> None:
    sandbox.file("/etc/tuned/active_profile", "web\n")
    sandbox.file("/etc/tuned/tuned-main.conf", main)
    sandbox.file("/etc/tuned/profiles/web/tuned.conf", LOW)
    sandbox.file("/usr/lib/tuned/base/tuned.conf", BASE)


def test_what_tuned_sets_over_us_is_named_by_file_and_line(sandbox: Sandbox) -> None:
    tuned(sandbox, "# of TuneD\nreapply_sysctl = 0\n")
    text = said(sandbox)
    assert "/etc/tuned/profiles/web/tuned.conf line 6 has net.core.somaxconn = 2048, less than is wanted" in text
    # Of the profile that it includes what it does not say itself.
    assert "/usr/lib/tuned/base/tuned.conf line 3 has net.core.netdev_max_backlog = 500, less than is wanted" in text
    assert "turn that on" in text


@pytest.mark.parametrize("main", ["", "reapply_sysctl=1\n", "daemon\n[broken\n"])
def test_where_tuned_reads_sysctl_d_again_ours_last(sandbox: Sandbox, main: str) -> None:
    tuned(sandbox, main)
    assert "TuneD" not in said(sandbox)


def test_a_profile_that_includes_itself_ends(sandbox: Sandbox) -> None:
    tuned(sandbox, "reapply_sysctl=0\n")
    sandbox.file("/usr/lib/tuned/base/tuned.conf", BASE.replace("[sysctl]", "[main]\ninclude=web\n[sysctl]"))
    assert "tuned.conf line 6 has net.core.somaxconn = 2048" in said(sandbox)


@pytest.mark.parametrize(
    ("path", "when"), [("/etc/ufw/sysctl.conf", "ufw sets it"), ("/etc/sysctl.conf", "`sysctl --system`")]
)
def test_a_file_that_others_than_systemd_read_is_named(sandbox: Sandbox, path: str, when: str) -> None:
    sandbox.file(path, "# of ufw\nnet/core/somaxconn=128\n")
    found = said(sandbox)
    assert f"{path} line 2 has net.core.somaxconn = 128, less than is wanted: {when}" in found


def test_a_call_of_sysctl_that_cloud_init_makes_is_named(sandbox: Sandbox) -> None:
    text = "#cloud-config\nbootcmd:\n  - sysctl -w net.core.somaxconn=1024\n  - [sysctl, -w, vm.swappiness=1]\n"
    sandbox.file("/var/lib/cloud/instance/cloud-config.txt", text)
    found = said(sandbox)
    assert "/var/lib/cloud/instance/cloud-config.txt line 3 has net.core.somaxconn = 1024, less than is wanted" in found
    assert "take it out of the instance's user data" in found


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("bpftune", "net.core.netdev_max_backlog", "bpftune moves it by what it sees"),
        ("kube-proxy", "net.netfilter.nf_conntrack_max", "conntrack.maxPerCore: 0"),
    ],
)
def test_a_program_that_says_it_nowhere_is_known_by_its_process(name: str, key: str, words: str) -> None:
    snapshot = Snapshot()
    snapshot.__dict__["processes"] = {1: Process(1, 0, 1, "systemd"), 77: Process(77, 1, 5, name)}
    (line,) = others.running([key, "net.core.somaxconn"], snapshot)
    assert line.startswith(f"{key}: ") and words in line
