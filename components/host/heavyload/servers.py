"""The servers of this host: what a change of files asks of them, by name (what a name is about stands after it:
`gunicorn site.service`), and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from . import manifest as manifests
from . import pages
from .concerns import CONCERNS
from .journal.servers import Reload, Stays
from .pages import Page
from .problem import Problem, Refused, problems_of, refuse
from .say import say
from .system import bus
from .system.run import run

_TIME_LIMIT = 1300  # seconds: a start may take what its unit gives it


def _units() -> None:
    argv = ("systemctl", "daemon-reload")
    done = run(argv, timeout=90)
    if done.code != 0:
        raise refuse("reload of units", "exit status 0", f"{done.code}: {done.err.strip()}", " ".join(argv), "Run it.")


RELOADS: Mapping[str, Reload] = {
    "units": Reload(_units, at_boot=True),
    **{name: reload for concern in CONCERNS.values() for name, reload in concern.reloads.items()},
}


def reload(name: str) -> Stays | None:
    kind, *about = name.split()
    return RELOADS[kind].run(*about)


def _service(name: str) -> str:
    """Whose processes take it; nothing: no service's."""
    kind, *about = name.split()
    return about[0] if about else RELOADS[kind].service


def serves(names: Iterable[str]) -> bool:
    return any(RELOADS[name.split()[0]].serves for name in names)


def running(names: Iterable[str]) -> list[str]:
    """The services that run of those which take these reloads."""
    return [service for name in names if (service := _service(name)) and bus.unit(service).get("MainPID")]


def reload_back(name: str, at_boot: bool, ran: Iterable[str]) -> list[Problem]:
    """The same on the way back, where nothing may stop the rest: what went wrong is returned. What ran before (`ran`)
    and does not now is started with its old files."""
    if at_boot and not RELOADS[name.split()[0]].at_boot:
        return []
    try:
        if not _started_again(_service(name), ran) and (stays := reload(name)):
            stays()
    except Exception as failure:  # whatever it is, the rest goes back
        return problems_of(failure, name, "to go through on the way back")
    return []


def _started_again(service: str, ran: Iterable[str]) -> bool:
    if not service or service not in ran or bus.unit(service).get("MainPID"):
        return False
    run(("systemctl", "reset-failed", "--", service))  # it may have been started too often
    argv = ("systemctl", "start", "--", service)
    done = run(argv, timeout=_TIME_LIMIT)
    if done.code != 0:
        found = done.err.strip()
        way_out = f"It is down. Look at `journalctl -u {service}`, then start it."
        raise refuse(service, "to run as before", found, " ".join(argv), way_out)
    say(f"{service} was down and is started again")
    return True


def answered(concern: str, manifest: str, gone: Sequence[str] = ()) -> dict[Page, int]:
    try:
        paths = manifests.parse(manifest.encode(), concern).pages if manifest else ("/",)
    except Refused:  # a record's that is damaged: the way back does not need it
        paths = ("/",)
    found = pages.answered(paths)
    return {page: status for page, status in found.items() if page.address.host not in gone}


def ending() -> bool:
    return run(("systemctl", "is-system-running")).out.strip() == "stopping"


def worse(before: Mapping[Page, int]) -> list[Problem]:
    return pages.worse(before)
