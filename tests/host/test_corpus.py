"""What comes out of each configuration of the corpus, by the outcome that was recorded and read."""

from __future__ import annotations

import os

import corpus
import pytest
from heavyload.nginxtext.edits import undone


def test_the_corpus_is_large() -> None:
    assert len(corpus.names()) >= 60


@pytest.mark.parametrize("name", corpus.names())
def test_what_comes_out_is_as_recorded(name: str) -> None:
    """UPDATE_GOLDEN=1 writes it anew."""
    record = corpus.FOLDER / name / corpus.OUTCOME
    found = corpus.outcome(name).encode("utf-8", "surrogateescape")
    if os.environ.get("UPDATE_GOLDEN"):
        record.write_bytes(found)
    assert found == record.read_bytes()


@pytest.mark.parametrize("name", corpus.names())
def test_set_twice_is_set_once_and_every_byte_comes_back(name: str) -> None:
    found = corpus.tuned(name)
    before = corpus.files(name)
    assert {path: undone(text, found.notes[path]) for path, text in found.texts.items()} == {
        path: (before[path], []) for path in found.texts
    }
    again = corpus.tuned(name, found.texts)
    assert again.texts == {}
    # By setting alone: lines have moved.
    assert [left.what for left in again.outcome.left] == [left.what for left in found.outcome.left]
