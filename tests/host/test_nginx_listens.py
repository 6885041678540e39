"""Where a `listen` may carry the options of its socket, and where it may not."""

from __future__ import annotations

import pytest
from heavyload.nginxtext import configuration, tuning
from heavyload.problem import Refused
from nginxediting import FACTS, http, one, seen, tuned, wanted
from nginxgrammar import MAIN, ROOT, SITE, Folder


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Of equal ones the one that carries options already, however it is spelled.
        (["listen 80;", "listen *:80 deferred;"], ["listen 80;", "listen *:80 deferred backlog=9000;"]),
        (
            ["listen 80 default_server;", "listen 0.0.0.0;"],
            ["listen 80 default_server backlog=9000;", "listen 0.0.0.0;"],
        ),
        # Beside a wildcard an address of its own would fail at the next start, unless it binds by itself already.
        (["listen 127.0.0.1:80;", "listen 80;"], ["listen 127.0.0.1:80;", "listen 80 backlog=9000;"]),
        (
            ["listen 127.0.0.1:80 bind;", "listen 80;"],
            ["listen 127.0.0.1:80 bind backlog=9000;", "listen 80 backlog=9000;"],
        ),
        (["listen 10.0.0.1:80;"], ["listen 10.0.0.1:80 backlog=9000;"]),
        (["listen [::]:80 ipv6only=off;"], ["listen [::]:80 ipv6only=off backlog=9000;"]),
        (["listen unix:/run/x.sock;"], ["listen unix:/run/x.sock backlog=9000;"]),
        (["listen 8000-8002;"], ["listen 8000-8002 backlog=9000;"]),
        (["listen 443 quic;", "listen 443 ssl;"], ["listen 443 quic;", "listen 443 ssl backlog=9000;"]),
        (["listen 80 backlog=77 backlog=88;"], ["listen 80 backlog=77 backlog=9000;"]),
        (['listen "80" "backlog=88";'], ['listen "80" backlog=9000;']),
        (["listen 80 backlog=65535;"], ["listen 80 backlog=65535;"]),
        (["server_name a;"], ["server_name a; listen 80 backlog=9000;"]),
        (["server_name a;", "listen 80;"], ["server_name a;", "listen 80 backlog=9000;"]),
    ],
)
def test_the_queue_is_asked_for_on_the_line_that_may_ask(before: list[str], after: list[str]) -> None:
    assert one(http(*before), listen__backlog="at least 9000") == http(*after)


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        (["listen 8000-8002;", "listen 8001 backlog=7;"], "options for the same port 8001"),
        (["listen localhost:8080;"], "the name localhost"),
        (["listen 10.0.0.1:8000-8001;", "listen 8001;"], "port 8001 of a range that a wildcard has too"),
    ],
)
def test_a_listen_that_cannot_ask_safely_is_left_by_line(servers: list[str], said: str) -> None:
    text = http(*servers, "listen 9999;")
    found = seen({MAIN: text.encode()}, listen__backlog="at least 9000")
    assert [said in left.found and left.where == f"{MAIN}:3" for left in found.left] == [True]
    assert not found.problems and "listen 9999 backlog=9000" in one(text, listen__backlog="at least 9000")
    # Where there is nothing else, nothing is promised.
    alone = seen({MAIN: http(servers[0]).encode()}, listen__backlog="at least 9000")
    assert bool(alone.left) != ("nginx.listen.backlog" in alone.base)
    config = configuration.read(MAIN, Folder({MAIN: text.encode()}))
    with pytest.raises(Refused, match=said):
        tuning.tuned(config, wanted({"listen__backlog": "at least 9000"}), FACTS, strict=True)


def test_of_equal_lines_one_that_is_written_once_carries_the_options() -> None:
    shared = f"{ROOT}/l.conf"
    text = http(f"include {shared}; server_name a;", f"include {shared}; server_name b;", "listen 8081; server_name c;")
    files = tuned({MAIN: text.encode(), shared: b"listen 8081;\n"}, listen__backlog="at least 9000")
    assert files[MAIN].decode() == text.replace("listen 8081;", "listen 8081 backlog=9000;")


def test_a_server_without_listen_in_a_file_that_is_read_twice_is_left() -> None:
    files = {MAIN: f"events {{}} http {{ include {SITE}; include {ROOT}/conf.d/s*; }}".encode(), SITE: b"server { }"}
    (left,) = seen(files, listen__backlog="at least 9000").left
    assert (left.where, left.found) == (f"{SITE}:1", "a file that is included more than once")


def test_a_file_that_a_stream_reads_too_is_left() -> None:
    shared = f"{ROOT}/l.conf"
    text = f"events {{}} stream {{ server {{ include {shared}; }} }} http {{ server {{ include {shared}; }} }}"
    (left,) = seen({MAIN: text.encode(), shared: b"listen 8081;"}, listen__backlog="at least 9000").left
    assert left.where == f"{shared}:1"


def test_connections_are_looked_after_where_tcp_comes_in() -> None:
    servers = ["listen 80 so_keepalive=off;", "listen 81 so_keepalive=30m::10;", "listen unix:/run/x.sock;"]
    wanted = [servers[0].replace("off", "on"), *servers[1:]]
    assert one(http(*servers), listen__so_keepalive="on") == http(*wanted)


def test_a_number_that_the_kernel_cut_short_moves_by_one() -> None:
    facts = FACTS._replace(number=lambda address, wanted: wanted + (address.port == 80))
    text = http("listen 80 backlog=9000;", "listen 81 backlog=9000;")
    assert one(text, facts, listen__backlog="at least 9000") == text.replace("80 backlog=9000", "80 backlog=9001")
