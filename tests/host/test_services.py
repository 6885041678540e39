from __future__ import annotations

from pathlib import Path

import pytest
from heavyload import dropins, services
from heavyload.services import Service

# systemd 252 on Debian 12, shortened.
SHOWN = """\
Id=nginx.service
Names=nginx.service
LoadState=loaded
MainPID=283
User=
LimitNOFILE=524288
LimitNOFILESoft=1024
FragmentPath=/lib/systemd/system/nginx.service
DropInPaths=/etc/systemd/system/nginx.service.d/heavyload-limits.conf /etc/systemd/system/nginx.service.d/override.conf
ExecStart={ path=/usr/sbin/nginx ; argv[]=/usr/sbin/nginx -g daemon on; master_process on; ; ignore_errors=no ; pid=0 }

Id=shop@1.service
Names=shop@1.service web.service
LoadState=loaded
MainPID=0
User=shop
LimitNOFILE=infinity
LimitNOFILESoft=infinity
FragmentPath=
DropInPaths=
ExecStart={ path=/srv/venv/bin/gunicorn ; argv[]=/srv/venv/bin/gunicorn shop.wsgi ; ignore_errors=no ; pid=0 }

Id=nothing.service
Names=nothing.service
LoadState=not-found
MainPID=0
"""


def test_reads_what_systemctl_shows() -> None:
    nginx, shop, nothing = services.parse(SHOWN)
    assert (nginx.main, nginx.limit, nginx.files[0]) == (283, "1024 524288", "/lib/systemd/system/nginx.service")
    assert len(nginx.files) == 3
    assert shop.names == {"shop@1.service", "web.service"}
    assert (shop.user, shop.limit.split()[0]) == ("shop", str(2**64 - 1))
    assert services.runs_gunicorn(shop) and not services.is_gunicorn(nginx.command)
    assert (nginx.found, shop.found, nothing.found) == (True, True, False)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("gunicorn shop.wsgi", True),
        ("/srv/venv/bin/gunicorn3 shop.wsgi", True),
        ("/usr/bin/python3 /usr/bin/gunicorn shop.wsgi", True),
        ("python3.11 -m gunicorn shop.wsgi", True),
        ("gunicorn:|master [shop]", True),
        ("/usr/bin/tail -f gunicorn", False),
        ("/usr/bin/python3 manage.py gunicorn", False),
        ("/usr/bin/journalctl gunicorn", False),
        ("/opt/gunicorn-exporter", False),
        ("", False),
    ],
)
def test_knows_gunicorn_by_its_command(command: str, expected: bool) -> None:
    # A running one has its title as one word.
    assert services.is_gunicorn([word.replace("|", " ") for word in command.split()]) is expected


def test_finds_services_by_what_their_unit_files_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_FOLDERS", (f"{tmp_path}/etc", f"{tmp_path}/none"))
    monkeypatch.setattr("heavyload.processes.running", dict)
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
    assert services._mentioning() == ["blog.service", "shop.service"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[Service]\nLimitNOFILE=4096\n", "4096 4096"),
        ("[Service]\nLimitNOFILE=9\n LimitNOFILE = 1024:4096 \n", "1024 4096"),
        ("[Service]\nLimitNOFILE=\n", "1024 524288"),
        ("[Service]\nLimitNOFILE=infinity\n", f"{2**64 - 1} {2**64 - 1}"),
        ("[Service]\n#LimitNOFILE=4096\n", None),
    ],
)
def test_a_drop_in_that_is_read_later_wins(tmp_path, text: str, value: str | None) -> None:  # type: ignore[no-untyped-def]
    for name in ("override.conf", "10-mine.conf"):
        (tmp_path / name).write_text(text)
    said = dropins.later(_with(f"{tmp_path}/10-mine.conf", f"{tmp_path}/heavyload-limits.conf"))
    assert said is None
    said = dropins.later(_with(f"{tmp_path}/heavyload-limits.conf", f"{tmp_path}/override.conf"))
    assert (said and said.value) == value
    if said:
        assert said.where.startswith(f"{tmp_path}/override.conf line ")


def _with(*paths: str) -> Service:
    return Service("a.service", frozenset(), True, 0, "", "1 2", ("/lib/systemd/system/a.service", *paths), ())
