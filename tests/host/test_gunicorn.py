"""What gunicorn's command lines fix, how our configuration is put over people's own, and what systemd's words mean."""

from __future__ import annotations

import os
import runpy
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from heavyload.gunicorn import conf, options, start, unit
from heavyload.system import services
from heavyload.system.addresses import INET, INET6, UNIX, Address
from heavyload.system.run import Ran
from heavyload.system.sockets import Listener, parse
from heavyload.wishes import Wish


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("gunicorn --workers 3 site.wsgi", {"workers": "3"}),
        ("gunicorn -w3 -k gevent --threads=4 site.wsgi", {"workers": "3", "worker_class": "gevent", "threads": "4"}),
        ("gunicorn --workers 2 --workers=5 site.wsgi", {"workers": "5"}),
        ("gunicorn --bind unix:/run/x.sock --worker-tmp-dir /tmp x", {"worker_tmp_dir": "/tmp"}),
        ("gunicorn --keep-alive 5 --keyfile k --backlog 7 x", {"keepalive": "5", "backlog": "7"}),
        ("gunicorn --max-requests-jitter 9 x", {"max_requests_jitter": "9"}),
        ("gunicorn -w=5 --access-logformat %(h)s$x -t 30 x", {"workers": "5"}),
        ("gunicorn --workers", {}),
    ],
)
def test_what_a_command_line_fixes(line: str, found: dict[str, str]) -> None:
    assert options.given(line.split()) == found


def test_the_file_that_a_command_line_names() -> None:
    assert options.config(["gunicorn", "-c", "a.py", "x"]) == "a.py"
    assert options.config(["gunicorn", "-ca.py", "--config=b.py"]) == "b.py"
    assert options.config(["gunicorn", "--conf", "c.py", "--check-config", "x"]) == "c.py"
    assert options.config(["gunicorn", "--check-config", "x"]) is None


def test_every_flag_is_found_again() -> None:
    values = {name: str(number) for number, name in enumerate(options.FLAGS)}
    assert options.given(options.split(options.joined(options.as_flags(values)))) == values


OURS = {
    "workers": Wish("computed", "5"),
    "worker_tmp_dir": Wish("by default", "/dev/shm"),
    "worker_class": Wish("by default", "gthread"),
}


def settings(folder: Path, theirs: str = "") -> dict[str, object]:
    """`theirs`: where nothing is said, the name that gunicorn looks for by itself."""
    path = folder / "ours.py"
    place = theirs or f"{folder}/gunicorn.conf.py"
    path.write_text("\n".join(conf.lines(OURS, place)))
    return runpy.run_path(str(path))


def test_our_configuration_is_read_after_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(tmp_path)["workers"] == 5  # gunicorn goes on without it
    (tmp_path / "gunicorn.conf.py").write_text("timeout = 66\n")
    assert settings(tmp_path)["timeout"] == 66  # and takes it once it is there
    own = tmp_path / "gunicorn.conf"  # by no ending of Python's
    own.write_text("workers = 2\ntimeout = 77\nhere = __file__\n")
    found = settings(tmp_path, str(own))
    assert (found["workers"], found["timeout"], found["worker_tmp_dir"]) == (5, 77, "/dev/shm")
    assert found["here"] == str(own)
    (tmp_path / "shop_settings.py").write_text("timeout = 88\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert settings(tmp_path, "python:shop_settings")["timeout"] == 88
    with pytest.raises(FileNotFoundError):  # as gunicorn itself would have it
        settings(tmp_path, f"{tmp_path}/gone.py")


@pytest.mark.parametrize(
    ("theirs", "workers", "worker_class"),
    [
        ("workers = 9\nworker_class = 'own.Asgi'\n", 9, "own.Asgi"),
        ("workers = '3'\nworker_class = None\n", 5, "gthread"),
        ("workers = None\n", 5, "gthread"),
    ],
)
def test_what_they_raise_or_choose_later_holds(tmp_path: Path, theirs: str, workers: int, worker_class: str) -> None:
    (tmp_path / "gunicorn.conf.py").write_text(theirs)
    found = settings(tmp_path)
    assert (found["workers"], found["worker_class"]) == (workers, worker_class)


def test_what_the_stack_fixes_is_fixed(tmp_path: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("workers = 9\n")
    path = tmp_path / "ours.py"
    path.write_text("\n".join(conf.lines({"workers": Wish("exactly", "3")}, f"{tmp_path}/gunicorn.conf.py")))
    assert runpy.run_path(str(path))["workers"] == 3


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ("./gunicorn.conf.py", "/srv/site/gunicorn.conf.py"),
        ("file:deploy/conf.py", "/srv/site/deploy/conf.py"),
        ("/etc/shop.py", "/etc/shop.py"),
        ("python:shop.conf", "python:shop.conf"),
    ],
)
def test_their_configuration_is_found_from_anywhere(config: str, place: str) -> None:
    assert conf.place(config, "/srv/site") == place


def test_a_reload_asks_for_the_queue_anew_and_calls_their_own_hook(tmp_path: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("def on_reload(server):\n    server.heard.append('theirs')\n")
    heard: list[object] = []
    socket = SimpleNamespace(listen=heard.append)
    server = SimpleNamespace(LISTENERS=[SimpleNamespace(sock=socket)], cfg=SimpleNamespace(backlog=10000), heard=heard)
    hook = settings(tmp_path, f"{tmp_path}/gunicorn.conf.py")["on_reload"]
    assert callable(hook)
    hook(server)
    assert heard == [10000, "theirs"]


def test_nothing_from_a_plan_becomes_code() -> None:
    wish = Wish("exactly", "'; import os #")
    line = next(line for line in conf.lines({"worker_class": wish}, "/x.py") if "import os #" in line)
    assert line == 'worker_class = "\'; import os #"'


def test_sockets_as_ss_prints_them() -> None:
    lines = [
        'LISTEN 0 16384 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=12,fd=6),("nginx",pid=11,fd=6))',
        'LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=5,fd=4))',
        "LISTEN 0 4096 127.0.0.1%lo:53 0.0.0.0:*",
        "LISTEN 0 5 *:9000 *:*",
        'u_str LISTEN 0 2048 /run/site.sock 123 * 0 users:(("gunicorn",pid=7,fd=5))',
        "ESTAB 0 0 10.0.0.1:80 10.0.0.2:4711",
        # As anybody may call his own: a line end, blanks, and what looks like somebody else's number.
        "u_str LISTEN 0 1 /tmp/a",
        'LISTEN x y z 99 * 0 users:(("evil",pid=9,fd=3))',
        'LISTEN 0 1 /tmp/b 98 * 0 users:(("evil",pid=9,fd=3))',
        'u_str LISTEN 0 1 /tmp/pid=7 97 * 0 users:(("evil",pid=9,fd=3))',
    ]
    assert parse(lines) == {
        Address(INET, "0.0.0.0", 80): Listener(16384, frozenset({11, 12})),
        Address(INET6, "::", 22): Listener(128, frozenset({5})),
        Address(INET, "127.0.0.1", 53): Listener(4096, frozenset()),
        Address(INET6, "::", 9000): Listener(5, frozenset()),
        Address(UNIX, "/run/site.sock"): Listener(2048, frozenset({7})),
        Address(UNIX, "/tmp/pid=7"): Listener(1, frozenset({9})),
    }


@pytest.mark.parametrize(
    ("user", "flags", "named"),
    [
        ("", [], False),
        ("root", [], False),
        ("site", ["privileged"], False),
        ("site", ["no-setuid"], False),
        ("site", [], True),
    ],
)
def test_nobody_with_less_rights_has_a_hand_in_what_a_start_is(
    monkeypatch: pytest.MonkeyPatch, user: str, flags: list[str], named: bool
) -> None:
    """A user whose process says what root's gunicorn is to read would be root."""
    said: dict[str, Any] = {"Id": "a.service", "Names": ["a.service"], "LoadState": "loaded"}
    said.update(User=user, Group=user)
    words = ["gunicorn", "a.wsgi"]
    said["ExecStart"] = [["/usr/bin/gunicorn", words, False, 0, 0]]
    said["ExecStartEx"] = [["/usr/bin/gunicorn", words, flags]]
    asked: list[Sequence[str]] = []

    def run(argv: Sequence[str], properties: Sequence[str], timeout: float) -> Ran:
        asked.append(properties)
        return Ran(0, '[["/usr/bin/gunicorn", "a.wsgi"], ""]', "")

    monkeypatch.setattr(start, "run_in_unit", run)
    assert start.of(unit.of(services.parse(said))).words == ("/usr/bin/gunicorn", "a.wsgi")
    assert all("UnsetEnvironment=LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT GCONV_PATH" in lines for lines in asked)
    assert [any(line.startswith(("User=", "Group=")) for line in lines) for lines in asked] == [named]


def test_what_is_known_by_a_users_process_is_for_that_user_alone() -> None:
    text = "\n".join(conf.lines({}, "/srv/own.py", user=os.geteuid() + 1))
    with pytest.raises(SystemExit):
        exec(compile(text, "conf", "exec"), {})
    assert "geteuid" not in "\n".join(conf.lines({}, "/srv/own.py"))
