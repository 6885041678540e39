"""What systemd says at one time, and which processes there are: each asked once, for one plan, one proof or one report.
Whatever is started, stopped or reloaded is in the next one; who waits for something, or counts workers, asks anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from . import bus, processes, services
from .processes import Process
from .services import Service

T = TypeVar("T")


class Snapshot:
    """May be asked by several threads."""

    def __init__(self) -> None:
        self._asking = threading.RLock()
        self._services: dict[str, Service] = {}
        self._found: dict[Callable[[Snapshot], Any], Any] = {}

    def service(self, name: str) -> Service:
        """By any of its names; known to systemd or not, which `found` says."""
        with self._asking:
            if name not in self._services:
                service = services.parse(bus.unit(name))
                self._services.update({alias: service for alias in (name, service.name)})
            return self._services[name]

    def services(self, names: Sequence[str]) -> list[Service]:
        """Each once, whatever names it is asked for by."""
        return list({service.name: service for service in map(self.service, names)}.values())

    @cached_property
    def processes(self) -> Mapping[int, Process]:
        """By number."""
        return processes.running()

    def processes_of(self, service: Service) -> list[Process]:
        """Its first one, then the others."""
        found = processes.of_group(service.said.get("ControlGroup", ""), self.processes)
        return sorted(found, key=lambda process: process.pid != service.main)

    def once(self, find: Callable[[Snapshot], T]) -> T:
        """What `find` finds, looked for once."""
        with self._asking:
            if find not in self._found:
                self._found[find] = find(self)
            found: T = self._found[find]
            return found
