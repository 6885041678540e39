"""Texts that nobody means well: what comes from a configuration or from a host may be any of them."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("HEAVYLOAD_EXAMPLES", 4500 if "HEAVYLOAD_TEST_ALL" in os.environ else 60))
"""Of each property; in `npm run test:all` over 100,000 of all together."""
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

# What means something to somebody: a shell, Python, systemd, nginx, YAML, a terminal, libc.
_PIECES = (
    *"'\"`\\$%#;{}()[]<>|&=:,@*~",
    *("$(id)", "${HOME}", "%h", "%n", "$$", "'''", '"""', "\\x00", "\\n", "; rm -rf /"),
    *("\n[Service]\nUser=root\n", "\n", "\r", "\t", "\0", "\x1b[31m", "\x7f", "\x85"),
    *("\u2028", "\u202e", "\ufeff", "\ud800", "\udcff", "\U0001f40d", "\u00b2", "\u0663", "\uff11"),
    *(
        "0x10",
        "010",
        "-1",
        "1e9",
        "nan",
        "9" * 5000,
        "1-2-3",
        "0-9999999999",
        "(" * 900,
        "1 2",
        "1024 65535",
        "unlimited",
        "ON",
    ),
    *("complete: true\n", "concern: kernel", "net.core.somaxconn", "import os", "__import__('os')"),
    *("LimitNOFILE=1", "listen 80;", "include *;", "\\{", "/../", "/etc/shadow", "http {"),
    *("worker_processes", "}}", "*  hard nofile 1"),
)
TEXTS = st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=8), st.integers().map(str)), max_size=12).map(
    "".join
)
LONG = ("".join(_PIECES) * 400)[: 2**20]
"""A mebibyte."""


def raw(text: str) -> bytes:
    """As a file has it: some of its bytes stand for no letter."""
    return text.encode("utf-8", "surrogatepass")


def named(text: str) -> str:
    """As the name of a file comes from the kernel."""
    return raw(text).decode("utf-8", "surrogateescape")
