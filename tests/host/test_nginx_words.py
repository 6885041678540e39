"""The awkward texts: cut as nginx cuts them, or refused by line."""

from __future__ import annotations

import pytest
from heavyload.nginxtext.tokens import BadText
from heavyload.nginxtext.tree import parse


def words(text: bytes) -> list[tuple[bytes, ...]]:
    return [(directive.name, *directive.arguments) for directive in parse(text).directives]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rb"a}b on#c;", [(b"a}b", b"on#c")]),
        (b"a\"b c\" 'd';", [(b'a"b', b'c"', b"d")]),
        (rb"\"b \#b a\;b a\ b;", [(b'"b', rb"\#b", rb"a\;b", rb"a\ b")]),
        (rb'x "a\"b" "\t\n\z";', [(b"x", b'a"b', b"\t\n\\z")]),
        (b"x ${{a} $b;", [(b"x", b"${{a}", b"$b")]),
        (b'"sendfile" "on";', [(b"sendfile", b"on")]),
        (b"if ($a ~ (b|c)) { } x;", [(b"if", b"($a", b"~", b"(b|c))"), (b"x",)]),
        (b'if ($a = "b") { }', [(b"if", b"($a", b"=", b"b", b")")]),
        (b"a\xc2\xa0b c;", [(b"a\xc2\xa0b", b"c")]),
        (b"# only { a comment", []),
    ],
)
def test_words_are_cut_as_nginx_cuts_them(text: bytes, found: list[tuple[bytes, ...]]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xef\xbb\xbfuser x;", "line 1: a byte order mark"),
        (b"a;\nb\0;", "line 2: a NUL byte"),
        (b'a "b"c;', "line 1: 'c' right after a quoted word"),
        (b"a 'b;", "line 1: a quote that does not close"),
        (b"a;\nb", "line 2: the file ends within a word"),
        (b"a;\nb ", "line 2: the file ends within a directive"),
        (b"a { b;\n", "line 1: a block that does not close"),
        (b"a; }", "line 1: a `}` that closes nothing"),
        (b";", "line 1: a `;` without a directive before it"),
        (b"{ }", "line 1: a `{` without a directive before it"),
        (b"a\n" + b"b" * 4096 + b";", "line 2: a word or comment of more than 4095 bytes"),
        (b'a\n"' + b"b" * 4096 + b'";', "line 2: a word or comment of more than 4095 bytes"),
        (b"a \0;", "line 1: a NUL byte"),
        (b"x_by_lua_block { if { }", "line 1: a block of Lua that does not close"),
    ],
)
def test_what_nginx_does_not_read_is_refused_by_line(text: bytes, said: str) -> None:
    with pytest.raises(BadText, match=r"^line") as caught:
        parse(text)
    assert str(caught.value).startswith(said)


def test_what_nginx_reads_is_read() -> None:
    longest = b"b" * 4095
    for text in (longest + b";", b'"' + longest + b'";', b"#" + longest[1:] + b"\na;", b"# \0\na;"):
        assert len(parse(text).directives) == 1


def test_lua_is_passed_over_by_its_own_rules() -> None:
    lua = b"content_by_lua_block { -- don't }\n s = [==[ } ]] ]==] t = {\"\\\"}\", '}'} --[[ } ]] } sendfile on;"
    assert [directive.name for directive in parse(lua).directives] == [b"content_by_lua_block", b"sendfile"]
