"""Waits for several things at the same time: what is waited for are other programs, which run beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
_MOST = 8


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """What they return, in their order. The first of them that fails is raised when all have ended."""
    from concurrent.futures import ThreadPoolExecutor  # only here: most commands do not pay for loading it

    if len(calls) < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(max_workers=_MOST) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def both(one: Callable[[], A], other: Callable[[], B]) -> tuple[A, B]:
    calls: Sequence[Callable[[], Any]] = (one, other)
    first, second = together(calls)
    return first, second
