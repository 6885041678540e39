from __future__ import annotations

import threading

import pytest
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


def test_one_that_fails_is_raised_when_all_have_ended() -> None:
    ended = []

    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        together([fails, lambda: ended.append(1)])
    assert ended == [1]


def test_a_snapshot_looks_once_whoever_asks() -> None:
    looks = []

    def look(snapshot: Snapshot) -> int:
        looks.append(snapshot)
        return len(looks)

    snapshot = Snapshot()
    assert together([lambda: snapshot.once(look)] * 5) == [1] * 5
    assert snapshot.processes is snapshot.processes and snapshot.processes
    assert Snapshot().once(look) == 2
