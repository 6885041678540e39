"""Which pages of a configuration are asked for, and what counts as worse."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import ClassVar, NoReturn

import pytest
from heavyload import pages
from heavyload.nginx import facts, server
from heavyload.nginxtext import configuration
from heavyload.pages import Page
from heavyload.problem import Refused
from heavyload.system.addresses import INET, UNIX, Address
from nginxgrammar import MAIN, Folder

CONF = b"""events {} http {
server { listen 80; server_name _; }
server { listen 80; listen [::]:443 ssl; server_name ~^x *.shop.test shop.test; }
server { listen unix:/run/n.sock; server_name .blog.test; }
server { listen 10.0.0.9:81 proxy_protocol; server_name inside.test; }
server { listen name.test:82; }
}"""


def test_one_for_each_site_and_socket() -> None:
    config = configuration.read(MAIN, Folder({MAIN: CONF}))
    assert [str(page) for page in pages.of(config)] == [
        "GET / for localhost on 127.0.0.1:80",
        "GET / for www.shop.test on 127.0.0.1:80",
        "GET / for www.shop.test on [::1]:443 by TLS",
        "GET / for blog.test on /run/n.sock",
    ]


def test_our_own_file_for_balancers_is_no_site() -> None:
    files = {
        MAIN: b"events {} http { include /etc/nginx/conf.d/*.conf; }",
        "/etc/nginx/conf.d/heavyload-readiness.conf": b"server { listen 8110; server_name _; }",
        "/etc/nginx/conf.d/site.conf": b"server { listen 80; }",
    }
    config = configuration.read(MAIN, Folder(files))
    assert [str(page) for page in pages.of(config)] == ["GET / for localhost on 127.0.0.1:80"]


def test_each_of_many_sites_once_and_each_socket_once() -> None:
    sites = b"".join(b"server { listen 80; listen [::]:80; server_name s%d.test; }" % number for number in range(300))
    config = configuration.read(MAIN, Folder({MAIN: b"events {} http {" + sites + b"}"}))
    asked = pages.of(config)
    assert {page.name for page in asked} == {f"s{number}.test" for number in range(300)}
    assert len(asked) == 300 + 1


def test_who_is_behind_nginx_is_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "find", lambda _: raise_(Refused([])))
    monkeypatch.setattr(facts, "gunicorn", lambda _: [Address(UNIX, "/run/shop.sock")])
    monkeypatch.setattr(pages, "_status", lambda page, limit: 200)
    assert [str(page) for page in pages.answered()] == ["GET / for localhost on /run/shop.sock"]


def test_each_path_of_each_site(monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address(INET, "127.0.0.1", 8000)
    monkeypatch.setattr(server, "find", lambda _: raise_(Refused([])))
    monkeypatch.setattr(facts, "gunicorn", lambda _: [address])
    monkeypatch.setattr(pages, "_status", lambda page, limit: 200)
    assert [str(page) for page in pages.answered(["/", "/health"])] == [
        "GET / for localhost on 127.0.0.1:8000",
        "GET /health for localhost on 127.0.0.1:8000",
    ]


def raise_(error: Exception) -> NoReturn:
    raise error


class Site(http.server.BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, int]] = {}

    def do_GET(self) -> None:
        self.send_response(self.answers[self.headers["Host"]])
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    monkeypatch.setattr(pages, "_PATIENCE", 1)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Address(INET, "127.0.0.1", server.server_port)
        server.shutdown()


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (200, 200, ""),
        (404, 404, ""),
        (302, 302, ""),
        (503, 500, ""),
        (503, 200, ""),
        (200, 502, "wanted HTTP 200, as before, found HTTP 502"),
        (200, 404, "wanted HTTP 200, as before, found HTTP 404"),
        (302, 200, "wanted HTTP 302, as before, found HTTP 200"),
    ],
)
def test_what_was_well_is_to_be_answered_as_before(address: Address, before: int, after: int, worse: str) -> None:
    page = Page(address, "shop.test", tls=False)
    Site.answers["shop.test"] = before
    asked = pages._ask([page], 5)
    assert asked == {page: before}
    Site.answers["shop.test"] = after
    said = pages.worse(asked)
    assert bool(said) == bool(worse)
    assert all(worse in str(problem) for problem in said)


def test_no_answer_at_all_is_worse_than_any(address: Address) -> None:
    page = Page(address._replace(port=1), "shop.test", tls=False)
    assert "found no answer (GET / for shop.test on 127.0.0.1:1)" in str(pages.worse({page: 200})[0])
    assert pages.worse({page: 0}) == []
