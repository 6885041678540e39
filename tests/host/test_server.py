"""nginx's command line, as nginx takes it apart."""

from __future__ import annotations

import pytest
from heavyload.nginx import server


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (
            ["-c", "/a.conf", "-g", "daemon on; worker_processes 3;"],
            {"c": "/a.conf", "g": "daemon on; worker_processes 3;"},
        ),
        (["-c/a.conf", "-gdaemon off;"], {"c": "/a.conf", "g": "daemon off;"}),
        (["-qp", "/srv", "-tc/a b.conf"], {"p": "/srv", "c": "/a b.conf"}),
        (["-g", "pid -c;"], {"g": "pid -c;"}),
        ([], {}),
    ],
)
def test_each_way_to_give_an_option(words: list[str], options: dict[str, str]) -> None:
    assert server._options(words) == options
