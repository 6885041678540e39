"""The editor of nginx's configuration, on thousands of configurations."""

from __future__ import annotations

import os
from collections import Counter
from operator import attrgetter
from random import Random

from heavyload.nginxtext import configuration, directives, edits, listens, tuning
from heavyload.nginxtext.tree import Body, parse
from heavyload.nginxtext.values import holds
from heavyload.rules import BY_DEFAULT
from heavyload.system import addresses
from hypothesis import given, settings
from hypothesis import strategies as st
from nginxgrammar import MAIN, Folder, Grammar
from nginxwishes import FACTS, WISHES

# `npm run test:all` takes its time.
EXAMPLES = 10_000 if os.environ.get("HEAVYLOAD_TEST_ALL") == "1" else 2_000


def tune(files: dict[str, bytes], facts: tuning.Facts = FACTS) -> tuning.Tuned:
    return tuning.tuned(configuration.read(MAIN, Folder(files)), WISHES, facts)


def statements(text: bytes) -> list[tuple[bytes, ...]]:
    """Every statement of a file with its words, blocks by their heads."""

    def inside(body: Body) -> list[tuple[bytes, ...]]:
        return [
            words
            for directive in body.directives
            for words in [(directive.name, *directive.arguments), *(inside(directive.body) if directive.body else [])]
        ]

    return inside(parse(text))


@given(st.randoms(use_true_random=True))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_configuration_gets_what_is_wished_and_can_be_given_back(random: Random) -> None:
    files = Grammar(random).write()
    first = tune(files)
    after = {**files, **first.texts}
    assert tune(after).texts == {}, "set twice is set once"
    own, config = (configuration.read(MAIN, Folder(found)) for found in (files, after))
    had_before = directives.base(own, FACTS.version)
    for name, has in directives.base(config, FACTS.version).items():
        knob, wish = directives.KNOBS[name], WISHES[name]
        if wish.rule == BY_DEFAULT and directives.statement(own, name):
            assert has == had_before[name], name
            continue
        assert holds(knob.kind, wish.rule, has.encode(), wish.value.encode()), name
    for address, line in listens.sockets(config).items():
        assert line.backlog >= 16384, line.where
        assert line.keepalive or address.family == addresses.UNIX, line.where
    for path, text in first.texts.items():
        meant_before, meant_after = (
            Counter(found for note in first.notes[path] for found in statements(side(note).encode("latin-1")))
            for side in (attrgetter("before"), attrgetter("after"))
        )
        had, has_now = Counter(statements(files[path])), Counter(statements(text))
        assert had - meant_before == has_now - meant_after, "nothing but the noted statements has changed"
        if b"\r\n" in files[path]:
            assert lone_newlines(text) == lone_newlines(files[path]), "CRLF stays CRLF"
        assert edits.undone(text, first.notes[path]) == (files[path], [])


def lone_newlines(text: bytes) -> int:
    return text.count(b"\n") - text.count(b"\r\n")
