from __future__ import annotations

import os
import re
import resource

import pytest
from heavyload.nginx import descriptors
from heavyload.nginxtext import configuration
from heavyload.system import ceiling, prlimits, procsys
from heavyload.system.ceiling import Ceiling
from nginxgrammar import MAIN, Folder

FIXED = Ceiling(20000, fixed=True)
FREE = Ceiling(1048576, fixed=False)


def test_knows_the_most_by_trying() -> None:
    """Beside it the shell tries the same: whether root, no root, or root without the right runs this."""
    found = ceiling.here()
    kernel = int(procsys.read("fs.nr_open") or 0)
    hard = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], kernel)
    raises = os.system(f"ulimit -n {hard - 1} && ulimit -n {hard} 2>/dev/null") == 0
    assert found.fixed is not raises
    first = int((prlimits.of(1) or "0 0").split()[1])
    assert found.most == (kernel if raises else min(first, kernel))
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= hard, "the child's limit moved, not ours"


@pytest.mark.parametrize(
    ("limit", "given"), [("1024 524288", "1024 20000"), ("65536 524288", "20000 20000"), ("16384 20000", "16384 20000")]
)
def test_systemd_gives_no_more_than_it_has(limit: str, given: str) -> None:
    assert (FIXED.given(limit), FREE.given(limit)) == (given, limit)


@pytest.mark.parametrize(
    ("target", "reached"),
    [("16384 524288", "16384 20000"), ("65536 65536", "20000 20000"), ("1024 4096", "1024 20000")],
)
def test_a_hard_limit_that_cannot_rise_is_not_lowered_either(target: str, reached: str) -> None:
    assert (FIXED.reach("1024 20000", target), FREE.reach("1024 20000", target)) == (reached, target)


def test_says_once_what_is_wanted_found_where_and_both_ways_out() -> None:
    assert FIXED.objection("20000") is None
    assert FREE.objection("9999999") is None  # fs.nr_open bounds that, and may rise
    said = str(FIXED.objection("131072"))
    assert re.match(r"nofile.hard: wanted at least 131072, found 20000, .* \(/proc/1/limits", said)
    for way_out in ("lxc.prlimit.nofile = 131072", "--rlimit=NOFILE=131072", "nofile.soft", "to 20000 or less"):
        assert way_out in said


@pytest.mark.parametrize(("written", "objects"), [("", False), ("20000", False), ("20001", True), ("999999", True)])
def test_a_number_of_theirs_that_nginx_cannot_have_is_named_with_its_line(written: str, objects: bool) -> None:
    text = f"user www-data;\nworker_rlimit_nofile {written};\n" if written else ""
    config = configuration.read(MAIN, Folder({MAIN: f"{text}events {{}}\nhttp {{}}\n".encode()}))
    said = descriptors.objection(config, FIXED)
    assert (said is not None) is objects
    assert said is None or (said.found.startswith(written) and said.where.endswith("nginx.conf:2"))
    assert descriptors.objection(config, FREE) is None


def test_no_limit_above_that_of_the_first_process_is_taken_for_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    from heavyload.limits import logins as loginlimits
    from heavyload.limits.pam import parse

    monkeypatch.setattr(ceiling, "here", lambda: FIXED)
    (line,) = parse("bob hard nofile 100000", "limits.conf")
    assert loginlimits._value(line, 1024) == 20000
