"""The precedence of pam_limits(8), as its source has it."""

from __future__ import annotations

import pytest
from heavyload.limits.pam import HARD, SOFT, Login, deciding, overruling, parse
from hypothesis import given
from hypothesis import strategies as st

OURS = "/etc/security/limits.d/99-heavyload.conf"
WWW = Login("www-data", 33, 33, ((33, "www-data"), (100, "users")))
ROOT = Login("root", 0, 0, ((0, "root"),))


def value(text: str, login: Login, kind: str = HARD) -> str | None:
    line = deciding(parse(text, "limits.conf"), login, kind)
    return None if line is None else line.value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("www-data hard nofile 5000", "5000"),
        ("www-data - nofile 5000", "5000"),
        ("  www-data\tHARD  NoFile   5000 # why\n", "5000"),
        ("www-data soft nofile 5000", None),
        ("www-data hard nproc 5000", None),
        ("WWW-DATA hard nofile 5000", None),
        ("#www-data hard nofile 5000", None),
        ("www-data hard nofile", None),
        ("www-data hard nofile UNLIMITED", "unlimited"),
        ("@users hard nofile 1\n* hard nofile 2", "1"),
        ("www-data hard nofile 3\n@users hard nofile 1\n* hard nofile 2", "3"),
        ("* hard nofile 1\n* hard nofile 2", "2"),
        ("30:40 hard nofile 1\n@users hard nofile 2", "1"),
        ("33: hard nofile 1", "1"),
        ("34: hard nofile 1", None),
        (":33 hard nofile 1", "1"),
        (":34 hard nofile 1", None),
        (": hard nofile 1", None),
        ("@:100 hard nofile 1", "1"),
        ("@50:200 hard nofile 1", None),
        ("@30:40 hard nofile 1", "1"),
        ("www-data -\nwww-data hard nofile 5", ""),
        ("www-data hard nofile 5\n@users -", ""),
        ("* -\nwww-data hard nofile 5", "5"),
    ],
)
def test_a_login_gets_what_pam_limits_gives_it(text: str, wanted: str | None) -> None:
    assert value(text, WWW) == wanted


def test_groups_and_everybody_never_mean_root() -> None:
    assert value("* hard nofile 1\n@root hard nofile 2", ROOT) is None
    assert value("* hard nofile 1\nroot hard nofile 2", ROOT) == "2"


def test_names_what_holds_in_place_of_ours() -> None:
    before = parse("www-data soft nofile 10\n", "/etc/security/limits.d/20-site.conf")
    ours = parse("www-data soft nofile 65536\nwww-data hard nofile 65536\n@users hard nofile 65536\n", OURS)
    after = parse("\nwww-data - nofile 1024\n", "/etc/security/limits.d/zz.conf")
    assert overruling([*before, *ours], OURS, WWW) == []
    assert [line.where for line in overruling([*before, *ours, *after], OURS, WWW)] == [
        "/etc/security/limits.d/zz.conf line 2"
    ]
    # A line for the user is more than ours for their group, wherever it stands.
    login = Login("ann", 1000, 100, ((100, "users"),))
    mine = parse("ann hard nofile 5", "/etc/security/limits.conf")
    assert overruling([*mine, *ours], OURS, login) == mine
    assert overruling([*mine, *parse("bob hard nofile 5", OURS)], OURS, login) == []


DOMAINS = st.sampled_from(["www-data", "@users", "*", "33:33", "@30:40", "bob", "@x"])
LINES = st.builds(
    "{} {} {} {}".format, DOMAINS, st.sampled_from(["soft", "hard", "-"]), st.just("nofile"), st.integers(1, 99)
)


@given(st.lists(LINES, max_size=8), st.sampled_from([SOFT, HARD]))
def test_a_line_of_the_users_own_at_the_end_always_holds(lines: list[str], kind: str) -> None:
    text = "\n".join([*lines, f"www-data {kind} nofile 12345"])
    assert value(text, WWW, kind) == "12345"


@given(st.text(), st.sampled_from([SOFT, HARD]))
def test_any_text_is_read(text: str, kind: str) -> None:
    deciding(parse(text, "x"), WWW, kind)
