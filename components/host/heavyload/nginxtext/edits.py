"""Changes of one file's text, statement by statement, and the way back. Every other byte stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .tree import Body, Directive, parse

_INDENT = b"    "


class Edit(NamedTuple):
    """At one place of a file `before` becomes `after`, both whole statements; an empty `before`: it is put in."""

    path: str
    at: int
    before: bytes
    after: bytes
    beside: int | None = None
    """Where the statement before it in its block begins, whose depth it takes; None: there is none."""


class Note(NamedTuple):
    """What the way back needs of an edit, also in a text that others have edited since."""

    blocks: tuple[str, ...]
    """The names of the blocks around it in its file."""
    before: str
    after: str
    nth: int
    """Which of the statements that read the same there."""


def replaced(
    path: str, text: bytes, directive: Directive, words: Mapping[int, bytes | None], more: Sequence[bytes] = ()
) -> Edit:
    """Other words at some places of a statement (None: no word there any more), and more words at its end."""
    spans = []
    for place, new in words.items():
        word = directive.words[place]
        spans.append((directive.words[place - 1].end, word.end, b"") if new is None else (word.start, word.end, new))
    end = directive.words[-1].end
    spans += [(end, end, b" " + word) for word in more]
    after, at = b"", directive.start
    for start, stop, new in sorted(spans, key=lambda span: span[:2]):
        after += text[at:start] + new
        at = stop
    return Edit(path, directive.start, text[directive.start : directive.end], after + text[at : directive.end])


def added(path: str, body: Body, statement: bytes) -> Edit:
    """A statement at the end of a block, or before the first statement of a file."""
    if not body.directives:
        return Edit(path, body.end, b"", statement)
    if body.start == 0:
        return Edit(path, body.directives[0].start, b"", statement)
    return Edit(path, body.end, b"", statement, body.directives[-1].start)


def made(text: bytes, edits: Iterable[Edit]) -> tuple[bytes, list[Note]]:
    """The text with all edits of one file. What is put in at one place stands in the order it comes in."""
    pieces: list[bytes] = []
    starts: list[tuple[int, Edit]] = []
    at = length = 0
    for edit in sorted(edits, key=lambda edit: (edit.at, edit.before != b"")):
        place, lead, tail = (edit.at, b"", b"") if edit.before else _layout(text, edit.at, edit.beside)
        new = text[at:place] + lead
        starts.append((length + len(new), edit))
        pieces.append(new + edit.after + tail)
        length += len(pieces[-1])
        at = place + len(edit.before)
    whole = b"".join([*pieces, text[at:]])
    return whole, list(_notes(whole, starts))


def undone(text: bytes, notes: Sequence[Note]) -> tuple[bytes, list[Note]]:
    """The text without the edits that still stand in it as they were made, and those that do not."""
    there = _places(text)
    found: dict[int, tuple[int, bytes]] = {}
    lost = []
    for note in notes:
        equals = there.get(_key(note), [])
        place = equals[min(note.nth, len(equals) - 1)] if equals else None
        start, end = (0, 0) if place is None else _span(text, place, note)
        if place is not None and start not in found:
            found[start] = (end, _bytes(note.before))
        elif (edited := _edited(text, note)) and edited.at not in found:
            found[edited.at] = (edited.at + len(edited.before), edited.after)
        else:
            lost.append(note)
    pieces, at = [], 0
    for start, (end, before) in sorted(found.items()):
        pieces += [text[at:start], before]
        at = end
    return b"".join([*pieces, text[at:]]), lost


def _edited(text: bytes, note: Note) -> Edit | None:
    """Of a statement that others have edited since, the way back of the words that are ours; None: some are no more,
    or it is not told which statement it is."""
    before, after = (Counter(_words(side)) for side in (note.before, note.after))
    ours, theirs = after - before, list((before - after).elements())
    name = _words(note.after)[:1]
    candidates = [
        directive
        for blocks, directive in _statements(parse(text))
        if note.before and blocks == note.blocks and directive.body is None
        if [word.value for word in directive.words[:1]] == name
        if not ours - Counter(word.value for word in directive.words)
    ]
    # Of several the one that has most of the other words, too.
    shared = [sum((before & after & Counter(word.value for word in one.words)).values()) for one in candidates]
    if not ours or shared.count(max(shared, default=0)) != 1:
        return None
    directive = candidates[shared.index(max(shared))]
    words: dict[int, bytes | None] = {}
    for value in ours.elements():
        place = next(at for at, word in enumerate(directive.words) if word.value == value and at not in words)
        option = value.partition(b"=")[0]
        # What ours took the place of comes back there.
        same = next((word for word in theirs if word.partition(b"=")[0] == option), None)
        if same is None and b"=" not in value and theirs:
            same = theirs[0]
        if same is not None:
            theirs.remove(same)
        words[place] = same
    return replaced("", text, directive, words, theirs)


def _words(statement: str) -> list[bytes]:
    found = parse(_bytes(statement)).directives
    return [word.value for word in found[0].words] if found else []


def _notes(text: bytes, starts: Iterable[tuple[int, Edit]]) -> Iterator[Note]:
    there = {
        directive.start: (blocks, nth)
        for (blocks, _), equals in _places(text).items()
        for nth, directive in enumerate(equals)
    }
    for start, edit in starts:
        blocks, nth = there[start]
        yield Note(blocks, _text(edit.before), _text(edit.after), nth)


_Key = tuple[tuple[str, ...], bytes]


def _key(note: Note) -> _Key:
    return note.blocks, _bytes(note.after)


def _places(text: bytes) -> dict[_Key, list[Directive]]:
    """Every statement by the blocks around it and its text."""
    found: dict[_Key, list[Directive]] = {}
    for names, directive in _statements(parse(text)):
        if directive.body is None:
            found.setdefault((names, text[directive.start : directive.end]), []).append(directive)
    return found


def _statements(body: Body, blocks: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Directive]]:
    for directive in body.directives:
        yield blocks, directive
        if directive.body is not None:
            yield from _statements(directive.body, (*blocks, _text(directive.name)))


def _layout(text: bytes, at: int, beside: int | None) -> tuple[int, bytes, bytes]:
    """Place, lead and tail of a new statement before the one at `at`, or before the `}` there: a line of its own where
    that begins a line, otherwise between two blanks or none, as it is there."""
    line = text.rfind(b"\n", 0, at) + 1
    lead = text[line:at]
    if lead.strip(b" \t"):
        return at, b"", b" " if text[at - 1 : at].isspace() else b""
    if text[at : at + 1] == b"}":
        lead = _indent(text, beside, lead + _INDENT)
    end = text.find(b"\n", at) if line == 0 else line - 1
    return line, lead, b"\r\n" if text[end - 1 : end] == b"\r" else b"\n"


def _indent(text: bytes, beside: int | None, otherwise: bytes) -> bytes:
    """As deep as the block's last statement, where that begins a line."""
    if beside is None:
        return otherwise
    lead = text[text.rfind(b"\n", 0, beside) + 1 : beside]
    return otherwise if lead.strip(b" \t") else lead


def _span(text: bytes, directive: Directive, note: Note) -> tuple[int, int]:
    """From where to where an edit reaches; of a statement that was put in, the opposite of `_layout`."""
    start, end = directive.start, directive.end
    if note.before:
        return start, end
    line = text.rfind(b"\n", 0, start) + 1
    alone = not text[line:start].strip(b" \t")
    for newline in (b"\r\n", b"\n"):
        if alone and text.startswith(newline, end):
            return line, end + len(newline)
    blank = text[start - 1 : start].isspace() and text[end : end + 1] == b" "
    return start, end + blank


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
