"""The limits of a service whose processes are this test's own children."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from heavyload import manifest
from heavyload.journal.changes import Changes
from heavyload.journal.node import read_node
from heavyload.journal.records import NotedFile, NotedValue, Record
from heavyload.limits import dropins
from heavyload.limits.services import ServiceLimits
from heavyload.problem import Refused
from heavyload.system import ceiling, prlimits, processes
from heavyload.system.ceiling import Ceiling
from heavyload.system.processes import Process
from heavyload.system.services import NGINX, Service
from heavyload.system.snapshot import Snapshot

# Above the ceiling, as a unit says it that was written without a thought of it.
SAID = "100 524288"
PARENT = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 400))
code = 'import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (%s, %s)); print(flush=True); input()'
child = subprocess.Popen([sys.executable, '-c', code % (sys.argv[1], sys.argv[2])])
child.wait()
"""


class Said(Snapshot):
    """Of one service."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.one = service

    def service(self, name: str) -> Service:
        return self.one

    def processes_of(self, service: Service) -> list[Process]:
        return processes.below(service.main, self.processes)


class Host:
    """A service whose first process has `100 400`, and a worker that has set its own limits."""

    def __init__(self, main: int, patch: pytest.MonkeyPatch) -> None:
        self.main = main
        self.limits = ServiceLimits("limits", [lambda snapshot: [snapshot.service("")]])
        patch.setattr(ceiling, "here", lambda: Ceiling(400, fixed=True))
        self.says(SAID)

    def says(self, limit: str, name: str = "shop.service", files: tuple[str, ...] = ()) -> None:
        """What the unit says, our drop-in included."""
        self.service = Service(name, frozenset({name}), True, self.main, "", limit, files, (), {})

    @property
    def snapshot(self) -> Snapshot:
        return Said(self.service)

    def plan(self, soft: int, hard: int, record: Record | None = None) -> Changes:
        return self.limits.plan(_manifest(soft, hard), record, self.snapshot)


def _manifest(soft: int, hard: int) -> manifest.Manifest:
    settings = f"settings:\n  nofile.hard: at least {hard}\n  nofile.soft: at least {soft}\n"
    head = "concern: limits\nrevision: 1\nstack: shop/prod/web\n"
    return manifest.parse(f"{head}{settings}complete: true\n".encode(), "limits")


@contextlib.contextmanager
def host(worker: str, patch: pytest.MonkeyPatch) -> Iterator[Host]:
    argv = [sys.executable, "-c", PARENT, *worker.split()]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as main:
        assert main.stdout
        main.stdout.readline()
        try:
            yield Host(main.pid, patch)
        finally:
            main.communicate(b"\n")


def moves(changes: Changes) -> list[str]:
    return sorted(f"{move.before} -> {move.after}" for move in changes.moves)


def drop_in(changes: Changes) -> str:
    return "".join((change.new.content or b"").decode() for change in changes.files)


def test_where_no_limit_can_rise_the_soft_one_goes_up_to_the_hard_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with host("100 400", monkeypatch) as shop:
        changes = shop.plan(300, 300)
        assert moves(changes) == ["100 400 -> 300 400"] * 2
        assert "LimitNOFILE=300:400\n" in drop_in(changes), "no more than systemd can give"


def test_wanting_more_than_the_host_has_is_one_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    with host("100 400", monkeypatch) as shop, pytest.raises(Refused) as refused:
        shop.plan(300, 401)
    assert [problem.what for problem in refused.value.problems] == ["nofile.hard"]


def test_a_first_process_whose_hard_limit_is_short_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with host("100 400", monkeypatch) as shop:
        monkeypatch.setattr(ceiling, "here", lambda: Ceiling(20000, fixed=True))
        with pytest.raises(Refused) as refused:
            shop.plan(300, 500)
    (problem,) = refused.value.problems
    assert problem.what == "nofile of shop.service"
    assert (problem.where, problem.found[:7]) == (f"/proc/{shop.main}/limits", "100 400")


def test_a_worker_that_lowered_its_own_hard_limit_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """nginx does that, to worker_rlimit_nofile."""
    with host("300 300", monkeypatch) as shop:
        first = shop.plan(300, 400)
        assert moves(first) == ["100 400 -> 300 400"]
        for move in first.moves:
            prlimits.write(move.key, move.after)
        shop.says("300 400")
        assert moves(shop.plan(300, 400, first.record)) == []
        assert shop.limits.verify(shop.plan(300, 400, first.record), shop.snapshot) == []
        assert first.record
        found = shop.limits.rows(_manifest(300, 400), first.record, shop.snapshot)
        assert [(row.now, row.before, row.afterReboot, not row.is_short) for row in found] == [
            ("400", "400", "400", True),
            ("300", "100", "300", True),
        ]


def test_a_worker_whose_own_hard_limit_is_below_the_soft_one_wanted_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with host("200 200", monkeypatch) as shop, pytest.raises(Refused, match="found 200 200, and no right"):
        shop.plan(300, 400)


def test_a_worker_of_nginx_gets_its_limits_anew_when_nginx_takes_its_own_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with host("200 200", monkeypatch) as nginx:
        nginx.says(SAID, NGINX)
        assert moves(nginx.plan(300, 400)) == ["100 400 -> 300 400"]


def test_soft_limits_go_back_and_hard_ones_never_move(monkeypatch: pytest.MonkeyPatch) -> None:
    with host("100 400", monkeypatch) as shop:
        changes = shop.plan(300, 300)
        for move in changes.moves:
            prlimits.write(move.key, move.after)
        shop.says("300 400")
        assert changes.record
        lower = shop.plan(200, 200, changes.record)
        assert moves(lower) == ["300 400 -> 200 400"] * 2
        back = shop.limits.undo(changes.record, shop.snapshot)
        assert moves(back) == ["300 400 -> 100 400"] * 2
        for move in back.moves:
            prlimits.write(move.key, move.after)
        assert resource.prlimit(shop.main, resource.RLIMIT_NOFILE) == (100, 400)


def test_where_limits_can_rise_the_hard_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with host("100 400", monkeypatch) as shop:
        monkeypatch.setattr(ceiling, "here", lambda: Ceiling(1048576, fixed=False))
        changes = shop.plan(300, 600)
        assert moves(changes) == ["100 400 -> 300 600"] * 2
        assert "LimitNOFILE=300:524288\n" in drop_in(changes)


def test_a_drop_in_by_its_earlier_name_gives_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "shop.service.d"
    folder.mkdir()
    monkeypatch.setattr(dropins, "UNITS", str(tmp_path))
    old = folder / dropins.EARLIER_NAMES[0]
    old.write_text("[Service]\nLimitNOFILE=300:400\n")
    noted = {str(old): NotedFile(read_node(str(old)).digest, "[Service]\nLimitNOFILE=300:400")}
    with host("100 400", monkeypatch) as shop:
        held = {"unit shop.service": NotedValue("100 524288", "300 400")}
        shop.says("300 400")
        changes = shop.plan(300, 300, Record("", noted, held))
    assert [(change.path, change.new.absent) for change in changes.files] == [
        (str(folder / dropins.NAME), False),
        (str(old), True),
    ]
    assert changes.record and list(changes.record.files) == [str(folder / dropins.NAME)]


def test_what_people_wrote_before_ours_since_is_what_there_is_without_us(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "override.conf"
    own.write_text("[Service]\nLimitNOFILE=350:400\n")
    with host("100 400", monkeypatch) as shop:
        held = {"unit shop.service": NotedValue("100 524288", "300 400")}
        shop.says("300 400", files=(str(own),))
        changes = shop.plan(300, 300, Record("", {}, held))
    assert changes.record and changes.record.live["unit shop.service"].base == "350 400"
