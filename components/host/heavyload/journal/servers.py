"""What the journal asks of the servers of a host, whichever they are, and what each layer says of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ..problem import Problem

Stays = Callable[[], bool]
"""Waits until what took a change has been there for a while. Raises Refused when it does not stay; otherwise whether it
has been the same all the time."""


class Reload(NamedTuple):
    """What has a running system take new files."""

    run: Callable[..., Stays | None]
    """Raises Refused when it has not taken them; where that shows only later, what it returns does. Called with what
    stands after its name (`gunicorn site.service`)."""
    at_boot: bool = False
    """Needed even before anything has started: systemd has read its units by then."""
    service: str = ""
    """Whose processes take the change, where no other is named."""
    serves: bool = False
    """What they answer is at stake."""


class Servers(Protocol):
    """Reloads go by name: data that a marker can hold."""

    def serves(self, names: Iterable[str]) -> bool:
        """Whether what they answer is at stake."""
        ...

    def running(self, names: Iterable[str]) -> list[str]:
        """The services that run of those which take these reloads."""
        ...

    def reload(self, name: str) -> Stays | None:
        """Raises Refused when the running system has not taken it; where that shows only later, what it returns
        does."""
        ...

    def reload_back(self, name: str, at_boot: bool, ran: Iterable[str]) -> list[Problem]:
        """The same on the way back, where nothing may stop the rest: what went wrong is returned."""
        ...

    def answered(self, concern: str, manifest: str, gone: Sequence[str]) -> Mapping[Any, int]:
        """The status of each page that is served now, but on the sockets that are to go."""
        ...

    def ending(self) -> bool:
        """Whether the host shuts down: nothing is to be started or waited for any more."""
        ...

    def worse(self, before: Mapping[Any, int]) -> list[Problem]:
        """The pages that were well and now are answered otherwise."""
        ...
