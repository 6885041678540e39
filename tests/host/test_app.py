"""The application's units and site as texts, and what a manifest may say of it."""

from __future__ import annotations

import pytest
from heavyload import catalogue
from heavyload.app import application
from heavyload.manifest import Manifest, parse
from heavyload.nginx import site
from heavyload.nginxtext.tree import parse as nginx_parse
from heavyload.problem import Refused

SHOP = ("app.wsgi: exactly shop.wsgi:application", "app.directory: exactly /srv/shop", "app.user: exactly shop")


def manifest(*settings: str) -> Manifest:
    lines = ["concern: app", "revision: 1", "stack: shop/prod/web", "settings:", *(f"  {line}" for line in settings)]
    return parse("\n".join([*lines, "complete: true", ""]).encode(), "app")


def read(*settings: str) -> application.Application:
    return application.of(manifest(*settings))


def test_the_service_runs_it_as_asked() -> None:
    app = read(*SHOP, "app.virtualenv: exactly /srv/venv", "app.environment_file: exactly /etc/Shop.env")
    text = application.service(app)
    assert "User=shop\nWorkingDirectory=/srv/shop\nEnvironmentFile=/etc/Shop.env\n" in text
    assert "ExecStart=/srv/venv/bin/gunicorn shop.wsgi:application\n" in text
    assert "Requires=heavyload-app.socket\n" in text
    assert "ExecStart=/usr/bin/gunicorn shop" in application.service(read(*SHOP))
    assert "EnvironmentFile" not in application.service(read(*SHOP))


def test_the_socket_is_nginxs_alone() -> None:
    assert "SocketUser=www-data\nSocketMode=0600\n" in application.socket("www-data")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("app.directory: exactly srv", "app.directory"),
        ("app.user: exactly 0+x", "app.user"),
        ("app.wsgi: exactly /bin/sh", "app.wsgi"),
        ("app.shell: exactly /bin/sh", "app.shell"),
        ("app.user: exactly a b", "app.user"),
    ],
)
def test_what_could_mean_something_else_is_refused(line: str, name: str) -> None:
    others = [one for one in SHOP if not one.startswith(line.split(":")[0])]
    assert [problem.what for problem in catalogue.objections(manifest(*others, line))] == [name]
    assert catalogue.objections(manifest(*SHOP)) == []


@pytest.mark.parametrize("value", ["a;b", "a'b", 'a"b', "$x", "a{", "%h", "a\\b", "#x", "a  b", " a"])
def test_a_manifest_has_no_such_word(value: str) -> None:
    with pytest.raises(Refused):
        read(*SHOP, f"app.virtualenv: exactly {value}")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Refused) as refused:
        read(SHOP[0])
    assert [problem.what for problem in refused.value.problems] == ["app.directory", "app.user"]


def test_the_site_by_name_and_for_every_name() -> None:
    text = site.render("shop.example *.shop.example", "/srv/static", "    listen 80;\n    listen [::]:80;\n")
    http = nginx_parse(text.encode())
    assert [directive.name for directive in http.directives] == [b"upstream", b"server"]
    server = http.directives[1].body
    assert server is not None
    listens = [d.arguments for d in server.directives if d.name == b"listen"]
    assert listens == [(b"80",), (b"[::]:80",)]
    assert "server_name shop.example *.shop.example;" in text
    assert "alias /srv/static/;" in text
    text = site.render("_", "", "    listen 80 default_server;\n")
    assert "listen 80 default_server;" in text
    assert "alias" not in text
