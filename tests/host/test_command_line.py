"""What the command answers whoever calls it: people, and programs that read what it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "components" / "host"
RUN = "import sys; from heavyload.__main__ import main; sys.exit(main(sys.argv[1:]))"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="it is root's command")


def called(*words: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-B", "-c", RUN, *words]
    env = {**os.environ, "PYTHONPATH": str(PROGRAM)}
    return subprocess.run(argv, stdout=stdout, stderr=subprocess.PIPE, text=True, env=env, check=False)


@pytest.mark.parametrize("words", [(), ("bogus",), ("boot", "bogus"), ("inside",), ("verify", "extra")])
def test_a_wrong_call_has_a_status_of_its_own(words: tuple[str, ...]) -> None:
    assert called(*words).returncode == os.EX_USAGE


@pytest.mark.parametrize(("words", "known"), [(("status", "--bogus"), "--json"), (("status", "--json=1"), "--json")])
def test_a_strange_option_is_named(words: tuple[str, ...], known: str) -> None:
    done = called(*words)
    assert done.returncode == os.EX_USAGE and f"{words[0]}: wanted {known}, found --" in done.stderr


def test_a_failure_is_json_too() -> None:
    done = called("verify", "--json", "--prometheus=nowhere.prom")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and [set(one) for one in found["problems"]] == [
        {"what", "wanted", "found", "where", "wayOut"}
    ]


@pytest.mark.parametrize("words", [("--help",), ("status",), ("status", "--json")])
def test_who_reads_may_have_read_enough(words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = called(*words, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
