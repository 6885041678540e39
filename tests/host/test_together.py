from __future__ import annotations

import threading
import time

import pytest
from heavyload.system import run as runner
from heavyload.system.snapshot import Snapshot
from heavyload.system.together import both, together


def test_all_are_waited_for_at_the_same_time_and_answer_in_order() -> None:
    barrier = threading.Barrier(3, timeout=10)

    def call(number: int) -> int:
        barrier.wait()
        return number

    assert together([lambda: call(1), lambda: call(2), lambda: call(3)]) == [1, 2, 3]
    assert both(lambda: "a", lambda: 1) == ("a", 1)
    assert together([]) == []


def test_one_that_fails_leaves_out_what_has_not_begun() -> None:
    begun = []

    def slow() -> None:
        begun.append(1)
        time.sleep(0.2)

    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        together([fails, *[slow] * 50], at_once=4)
    assert len(begun) < 20


def test_being_told_to_end_ends_the_programs_that_are_waited_for() -> None:
    class Interrupted(BaseException):
        pass

    def stop() -> None:
        time.sleep(0.5)
        raise Interrupted

    begin = time.monotonic()
    with pytest.raises(Interrupted):
        together([stop, lambda: runner.run(("sleep", "60"))])
    assert time.monotonic() - begin < 30


def test_a_snapshot_looks_once_whoever_asks() -> None:
    looks = []

    def look(snapshot: Snapshot) -> int:
        looks.append(snapshot)
        return len(looks)

    snapshot = Snapshot()
    assert together([lambda: snapshot.once(look)] * 5) == [1] * 5
    assert snapshot.processes is snapshot.processes and snapshot.processes
    assert Snapshot().once(look) == 2
