"""Which lines of access logs get a buffer."""

from __future__ import annotations

import pytest
from nginxediting import FACTS, http, one, seen
from nginxgrammar import MAIN

DEFAULT = "access_log /var/log/nginx/access.log combined buffer=64k flush=5s;"


def test_all_lines_of_one_log_get_the_same_buffer() -> None:
    lines = (
        "access_log logs/a.log;",
        "access_log /usr/share/nginx/logs/a.log combined flush=1m;",
        "access_log off;",
        "access_log syslog:server=10.0.0.1;",
        "access_log /var/log/$host.log;",
        "access_log /b.log combined gzip;",
        "access_log /c.log combined buffer=1m flush=30s;",
        "access_log /dev/stdout;",
    )
    wanted = (
        "access_log logs/a.log combined buffer=64k flush=1m;",
        "access_log /usr/share/nginx/logs/a.log combined flush=1m buffer=64k;",
        *lines[2:],
    )
    assert one(http(*lines), access_log__buffer="64") == http(*wanted)


@pytest.mark.parametrize(
    ("servers", "is_used"),
    [
        ([], True),
        (["location / { access_log off; }"], True),
        (["access_log off;", "listen 81;"], True),
        (["access_log off;", "access_log /a.log combined buffer=64k;"], False),
    ],
)
def test_the_log_that_nginx_writes_by_default_gets_one_too(servers: list[str], is_used: bool) -> None:
    text = one(http(*servers), access_log__buffer="64")
    assert (DEFAULT in text) == is_used
    assert one(text, access_log__buffer="64") == text


def test_what_a_server_says_of_that_log_says_the_same() -> None:
    text = one(http("access_log /var/log/nginx/access.log main;", "listen 81;"), access_log__buffer="64")
    assert DEFAULT in text and "access_log /var/log/nginx/access.log main buffer=64k flush=5s;" in text


@pytest.mark.parametrize("options", ["", " buffer=8k", " gzip"])
def test_a_log_that_a_stream_writes_too_is_left(options: str) -> None:
    text = f"stream {{ access_log /a.log s{options}; }}\n" + http("access_log /a.log; listen 81;", "access_log /b.log;")
    found = seen({MAIN: text.encode()}, access_log__buffer="64")
    assert [left.where for left in found.left] == [f"{MAIN}:1"]
    assert one(text, access_log__buffer="64") == text.replace("/b.log;", "/b.log combined buffer=64k flush=5s;")


@pytest.mark.parametrize("name", ["buffer", "flush", "gzip", "if"])
def test_a_format_may_have_the_name_of_an_option(name: str) -> None:
    text = http(f"access_log /a.log {name};")
    assert one(text, access_log__buffer="64") == text.replace(f"{name};", f"{name} buffer=64k flush=5s;")


def test_a_pipe_gets_no_buffer() -> None:
    facts = FACTS._replace(is_pipe=lambda path: path == "/run/pipe")
    text = http("access_log /run/pipe;", "access_log /b.log combined buffer=64k;")
    assert one(text, facts, access_log__buffer="64") == text
