"""Waits for several things at the same time: what is waited for are other programs, which run beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .run import end_all

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
_MOST = 8


def together(calls: Sequence[Callable[[], T]], at_once: int = _MOST) -> list[T]:
    """What they return, in their order. When one fails, or this process is told to end, those that have not begun are
    left out, and programs that are waited for are ended."""
    from concurrent.futures import ThreadPoolExecutor  # only here: most commands do not pay for loading it

    if len(calls) < 2:
        return [call() for call in calls]
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        try:
            return [future.result() for future in [pool.submit(call) for call in calls]]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise


def both(one: Callable[[], A], other: Callable[[], B]) -> tuple[A, B]:
    calls: Sequence[Callable[[], Any]] = (one, other)
    first, second = together(calls)
    return first, second
