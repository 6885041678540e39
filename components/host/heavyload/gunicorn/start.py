"""What systemd would start gunicorn with: its words and variables, by systemd's own reading of unit and files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..problem import Problem, Refused, refuse
from ..system import processes, surroundings
from ..system.run import run_in_unit, status
from . import commandline, variables
from .unit import AS_ROOT, Unit, master, runs_as_root

ARGS = "GUNICORN_CMD_ARGS"
_TIME_LIMIT = 30  # seconds
# By these another one's code would come into what tells it, whoever has written them into a file of variables.
_CODE = ("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH")
_TELL = f"import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get({ARGS!r}, '')]))"
# Where systemd looks for a program that is named without its folder.
_SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OF_SYSTEMD = "INVOCATION_ID"
"""It gives that to whatever it starts."""
# They belong to the process that systemd started.
_ITS_OWN = ("NOTIFY_SOCKET", "WATCHDOG_", "LISTEN_", "MAINPID", "GUNICORN_FD", "GUNICORN_PID", "SERVER_SOFTWARE")


class Unclear(Refused):
    """What a script does cannot be known; it may start gunicorn all the same."""


def unclear(what: str, wanted: str, found: str, where: str, way_out: str) -> Unclear:
    return Unclear([Problem(what, wanted, found, where, way_out)])


class Start(NamedTuple):
    words: tuple[str, ...]
    args: str
    """GUNICORN_CMD_ARGS."""
    exported: Mapping[str, str] = {}
    """What a script adds to the unit's variables."""
    folder: str = ""
    """Where a script has gone; nothing: the unit's."""
    user: int | None = None
    """Number of the user by whose process all this is known; None: systemd says it."""


def of(unit: Unit, without: str = "") -> Start:
    """`without`: an EnvironmentFile that is left out. Raises Refused where systemd could not start it, or where what a
    script does cannot be known."""
    words, args = _by_systemd(unit, without)
    if commandline.is_gunicorn(words):
        searched = ":".join(unit.said.get("ExecSearchPath", ())) or _SEARCHED
        first = words[0] if words[0].startswith("/") else shutil.which(words[0], path=searched) or words[0]
        return Start((first, *words[1:]), args)
    # A process that systemd has started with that file, too.
    return _of_script(unit, args, {args, "", _by_systemd(unit, "")[1]})


def _by_systemd(unit: Unit, without: str) -> tuple[tuple[str, ...], str]:
    command: Sequence[str] = unit.service.command
    starts = unit.said.get("ExecStartEx") or [["", [], []]]
    if "no-env-expand" in starts[-1][2]:
        command = surroundings.unexpanded(command)
    # What it prints decides about a process with these rights: nobody who has less may have a hand in it.
    who = AS_ROOT if runs_as_root(unit) else {}
    with variables.copied(unit, without) as said:
        properties = [*surroundings.variables({**said, **who}), f"UnsetEnvironment={' '.join(_CODE)}"]
        done = run_in_unit(("/usr/bin/python3", "-I", "-S", "-c", _TELL, *command), properties, _TIME_LIMIT)
    try:
        words, args = json.loads(done.out)
        if all(isinstance(word, str) and "\0" not in word for word in (*words, args)):
            return tuple(words), args
        found = "words that are none"
    except (ValueError, TypeError, RecursionError):  # its user may have a hand in what is printed
        found = done.err.strip() or status(done.code)
    way_out = f"Look at its files of variables and its user: `systemctl cat {unit.name}`."
    raise refuse(unit.name, "what systemd can start", found, "systemd-run in its surroundings", way_out)


def _of_script(unit: Unit, args: str, given: set[str]) -> Start:
    """By the process that the script, or the launcher, has become or started. It is asked as its own user alone.
    `given`: what systemd may have given it for ARGS."""
    main = master(unit.main)
    words, found = processes.command_line(main), processes.environ(main)
    if not commandline.is_gunicorn(words) or not found:
        shown = " ".join(unit.service.command)
        way_out = "Have ExecStart run gunicorn itself, not a script that does."
        raise unclear("gunicorn", "a command line of gunicorn's", shown, unit.name, way_out)
    if _OF_SYSTEMD in processes.environ(unit.main) and _OF_SYSTEMD not in found:
        way_out = "Have systemd itself set its user (`User=` instead of sudo or `su -`), or the script pass them on."
        shown = "none: what starts it begins with new ones"
        raise unclear(ARGS, "the variables that systemd gives", shown, unit.name, way_out)
    if found.get(ARGS, "") not in given:
        way_out = f"Take {ARGS} out of the script, or have ExecStart run gunicorn itself."
        raise unclear(ARGS, "no other than systemd gives", "one that its script sets", unit.name, way_out)
    who = processes.identity(main)
    if who is None:
        way_out = "Run again, or have ExecStart run gunicorn itself."
        raise unclear("gunicorn", "a process of one user's", "another user's, for a while", unit.name, way_out)
    exported = {name: text for name, text in found.items() if not name.startswith(_ITS_OWN)}
    return Start(tuple(words), args, exported, _folder(main, found), who.uid)


def _folder(main: int, found: Mapping[str, str]) -> str:
    """Where it was started: as the shell says that has become it, since gunicorn may have gone elsewhere since."""
    said = found.get("PWD", "")
    return said if os.path.isabs(said) and os.path.isdir(said) else os.path.realpath(f"/proc/{main}/cwd")
