"""What a server listens at, as nginx writes it."""

from __future__ import annotations

import pytest
from heavyload.system import addresses
from heavyload.system.addresses import INET, INET6, NAME, UNIX, Address


@pytest.mark.parametrize(
    ("word", "found"),
    [
        (b"80", [Address(INET, "0.0.0.0", 80)]),
        (b"*:8080", [Address(INET, "0.0.0.0", 8080)]),
        (b"127.0.0.1", [Address(INET, "127.0.0.1", 80)]),
        (b"[::1]:81", [Address(INET6, "::1", 81)]),
        (b"[0:0::1]", [Address(INET6, "::1", 80)]),
        (b"80-82", [Address(INET, "0.0.0.0", port) for port in (80, 81, 82)]),
        (b"Localhost:80", [Address(NAME, "localhost", 80)]),
        (b"unix:/run/a:b", [Address(UNIX, "/run/a:b")]),
        (b"a:b:c", []),
    ],
)
def test_addresses_are_told_apart_as_nginx_does(word: bytes, found: list[Address]) -> None:
    assert addresses.parse(word) == found
