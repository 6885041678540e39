from __future__ import annotations

import pytest
from heavyload.rules import combine, normal, same, satisfies
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.integers(0, 2**63 - 1)
PORT = st.integers(1, 65535)
PORTS = st.lists(PORT, min_size=1, max_size=8).map(lambda ports: ",".join(str(port) for port in ports))


@pytest.mark.parametrize(
    ("rule", "base", "wanted", "result"),
    [
        ("at least", "128", "4096", "4096"),
        ("at least", "9223372036854775807", "260000", "9223372036854775807"),
        ("at most", "7200", "300", "300"),
        ("at most", "60", "300", "60"),
        ("exactly", "2", "1", "1"),
        ("widen", "32768\t60999", "5120 65535", "5120 65535"),
        ("widen", "1024 60999", "5120 65535", "1024 65535"),
        ("at least", "4096 131072 6291456", "4096 87380 16777216", "4096 131072 16777216"),
        ("widen", "", "5432", "5432"),
        ("widen", "5432,8000-8001", "", "5432,8000-8001"),
        ("widen", "8002,9000", "8000-8001", "8000-8002,9000"),
    ],
)
def test_combine_makes_the_least_change_that_satisfies_the_rule(rule: str, base: str, wanted: str, result: str) -> None:
    assert combine(rule, base, wanted) == result


@given(st.sampled_from(["at least", "at most", "exactly"]), NUMBERS, NUMBERS)
def test_a_combined_number_satisfies_its_rule_and_combining_again_changes_nothing(rule: str, a: int, b: int) -> None:
    value = combine(rule, str(a), str(b))
    assert satisfies(rule, value, str(b))
    assert combine(rule, value, str(b)) == value


@given(NUMBERS, NUMBERS)
def test_at_least_never_lowers_and_at_most_never_raises(base: int, wanted: int) -> None:
    assert int(combine("at least", str(base), str(wanted))) >= base
    assert int(combine("at most", str(base), str(wanted))) <= base


@given(PORTS, PORTS)
def test_widening_a_port_list_keeps_every_port_of_both(base: str, wanted: str) -> None:
    def expand(text: str) -> set[int]:
        spans = [part.partition("-") for part in text.split(",")]
        return {port for first, _, last in spans for port in range(int(first), int(last or first) + 1)}

    assert expand(combine("widen", base, wanted)) == expand(base) | expand(wanted)


@given(st.tuples(PORT, PORT), st.tuples(PORT, PORT))
def test_widening_a_range_never_narrows_it(base: tuple[int, int], wanted: tuple[int, int]) -> None:
    low, high = map(int, combine("widen", f"{base[0]} {base[1]}", f"{wanted[0]} {wanted[1]}").split())
    assert low == min(base[0], wanted[0])
    assert high == max(base[1], wanted[1])


def test_spelling_does_not_make_a_difference() -> None:
    assert same("32768\t60999", "32768  60999\n")
    assert same("8001,8000", "8000-8001")
    assert not same("8000", "8001")
    assert normal(" 1\t2 ") == "1 2"
