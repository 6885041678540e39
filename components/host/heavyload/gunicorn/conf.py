"""The configuration that gunicorn reads: people's own first, then our names over it. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..rules import BY_DEFAULT, COMPUTED
from ..wishes import Wish
from .classes import GUARD

VERSION = "version_of_gunicorn"
DEFAULT = "gunicorn.conf.py"
# Nobody writes these: the class has a shorter name.
UNCHOSEN: Mapping[str, str] = {"worker_class": "gunicorn.workers.gthread.ThreadWorker", "worker_connections": "1003"}
_FOR_ONE = """\
import os

if os.geteuid() != {user}:
    raise SystemExit("heavyload: written for the user {user}, read by another")
"""
# What gunicorn would have taken without ours is read as gunicorn reads it, and what it defines is taken over.
_MODULE = """\
import importlib

theirs = importlib.import_module({place!r})
"""
_FILE = """\
import importlib.machinery
import importlib.util
import sys

loader = importlib.machinery.SourceFileLoader("__theirs__", {place!r})
theirs = importlib.util.module_from_spec(importlib.util.spec_from_loader("__theirs__", loader))
sys.modules["__theirs__"] = theirs
loader.exec_module(theirs)
"""
_RAISES = ("at least", COMPUTED)
_RAISED = """

def heavyload_raised(name, value):
    try:
        return max(int(globals()[name]), value)
    except (KeyError, TypeError, ValueError):
        return value


"""
_TAKEN = """\
globals().update({k: v for k, v in vars(theirs).items() if not k.startswith("__")})
"""
# A reload of gunicorn keeps its sockets and their queues: only the master can ask for longer ones.
_LAST = """
their_on_reload = globals().get("on_reload")


def on_reload(server):
    for listener in server.LISTENERS:
        listener.sock.listen(server.cfg.backlog)
    if their_on_reload is not None:
        their_on_reload(server)
"""


def lines(values: Mapping[str, Wish], theirs: str, user: int | None = None) -> list[str]:
    """`values`: whole numbers and words by gunicorn's names; `theirs`: what would be read without ours, by
    `place`; `user`: number of the one by whose process that is known, who alone may be led there."""
    ours = [_line(name, wish) for name, wish in values.items()]
    helper = _RAISED if any(wish.rule in _RAISES for wish in values.values()) else ""
    guard = GUARD if "worker_connections" in values else ""
    for_one = _FOR_ONE.format(user=user).splitlines() if user else []
    first = [*for_one, *_first(theirs).splitlines(), *helper.splitlines()]
    return [*first, *ours, *guard.splitlines(), *_LAST.splitlines()]


def _line(name: str, wish: Wish) -> str:
    """What people set later holds as what they had before does."""
    value = _literal(wish.value)
    if wish.rule in _RAISES and _is_whole(wish.value):
        return f"{name} = heavyload_raised({name!r}, {value})"
    return f"{name} = globals().get({name!r}) or {value}" if wish.rule == BY_DEFAULT else f"{name} = {value}"


def probe(theirs: str) -> list[str]:
    """People's own configuration as the only one, over values that show whether they have chosen theirs; and the
    version of gunicorn, in the form in which it prints its settings."""
    first = ["import gunicorn", f'print("{VERSION} =", gunicorn.__version__)']
    return [*first, *(f"{name} = {_literal(value)}" for name, value in UNCHOSEN.items()), *_first(theirs).splitlines()]


def place(config: str, folder: str) -> str:
    """A configuration by gunicorn's word for it, found from anywhere: at a reload its folder is another one where the
    configuration has it changed. `folder`: where it is started."""
    if config.startswith(_PYTHON):
        return config
    return os.path.normpath(os.path.join(folder, config.removeprefix("file:")))


_PYTHON = "python:"


def _first(theirs: str) -> str:
    if theirs.startswith(_PYTHON):
        return _MODULE.format(place=theirs[len(_PYTHON) :]) + _TAKEN
    text = _FILE.format(place=theirs) + _TAKEN
    if os.path.basename(theirs) != DEFAULT:
        return text
    # gunicorn looks for it at each start and reload, and goes on without it.
    inner = "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
    return f"import os\n\nif os.path.isfile({theirs!r}):\n{inner}"


def _literal(value: str) -> str:
    return str(int(value)) if _is_whole(value) else repr(value)


def _is_whole(value: str) -> bool:
    """Digits of other scripts, and raised ones, are letters to Python's own numbers."""
    return value.isascii() and value.isdigit()
