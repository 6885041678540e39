from __future__ import annotations

import pytest
from heavyload.manifest import Owner, Setting, parse
from heavyload.problem import Refused
from hypothesis import given
from hypothesis import strategies as st
from sandbox import manifest

GOOD = manifest("net.core.somaxconn: at least 16384", "net.ipv4.ip_local_port_range: widen 5120 65535")


def test_reads_what_the_package_writes() -> None:
    read = parse(GOOD.encode(), "kernel")
    assert read.owner == Owner("shop/prod/web")
    assert read.settings == (
        Setting("net.core.somaxconn", "at least", "16384"),
        Setting("net.ipv4.ip_local_port_range", "widen", "5120 65535"),
    )


def test_reads_what_a_host_must_be() -> None:
    text = (
        "concern: host\nrevision: 1\nstack: a/b/c\nadopt: true\nrequire:\n  memory_mib: at least 768\ncomplete: true\n"
    )
    read = parse(text.encode(), "host")
    assert read.adopt and not read.allow_untested
    assert read.require["memory_mib"] == Setting("memory_mib", "at least", "768")


@given(st.integers(0, len(GOOD) - 1))
def test_refuses_every_manifest_that_was_cut_on_its_way(length: int) -> None:
    with pytest.raises(Refused, match="nothing was changed"):
        parse(GOOD[:length].encode(), "kernel")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  net.core.somaxconn: at least $(reboot)", "one of the rules"),
        ("  net.core.somaxconn: roughly 5", "one of the rules"),
        ("  net.core/../../x y: at least 5", "line 5"),
        ("exec: reboot", "line 5"),
        ("  net.core.somaxconn:  at least 5", "one of the rules"),
    ],
)
def test_refuses_a_line_it_does_not_know_and_names_it(line: str, said: str) -> None:
    text = GOOD.replace("  net.core.somaxconn: at least 16384", line)
    with pytest.raises(Refused, match=said):
        parse(text.encode(), "kernel")


def test_names_every_bad_line_at_once() -> None:
    text = GOOD.replace("revision: 1", "revisions: 1").replace("widen 5120", "stretch 5120")
    with pytest.raises(Refused) as refused:
        parse(text.encode(), "kernel")
    assert len(refused.value.problems) == 2


def test_refuses_the_manifest_of_another_concern() -> None:
    with pytest.raises(Refused, match="concern host"):
        parse(GOOD.encode(), "host")


@given(st.binary(max_size=200))
def test_never_fails_in_any_other_way(raw: bytes) -> None:
    try:
        parse(raw, "kernel")
    except Refused as refused:
        assert refused.problems


def test_what_had_drifted_is_kept_with_it() -> None:
    text = (
        "concern: kernel\nrevision: 1\nstack: shop/prod/web\ndrift: 3\ndrifted:\n"
        '  1: "a: wanted \\"x\\", found \\u2028 y"\nsettings:\ncomplete: true\n'
    )
    manifest = parse(text.encode(), "kernel")
    assert (manifest.drift, manifest.drifted) == (3, ('a: wanted "x", found \u2028 y',))
    assert (parse(MINIMAL.encode(), "kernel").drift, parse(MINIMAL.encode(), "kernel").drifted) == (0, ())


@pytest.mark.parametrize("line", ['reapply: "half', 'drifted:\n  1: "half'])
def test_a_text_that_is_cut_is_a_problem(line: str) -> None:
    with pytest.raises(Refused, match="a text of JSON"):
        parse(MINIMAL.replace("settings:", f"{line}\nsettings:").encode(), "kernel")


MINIMAL = "concern: kernel\nrevision: 1\nstack: shop/prod/web\nsettings:\ncomplete: true\n"
