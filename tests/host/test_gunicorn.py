"""What gunicorn's command lines fix, how our configuration is put over people's own, and what systemd's words mean."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from heavyload.gunicorn import conf, options, unit
from heavyload.nginxtext.addresses import INET, INET6, UNIX, Address
from heavyload.sockets import Listener, parse


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("gunicorn --workers 3 site.wsgi", {"workers": "3"}),
        ("gunicorn -w3 -k gevent --threads=4 site.wsgi", {"workers": "3", "worker_class": "gevent", "threads": "4"}),
        ("gunicorn --workers 2 --workers=5 site.wsgi", {"workers": "5"}),
        ("gunicorn --bind unix:/run/x.sock --worker-tmp-dir /tmp x", {"worker_tmp_dir": "/tmp"}),
        ("gunicorn --keep-alive 5 --keyfile k --backlog 7 x", {"keepalive": "5", "backlog": "7"}),
        ("gunicorn --max-requests-jitter 9 x", {"max_requests_jitter": "9"}),
    ],
)
def test_what_a_command_line_fixes(line: str, found: dict[str, str]) -> None:
    assert options.given(line.split()) == found


def test_the_file_that_a_command_line_names() -> None:
    assert options.config(["gunicorn", "-c", "a.py", "x"]) == "a.py"
    assert options.config(["gunicorn", "-ca.py", "--config=b.py"]) == "b.py"
    assert options.config(["gunicorn", "--check-config", "x"]) is None


def test_every_flag_is_found_again() -> None:
    values = {name: str(number) for number, name in enumerate(options.FLAGS)}
    assert options.given(options.split(options.joined(options.as_flags(values)))) == values


def settings(folder: Path, *lines: str, theirs: str | None = None) -> dict[str, object]:
    path = folder / "ours.py"
    path.write_text("\n".join([*conf.lines({"workers": "5", "worker_tmp_dir": "/dev/shm"}, theirs), *lines]))
    return runpy.run_path(str(path))


def test_our_configuration_is_read_after_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings(tmp_path)["workers"] == 5
    (tmp_path / "gunicorn.conf.py").write_text("workers = 2\ntimeout = 77\nhere = __file__\n")
    found = settings(tmp_path)
    assert (found["workers"], found["timeout"], found["worker_tmp_dir"]) == (5, 77, "/dev/shm")
    assert found["here"] == str(tmp_path / "gunicorn.conf.py")
    (tmp_path / "named.py").write_text("timeout = 88\n")
    assert settings(tmp_path, theirs="named.py")["timeout"] == 88


def test_a_reload_asks_for_the_queue_anew_and_calls_their_own_hook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gunicorn.conf.py").write_text("def on_reload(server):\n    server.heard.append('theirs')\n")
    heard: list[object] = []
    socket = SimpleNamespace(listen=heard.append)
    server = SimpleNamespace(LISTENERS=[SimpleNamespace(sock=socket)], cfg=SimpleNamespace(backlog=10000), heard=heard)
    hook = settings(tmp_path)["on_reload"]
    assert callable(hook)
    hook(server)
    assert heard == [10000, "theirs"]


def test_nothing_from_a_plan_becomes_code() -> None:
    line = next(line for line in conf.lines({"worker_class": "'; import os #"}, None) if "import os #" in line)
    assert line == 'worker_class = "\'; import os #"'


@pytest.mark.parametrize(
    ("text", "seconds"), [("5s", 5), ("1min 30s", 90), ("2h", 7200), ("500ms", 0), ("infinity", 2**31), ("", 0)]
)
def test_spans_as_systemd_prints_them(text: str, seconds: int) -> None:
    assert unit.seconds(text) == seconds


def test_the_variable_of_an_environment_file(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("# GUNICORN_CMD_ARGS=no\nA=1\nGUNICORN_CMD_ARGS=\"--workers 2 --bind 'a b'\"\n")
    assert unit.of_file(str(path)) == "--workers 2 --bind 'a b'"
    assert unit.of_file(str(tmp_path / "none")) == ""


def test_sockets_as_ss_prints_them() -> None:
    lines = [
        'LISTEN 0 16384 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=12,fd=6),("nginx",pid=11,fd=6))',
        'LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=5,fd=4))',
        "LISTEN 0 4096 127.0.0.1%lo:53 0.0.0.0:*",
        "LISTEN 0 5 *:9000 *:*",
        'u_str LISTEN 0 2048 /run/site.sock 123 * 0 users:(("gunicorn",pid=7,fd=5))',
        "ESTAB 0 0 10.0.0.1:80 10.0.0.2:4711",
    ]
    assert parse(lines) == {
        Address(INET, "0.0.0.0", 80): Listener(16384, frozenset({11, 12})),
        Address(INET6, "::", 22): Listener(128, frozenset({5})),
        Address(INET, "127.0.0.1", 53): Listener(4096, frozenset()),
        Address(INET6, "::", 9000): Listener(5, frozenset()),
        Address(UNIX, "/run/site.sock"): Listener(2048, frozenset({7})),
    }
