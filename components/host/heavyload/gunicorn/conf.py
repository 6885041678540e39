"""The configuration that gunicorn reads: people's own first, then our names over it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_DEFAULT = "gunicorn.conf.py"

# The file that gunicorn would have taken without ours is run as gunicorn runs it, and what it defines is taken over.
_FIRST = """\
import importlib.util
import os
import sys

theirs = os.path.abspath({theirs})
if os.path.isfile(theirs):
    spec = importlib.util.spec_from_file_location("__theirs__", theirs)
    sys.modules["__theirs__"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["__theirs__"])
    globals().update({{k: v for k, v in vars(sys.modules["__theirs__"]).items() if not k.startswith("__")}})
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


def lines(values: Mapping[str, str], theirs: str | None) -> list[str]:
    """`values`: whole numbers and words by gunicorn's names; `theirs`: the file that would be read without ours."""
    ours = [f"{name} = {_literal(value)}" for name, value in values.items()]
    first = _FIRST.format(theirs=repr(theirs or _DEFAULT))
    return [*first.splitlines(), *ours, *_LAST.splitlines()]


def _literal(value: str) -> str:
    return str(int(value)) if value.isdigit() else repr(value)
