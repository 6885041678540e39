"""Calls of sysctl are found in a script of the shell as the shell would make them."""

from __future__ import annotations

import pytest
from heavyload.kernel import shell

CALLS = {
    "a setting": ("sysctl -w net.core.somaxconn=1024", {"net.core.somaxconn": "1024"}),
    "a setting without -w": ("/usr/sbin/sysctl -q net/core/somaxconn=1024", {"net.core.somaxconn": "1024"}),
    "two settings": ("sysctl -w a.b=1 a.c=2", {"a.b": "1", "a.c": "2"}),
    "quoted words": ("'sysctl' '-w' 'net.ipv4.tcp_rmem=4096 1000 2000'", {"net.ipv4.tcp_rmem": "4096 1000 2000"}),
    "a quoted value": ('sysctl -w a.b="1 2"', {"a.b": "1 2"}),
    "a command of a list": ("modprobe tcp_bbr && sysctl -w a.b=1; sysctl a.c=2 || true", {"a.b": "1", "a.c": "2"}),
    "a condition's body": ("if [ -e /x ]; then sysctl -w a.b=1; fi", {"a.b": "1"}),
    "an assignment before": ("LC_ALL=C sudo sysctl -w a.b=1 >/dev/null 2>&1", {"a.b": "1"}),
    "a shell's text": ("'sh' '-c' 'sleep 1; sysctl -w a.b=1'", {"a.b": "1"}),
    "a line that goes on": ("sysctl -w \\\n  a.b=1", {"a.b": "1"}),
    "a line after a comment": ("# sysctl -w a.b=1\nsysctl -w a.c=2 # a.d=3\n", {"a.c": "2"}),
    "a number sign in a word": ("sysctl -w a.b=1#2", {"a.b": "1#2"}),
    "another command's words": ("echo sysctl -w a.b=1; grep 'sysctl -w a.b=1' /x; man sysctl a.b=1", {}),
    "a here-document": ("cat >/x <<'EOF'\nsysctl -w a.b=1\nEOF\nsysctl -w a.c=2\n", {"a.c": "2"}),
    "a variable": ("sysctl -w a.b=$MAX a.c=$(nproc) a.d=`nproc`", {}),
    "a file": ("sysctl -p /etc/a=b; sysctl --system; sysctl -a -r a=b", {}),
    "a key that is only read": ("sysctl net.core.somaxconn", {}),
    "options of what runs it": ("sudo -n sysctl -w a.b=1", {"a.b": "1"}),
    "a shell's options": ("bash -ec 'sysctl -w a.b=1'", {"a.b": "1"}),
    "a redirection before": (">/dev/null sysctl -w a.b=1", {"a.b": "1"}),
    "a mark in a comment": ("true # <<EOF\nsysctl -w a.b=1\nEOF\n", {"a.b": "1"}),
    "a quote that does not end": ("sysctl -w a.b=1\nsysctl -w 'a.c=2\n", {"a.b": "1"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name: str) -> None:
    text, wanted = CALLS[name]
    assert {call.key: call.value for call in shell.sysctl_calls(text, "/a.sh")} == wanted


def test_the_line_of_a_call() -> None:
    text = "#!/bin/sh\ncat <<E\nx\nE\n\nsysctl -w \\\n a.b=1\n"
    assert [call.where for call in shell.sysctl_calls(text, "/a.sh")] == ["/a.sh line 6"]


@pytest.mark.parametrize(
    ("head", "known"),
    [("#!/bin/sh", True), ("#! /usr/bin/env bash", True), ("#!/usr/bin/python3", False), ("sysctl -w a.b=1", False)],
)
def test_a_shells_script(head: str, known: bool) -> None:
    assert shell.is_script(f"{head}\n") is known


def test_marks_without_end() -> None:
    assert shell.sysctl_calls("cat <<A\n" * 20_000, "/a.sh") == []
