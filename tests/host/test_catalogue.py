"""What the program knows of settings, and whether it has code for all of it."""

from __future__ import annotations

import pytest
from heavyload import catalogue
from heavyload.app import rows as app_rows
from heavyload.app.application import PREFIX, Application
from heavyload.catalogue import Knob
from heavyload.gunicorn import rows as gunicorn_rows
from heavyload.gunicorn.options import STOP
from heavyload.limits.nofile import KINDS
from heavyload.limits.nofile import PREFIX as NOFILE
from heavyload.nginx import readiness, site
from heavyload.nginx import rows as nginx_rows
from heavyload.nginxtext import directives, listens, logs, upstreams

# Places that take whatever stands there by its name alone.
ANY = {"sysctl", "main", "events", "http", "configuration"}
# Those that have code for each of their settings.
SOME = {
    "nofile": {f"{NOFILE}{kind}" for kind in KINDS},
    "unit": {STOP},
    "listen": {listens.BACKLOG, listens.KEEPALIVE},
    "upstream": {upstreams.KEEPALIVE},
    "access_log": {logs.BUFFER},
    "readiness": {readiness.PORT, readiness.PATH, readiness.HOST},
    "app": {*(f"{PREFIX}{field}" for field in Application._fields), site.NAMES, site.STATIC},
}


def test_each_place_has_code_for_what_stands_there() -> None:
    by_place: dict[str, set[str]] = {}
    for settings in catalogue.SETTINGS.values():
        for name, knob in settings.items():
            by_place.setdefault(knob.at, set()).add(name)
    assert {place: names for place, names in by_place.items() if place not in ANY} == SOME


def test_what_is_read_in_a_way_of_its_own_is_known() -> None:
    assert set(nginx_rows.SEEN) <= set(catalogue.SETTINGS["nginx"])
    assert set(gunicorn_rows.SEEN) <= set(catalogue.SETTINGS["gunicorn"])
    assert {f"{PREFIX}{name}" for name in app_rows.SEEN} == set(catalogue.SETTINGS["app"])


@pytest.mark.parametrize("name", directives.KNOBS)
def test_a_directive_says_how_it_is_read_and_what_it_is_where_nobody_wrote_it(name: str) -> None:
    knob = directives.KNOBS[name]
    assert knob.kind in ("number", "time", "word", "processes") and knob.given


def test_what_counts_where_nothing_is_written_follows_the_version() -> None:
    knob = Knob("http", given="3", givenBefore={"1.19.10": "1", "1.21": "2"})
    assert [knob.given_to(version) for version in ((1, 19, 9), (1, 19, 10), (1, 21), (1, 22, 1))] == [
        "1",
        "2",
        "3",
        "3",
    ]


def test_a_setting_is_too_new_before_its_version() -> None:
    knob = Knob("http", since="1.27.4")
    assert [knob.too_new(version) for version in ((1, 22, 1), (1, 27, 4), (1, 31))] == [True, False, False]
    assert not Knob("http").too_new((1,))
