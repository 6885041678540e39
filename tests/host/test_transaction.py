"""Kills the program at every write, rename and flush, lets the next run recover, and compares with all or nothing."""

from __future__ import annotations

import itertools

import pytest
from sandbox import KILLED, Sandbox, manifest

FIRST = ("net.core.netdev_max_backlog: at least 2500", "net.core.somaxconn: at least 8192")
SECOND = ("net.core.netdev_max_backlog: at least 25000", "net.core.somaxconn: at least 65535")
# Against FIRST one value goes up, before the files, and one down, after them.
BOTH_WAYS = ("net.core.netdev_max_backlog: at least 25000", "net.core.somaxconn: at least 5000")
TIDY = "from heavyload import steps; steps.tidy()"
OURS = "etc/sysctl.d/99-zz-heavyload.conf"


@pytest.fixture
def host(sandbox: Sandbox) -> Sandbox:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.file(OURS, "# somebody's own\n").chmod(0o640)
    return sandbox


@pytest.mark.parametrize("step", ["first", "update", "both ways", "restore"])
def test_a_kill_at_any_point_leaves_all_or_nothing(host: Sandbox, step: str) -> None:
    def act(fault: int = 0) -> int:
        wanted = BOTH_WAYS if step == "both ways" else SECOND
        done = host.restore(fault) if step == "restore" else host.apply(*wanted, fault=fault)
        return done.returncode

    if step != "first":
        assert host.apply(*FIRST).returncode == 0
    before = host.tree()
    host.save("start")
    assert act() == 0
    after = host.tree()
    assert after != before

    for fault in itertools.count(1):
        host.load("start")
        if (code := act(fault)) == 0:
            break
        assert code == KILLED
        assert host.run(TIDY).returncode == 0
        assert host.tree() in (before, after), f"fault {fault}"
        assert act() == 0
        assert host.tree() == after, f"again after fault {fault}"
    assert fault > 20


def test_recovery_itself_can_be_killed_anywhere(host: Sandbox) -> None:
    assert host.apply(*FIRST).returncode == 0
    before = host.tree()
    done = host.run(_CUT_OFF_AT_THE_LAST_VALUE, given=manifest(*BOTH_WAYS))
    assert done.returncode == KILLED
    assert host.live("netdev_max_backlog") == "25000"
    assert "= 5000" in (host.root / OURS).read_text()
    host.save("broken")
    for fault in itertools.count(1):
        host.load("broken")
        done = host.run(TIDY, fault)
        if done.returncode == 0:
            break
        assert done.returncode == KILLED
        assert host.run(TIDY).returncode == 0
        assert host.tree() == before, f"fault {fault}"
    assert fault > 5


# One value is raised and the files are switched; the machine goes down before the other one is lowered.
_CUT_OFF_AT_THE_LAST_VALUE = """
from heavyload import steps; from heavyload.journal import live
write, seen = live.write, []
def last(key, value):
    seen.append(key)
    if len(seen) == 2:
        os._exit(137)
    write(key, value)
live.write = last
steps.apply('kernel', given.encode())
"""


def test_a_value_that_the_kernel_does_not_take_puts_everything_back(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    before = sandbox.tree()
    stubborn = """
from heavyload import steps; from heavyload.journal import live
from heavyload.problem import Refused
write = live.write
live.write = lambda key, value: write(key, "4096" if "somaxconn" in key else value)
try:
    steps.apply('kernel', given.encode())
except Refused as refused:
    print(refused)
"""
    done = sandbox.run(stubborn, given=manifest(*SECOND))
    assert "everything was put back" in done.stdout
    assert "net.core.somaxconn: wanted 65535, found 4096" in done.stdout
    assert sandbox.tree() == before


def test_a_failed_undo_keeps_what_the_next_one_needs(host: Sandbox) -> None:
    assert host.apply(*FIRST).returncode == 0
    before = host.tree()
    done = host.run(_NEITHER_FORTH_NOR_BACK, given=manifest(*BOTH_WAYS))
    assert done.returncode != 0
    assert "= 5000" in (host.root / OURS).read_text()
    assert host.run(TIDY).returncode == 0
    assert host.tree() == before


_NEITHER_FORTH_NOR_BACK = """
from heavyload import steps; from heavyload.journal import live, undo
def fails(*_):
    raise OSError(5, "Input/output error")
write, seen = live.write, []
live.write = lambda *change: fails() if seen else seen.append(write(*change))
undo._put_back = fails
steps.apply('kernel', given.encode())
"""


def test_a_damaged_marker_is_touched_by_nobody(sandbox: Sandbox) -> None:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    sandbox.apply(*FIRST)
    sandbox.file("var/lib/heavyload/undo.json", '{"files": []}\nsum\n')
    before = sandbox.tree()
    done = sandbox.apply(*SECOND)
    assert done.returncode != 0 and "undo.json" in done.stderr
    assert sandbox.tree() == before


@pytest.mark.parametrize("step", ["first", "update"])
def test_what_a_damaged_marker_was_for_is_restored_from_the_originals(host: Sandbox, step: str) -> None:
    untouched = host.tree()
    values = host.live("somaxconn"), host.live("netdev_max_backlog")
    if step == "update":
        assert host.apply(*FIRST).returncode == 0
    host.save("start")
    marker = host.root / "var/lib/heavyload/undo.json"
    cut = 0
    for fault in itertools.count(1):
        host.load("start")
        if host.apply(*BOTH_WAYS, fault=fault).returncode == 0:
            break
        if not marker.exists():
            continue
        cut += 1
        marker.write_bytes(b"\0" * 100)
        assert "sudo heavyload restore" in host.apply(*SECOND).stderr
        done = host.run("from heavyload import host, owner; host.restore(owner.NOBODY)")
        assert done.returncode == 0, done.stderr
        assert host.tree() == untouched, f"fault {fault}"
        assert (host.live("somaxconn"), host.live("netdev_max_backlog")) == values
        assert not (host.root / "var/lib/heavyload").exists()
    assert cut > 5


def test_what_people_write_after_a_failure_is_what_a_restore_brings_back(host: Sandbox) -> None:
    """A change that did not go through keeps no original for the next one."""
    refused = "from heavyload import steps, problem; from heavyload.journal import transaction\n" + _REFUSED
    assert "everything was put back" in host.run(refused, given=manifest(*FIRST)).stdout
    host.file(OURS, "# somebody's later one\n").chmod(0o600)
    assert host.apply(*FIRST).returncode == 0
    assert host.restore().returncode == 0
    assert (host.root / OURS).read_text() == "# somebody's later one\n"
    assert host.file(OURS, "# somebody's later one\n").stat().st_mode & 0o777 == 0o600


_REFUSED = """
from heavyload.journal import live
def fails(*_):
    raise OSError(5, "Input/output error")
write = live.write
live.write = lambda key, value: fails() if value == "8192" else write(key, value)
try:
    steps.apply('kernel', given.encode())
except problem.Refused as refused:
    print(refused)
"""
