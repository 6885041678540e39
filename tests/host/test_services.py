from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from heavyload.gunicorn import commandline, finding
from heavyload.limits import dropins
from heavyload.system import services
from heavyload.system.services import Service
from heavyload.system.snapshot import Snapshot

# What systemd 252 says by D-Bus, shortened.
NGINX: Mapping[str, Any] = {
    "Id": "nginx.service",
    "Names": ["nginx.service"],
    "LoadState": "loaded",
    "MainPID": 283,
    "User": "",
    "LimitNOFILE": 524288,
    "LimitNOFILESoft": 1024,
    "FragmentPath": "/lib/systemd/system/nginx.service",
    "DropInPaths": ["/etc/systemd/system/nginx.service.d/zz-heavyload-limits.conf", "/etc/x/override.conf"],
    "ExecStart": [["/usr/sbin/nginx", ["/usr/sbin/nginx", "-g", "daemon on; master_process on;"], False, 0, 0]],
}
SHOP: Mapping[str, Any] = {
    "Id": "shop@1.service",
    "Names": ["shop@1.service", "web.service"],
    "LoadState": "loaded",
    "MainPID": 0,
    "User": "shop",
    "LimitNOFILE": 2**64 - 1,
    "LimitNOFILESoft": 2**64 - 1,
    "FragmentPath": "",
    "DropInPaths": [],
    "ExecStart": [["/srv/venv/bin/gunicorn", ["another name", "shop.wsgi"], False, 0, 0]],
}
NOTHING: Mapping[str, Any] = {"Id": "nothing.service", "Names": ["nothing.service"], "LoadState": "not-found"}


def test_reads_what_systemd_says() -> None:
    nginx, shop, nothing = map(services.parse, (NGINX, SHOP, NOTHING))
    assert (nginx.main, nginx.limit, nginx.files[0]) == (283, "1024 524288", "/lib/systemd/system/nginx.service")
    assert len(nginx.files) == 3
    assert nginx.command == ("/usr/sbin/nginx", "-g", "daemon on; master_process on;")
    assert shop.names == {"shop@1.service", "web.service"}
    assert (shop.user, shop.limit.split()[0]) == ("shop", str(2**64 - 1))
    assert finding.runs_gunicorn(shop, Snapshot()) and not finding.runs_gunicorn(nginx, Snapshot())
    assert (nginx.found, shop.found, nothing.found) == (True, True, False)


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("gunicorn shop.wsgi", "gunicorn"),
        ("/srv/venv/bin/gunicorn3 shop.wsgi", "/srv/venv/bin/gunicorn3"),
        ("/usr/bin/python3 /usr/bin/gunicorn shop.wsgi", "/usr/bin/python3 /usr/bin/gunicorn"),
        ("python3.11 -m gunicorn shop.wsgi", "python3.11 -m gunicorn"),
        ("python -u -W ignore -m gunicorn.app.wsgiapp shop.wsgi", "python -u -W ignore -m gunicorn.app.wsgiapp"),
        ("/usr/bin/uv run --frozen gunicorn shop.wsgi", "/usr/bin/uv run --frozen gunicorn"),
        ("/usr/bin/env A=b python3 -mgunicorn shop.wsgi", "/usr/bin/env A=b python3 -mgunicorn"),
        ("/usr/bin/timeout 100d python3 -m gunicorn shop.wsgi", "/usr/bin/timeout 100d python3 -m gunicorn"),
        ("/usr/sbin/runuser -u shop -- gunicorn shop.wsgi", ""),
        ("/usr/bin/tail -f gunicorn", ""),
        ("/usr/bin/python3 manage.py gunicorn", ""),
        ("/usr/bin/python3 -c import gunicorn", ""),
        ("/usr/bin/journalctl gunicorn", ""),
        ("/opt/gunicorn-exporter", ""),
        ("", ""),
    ],
)
def test_knows_gunicorn_by_its_command(command: str, program: str) -> None:
    assert commandline.program(command.split()) == tuple(program.split())


@pytest.mark.parametrize(
    ("script", "command", "speaks"),
    [
        ("#!/bin/bash\nexec ../bin/gunicorn ${APP}\n", "{path}", True),
        ("exec gunicorn shop\n", "/bin/sh {path}", True),
        ("", "/bin/sh -c exec|gunicorn|shop", True),
        ("#!/bin/bash\nexec uwsgi\n", "{path}", False),
        ("gunicorn, but no script", "{path}", False),
    ],
)
def test_knows_a_script_that_starts_gunicorn(tmp_path: Path, script: str, command: str, speaks: bool) -> None:
    path = tmp_path / "run"
    path.write_text(script)
    words = [word.replace("|", " ") for word in command.format(path=path).split()]
    said = {**SHOP, "ExecStart": [[words[0], words, False, 0, 0]]}
    assert finding.runs_gunicorn(services.parse(said), Snapshot()) is speaks


def test_a_script_that_is_a_fifo_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "gunicorn.sh"
    os.mkfifo(path)
    said = {**SHOP, "ExecStart": [[str(path), [str(path)], False, 0, 0]]}
    assert not finding.runs_gunicorn(services.parse(said), Snapshot())


def test_finds_services_by_what_their_unit_files_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_FOLDERS", (f"{tmp_path}/etc", f"{tmp_path}/none"))
    monkeypatch.setattr("heavyload.system.processes.running", dict)
    monkeypatch.setattr("heavyload.system.bus.loaded", lambda pattern: [pattern.replace("*", "a")])
    for name, text in {
        "shop.service": "ExecStart=/usr/bin/gunicorn shop",
        "nginx.service": "ExecStart=/usr/sbin/nginx",
        "blog.service": "ExecStart=/bin/true",
        "blog.service.d/run.conf": "[Service]\nExecStart=/usr/bin/gunicorn blog",
        "many@.service": "ExecStart=/usr/bin/gunicorn %i",
    }.items():
        path = tmp_path / "etc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "etc" / "gone.service").symlink_to("/nonexistent/gunicorn")
    assert finding._mentioning(Snapshot()) == ["blog.service", "many@a.service", "shop.service"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[Service]\nLimitNOFILE=4096\n", "4096 4096"),
        ("[Service]\nLimitNOFILE=9\n LimitNOFILE = 1024:4096 \n", "1024 4096"),
        ("[Service]\nLimitNOFILE=9\nLimitNOFILE=40\\\n# note\n  \n", "40 40"),
        ("[Service]\nLimitNOFILE=infinity\n", f"{2**64 - 1} {2**64 - 1}"),
        ("[Service]\nLimitNOFILE=010:0x10\n", "8 16"),
        ("[Service]\nLimitNOFILE=7\nLimitNOFILE=\n", "7 7"),
        ("[Service]\n#LimitNOFILE=4096\n", None),
        ("[Unit]\nLimitNOFILE=4096\n", None),
        ("LimitNOFILE=4096\n[Service]\n", None),
        *((f"[Service]\nLimitNOFILE={text}\n", None) for text in ("unlimited", "64K", "9 # room", "9:8", "08", "-1")),
    ],
)
def test_a_drop_in_that_is_read_later_wins(tmp_path, text: str, value: str | None) -> None:  # type: ignore[no-untyped-def]
    for name in ("zzz.conf", "override.conf"):
        (tmp_path / name).write_text(text)
    assert dropins.later(_with(f"{tmp_path}/override.conf", f"{tmp_path}/{dropins.NAME}")) is None
    said = dropins.later(_with(f"{tmp_path}/override.conf", f"{tmp_path}/{dropins.NAME}", f"{tmp_path}/zzz.conf"))
    assert (said and said.value) == value
    if said:
        assert said.where.startswith(f"{tmp_path}/zzz.conf line ")
        assert dropins.others(_with(f"{tmp_path}/override.conf", f"{tmp_path}/{dropins.NAME}"))


def _with(*paths: str) -> Service:
    return Service("a.service", frozenset(), True, 0, "", "1 2", ("/lib/systemd/system/a.service", *paths), (), {})
