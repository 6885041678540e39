"""Programs beside systemd that set keys of the kernel are named, with what to do."""

from __future__ import annotations

import pytest
from heavyload.kernel import others
from heavyload.system.processes import Process
from heavyload.system.snapshot import Snapshot
from sandbox import Sandbox, manifest

HIGH = ("net.core.netdev_max_backlog: at least 25000", "net.core.somaxconn: at least 65535")
PROFILE = "[main]\nsummary=ours\n\n[sysctl]\nnet.core.somaxconn=2048 # small\n"
ENABLED = {"Id": "tuned.service", "Names": [], "LoadState": "loaded", "UnitFileState": "enabled"}


def said(sandbox: Sandbox) -> str:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    code = f"from heavyload.system import bus; bus.unit = lambda name: {ENABLED}\n"
    apply = "from heavyload import steps; steps.apply('kernel', given.encode())"
    done = sandbox.run(code + apply, given=manifest(*HIGH))
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_what_tuned_sets_over_us_is_named_by_file_and_line(sandbox: Sandbox) -> None:
    sandbox.file("/etc/tuned/active_profile", "web\n")
    sandbox.file("/etc/tuned/tuned-main.conf", f"reapply_sysctl = 0\nprofile_dirs = {sandbox.root}/etc/tuned\n")
    sandbox.file("/etc/tuned/web/tuned.conf", PROFILE)
    text = said(sandbox)
    assert "/etc/tuned/web/tuned.conf line 5 has net.core.somaxconn = 2048, less than is wanted" in text
    assert "turn that on" in text


@pytest.mark.parametrize(
    ("path", "when"), [("/etc/ufw/sysctl.conf", "ufw sets it"), ("/etc/sysctl.conf", "`sysctl --system`")]
)
def test_a_file_that_others_than_systemd_read_is_named(sandbox: Sandbox, path: str, when: str) -> None:
    sandbox.file(path, "# of ufw\nnet/core/somaxconn=128\n")
    found = said(sandbox)
    assert f"{path} line 2 has net.core.somaxconn = 128, less than is wanted: {when}" in found


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
