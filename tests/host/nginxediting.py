"""One file, or some, as the tuning would have them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from heavyload.nginxtext import configuration, tuning
from heavyload.nginxtext.edits import undone
from heavyload.nginxtext.outcome import Outcome
from heavyload.problem import Refused
from heavyload.wishes import Wish
from nginxgrammar import MAIN, Folder

FACTS = tuning.Facts((1, 22, 1), "/usr/share/nginx", "/var/log/nginx/access.log", cpus=2)


def tuned(files: Mapping[str, bytes], facts: tuning.Facts = FACTS, **wishes: str) -> dict[str, bytes]:
    """The files after the edits; `wishes` as in `wanted`."""
    found = tuning.tuned(configuration.read(MAIN, Folder(dict(files))), wanted(wishes), facts)
    for path, text in found.texts.items():
        assert undone(text, found.notes[path]) == (files[path], [])
    return {**files, **found.texts}


def one(text: str, facts: tuning.Facts = FACTS, **wishes: str) -> str:
    return tuned({MAIN: text.encode()}, facts, **wishes)[MAIN].decode()


def refused(text: str, facts: tuning.Facts = FACTS, **wishes: str) -> str:
    with pytest.raises(Refused) as caught:
        one(text, facts, **wishes)
    return str(caught.value)


def http(*servers: str) -> str:
    return "events {}\nhttp {\n" + "\n".join(f"server {{ {text} }}" for text in servers) + "\n}\n"


def seen(files: Mapping[str, bytes], facts: tuning.Facts = FACTS, **wishes: str) -> Outcome:
    return tuning.seen(configuration.read(MAIN, Folder(dict(files))), wanted(wishes), facts)


def wanted(wishes: Mapping[str, str]) -> dict[str, Wish]:
    """`listen__backlog="at least 5"` stands for nginx.listen.backlog."""
    pairs = {f"nginx.{name.replace('__', '.')}": said.rpartition(" ") for name, said in wishes.items()}
    return {name: Wish(rule or "exactly", value) for name, (rule, _, value) in pairs.items()}
