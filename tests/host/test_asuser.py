from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from heavyload.journal import live
from heavyload.problem import Refused
from heavyload.system import asuser, prlimits, processes
from heavyload.system.asuser import Identity
from heavyload.system.processes import Process

NOBODY = 65534
root_alone = pytest.mark.skipif(os.geteuid() != 0, reason="who is not root is one user alone")


@contextlib.contextmanager
def running(code: str = "") -> Iterator[Process]:
    """A process of nobody's, with some open files allowed."""
    code = code or f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})"
    argv = [sys.executable, "-c", f"import os\n{code}\nprint(flush=True)\ninput()"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        process = processes.read(child.pid)
        assert process
        try:
            yield process
        finally:
            child.communicate(b"\n")


@pytest.fixture
def without_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where root lacks CAP_SYS_RESOURCE, wherever this runs."""
    real = resource.prlimit

    def prlimit(pid: int, kind: int, *limits: tuple[int, int]) -> tuple[int, int]:
        if limits and os.getuid() == 0 and asuser.of(pid) != Identity(0, 0):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        return real(pid, kind, *limits)

    monkeypatch.setattr(resource, "prlimit", prlimit)


STATUS = "Name:\tnginx\nUid:\t{}\t{}\t{}\t33\nGid:\t{}\t{}\t{}\t7\n"


def test_a_process_has_one_identity_or_none() -> None:
    assert asuser.parse(STATUS.format(33, 33, 33, 7, 7, 7)) == Identity(33, 7)
    for place in range(6):
        numbers = [33, 33, 33, 7, 7, 7]
        numbers[place] = 0
        assert asuser.parse(STATUS.format(*numbers)) is None
    assert asuser.of(os.getpid()) == Identity(os.getuid(), os.getgid())


@root_alone
def test_the_child_is_that_user_for_good_and_in_no_group() -> None:
    def act() -> None:
        ids = {*os.getresuid(), *os.getresgid()}
        if ids != {NOBODY} or os.getgroups():
            raise OSError(errno.EDOM, "other ids")
        with contextlib.suppress(PermissionError):
            os.setuid(0)
            raise OSError(errno.ERANGE, "root again")

    assert asuser.do(Identity(NOBODY, NOBODY), act) == 0
    assert os.geteuid() == 0, "only the child"


@root_alone
def test_a_child_that_its_user_stops_keeps_nobody_waiting() -> None:
    assert asuser.do(Identity(NOBODY, NOBODY), lambda: os.kill(os.getpid(), signal.SIGSTOP)) == errno.EINTR


@root_alone
def test_says_what_stopped_the_child_and_lets_nothing_of_it_on() -> None:
    def refused() -> None:
        raise PermissionError(errno.EPERM, "no")

    def broken() -> None:
        raise RuntimeError("a mistake of ours")

    def ended() -> None:
        os.kill(os.getpid(), 9)

    identity = Identity(NOBODY, NOBODY)
    found = [asuser.do(identity, act) for act in (refused, broken, ended)]
    assert found == [errno.EPERM, errno.EIO, errno.EINTR]


@root_alone
@pytest.mark.usefixtures("without_the_right")
def test_moves_the_soft_limit_of_another_users_process_and_back() -> None:
    with running() as process:
        key = prlimits.key_of(process)
        before = live.read(key)
        assert before
        hard = before.split()[1]
        live.write(key, f"99 {hard}")
        assert live.read(key) == f"99 {hard}"
        live.write(key, before)
        assert live.read(key) == before
    live.write(key, "50 50")  # gone: nothing to do


@root_alone
@pytest.mark.usefixtures("without_the_right")
def test_says_why_a_hard_limit_cannot_rise() -> None:
    with running() as process:
        key = prlimits.key_of(process)
        live.write(key, "50 60")
        with pytest.raises(Refused, match=r"found 50 60, and no right to raise the hard limit .*LimitNOFILE"):
            live.write(key, "50 70")
        assert live.read(key) == "50 60"


@root_alone
@pytest.mark.usefixtures("without_the_right")
def test_says_so_of_a_process_that_is_two_users() -> None:
    with running(f"os.setresuid({NOBODY}, {NOBODY}, 0)") as process:
        key = prlimits.key_of(process)
        before = live.read(key)
        assert before
        with pytest.raises(Refused, match=r"\(real, effective, saved\) differ"):
            live.write(key, f"50 {before.split()[1]}")
        assert live.read(key) == before


@root_alone
def test_a_later_process_with_the_same_number_is_not_touched(
    without_the_right: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as process:
        before = prlimits.of(process.pid)
        real, asked = processes.read, iter((True, True, False))  # twice the one that was meant, then another
        monkeypatch.setattr(
            processes,
            "read",
            lambda pid: real(pid) if next(asked) else process._replace(start=process.start + 1),
        )
        live.write(prlimits.key_of(process), "50 60")
        monkeypatch.undo()
        assert prlimits.of(process.pid) == before
