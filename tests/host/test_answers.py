"""A server of this machine's own is asked: what it answers, and how long nobody is waited for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from heavyload.system import answers


@contextmanager
def server(path: Path, *said: bytes) -> Iterator[str]:
    """Gives one connection after the other what is said, in turn."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve() -> None:
            for text in said:
                link, _ = listening.accept()
                with link:
                    link.recv(1000)
                    link.sendall(text)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield str(path)
        thread.join(5)


@pytest.mark.parametrize(
    ("said", "status", "serves"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", 200, True),
        (b"HTTP/1.0 302 Found\r\n\r\n", 302, True),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 400, True),
        (b"HTTP/1.1 500 Internal Server Error\r\n\r\n", 500, False),
        (b"SSH-2.0-OpenSSH\r\n", 0, False),
        (b"", 0, False),
    ],
)
def test_reads_the_status(tmp_path: Path, said: bytes, status: int, serves: bool) -> None:
    with server(tmp_path / "s", said) as path:
        assert answers.status(answers.unix(path), "shop.test") == status
    assert answers.serves(status) is serves


def test_waits_while_nobody_is_behind_it_and_no_longer(tmp_path: Path) -> None:
    with server(tmp_path / "s", b"", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", b"HTTP/1.1 500 Oh\r\n\r\n") as path:
        assert answers.settled_status(answers.unix(path), "shop.test", 30) == 500
    assert answers.settled_status(answers.unix(str(tmp_path / "none")), "shop.test", 0) == 0
