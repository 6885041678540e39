from __future__ import annotations

from pathlib import Path

import pytest
from heavyload.gunicorn import lately
from heavyload.gunicorn.start import Start
from heavyload.gunicorn.unit import Unit
from heavyload.paths import GUNICORN_CONF
from heavyload.system import services

SAID = {
    "Id": "shop.service",
    "Names": ["shop.service"],
    "LoadState": "loaded",
    "User": "shop",
    "LimitNOFILE": 5,
    "LimitNOFILESoft": 5,
}
START = Start(("/usr/bin/gunicorn", "shop.wsgi"), "")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(lately, "_FOLDER", str(tmp_path / "run"))
    monkeypatch.setattr(lately, "_PLACE", str(tmp_path / "run/gunicorn.json"))
    return tmp_path


def unit(**said: object) -> Unit:
    return Unit(services.parse({**SAID, **said}), 0, 0, ())


def asked(
    args: str = "", start: Start = START, files: tuple[str, ...] = (), ours: str = "/none", **said: object
) -> str:
    return lately.question(unit(**said), start, "run", args, files, ours)


def test_what_a_limit_is_changes_no_answer_and_all_else_does(here: Path) -> None:
    assert asked() == asked(LimitNOFILE=6, LimitNOFILESoft=6)
    file = here / "env"
    others = [
        asked("--threads 2"),
        asked(start=START._replace(words=("/usr/bin/gunicorn", "blog.wsgi"))),
        asked(start=START._replace(exported={"A": "b"})),
        asked(User="blog"),
        asked(Environment=["A=b"]),
        asked(EnvironmentFiles=[[str(file), False]]),
        asked(files=(str(file),)),
        lately.question(unit(), START, "version", ""),
    ]
    file.write_text("A=b\n")
    others += [asked(EnvironmentFiles=[[str(file), False]]), asked(files=(str(file),))]
    assert len({asked(), *others}) == 1 + len(others)


def test_our_configuration_counts_where_it_is_named_wherever_it_lies(here: Path) -> None:
    staged = here / ".gunicorn.conf.py.heavyload-new"
    staged.write_text("workers = 3\n")
    args = f"--config={GUNICORN_CONF}"
    first = asked(args, ours=str(staged))
    staged.rename(here / "gunicorn.conf.py")
    assert asked(args, ours=str(here / "gunicorn.conf.py")) == first
    assert asked(args, ours=str(staged)) != first
    assert asked(ours=str(staged)) == asked()


def test_an_answer_is_root_s_alone_and_known_for_a_minute(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lately.note("one", {"values": {"workers": "3"}})
    lately.note("two", {"version": "23.0"})
    assert (here / "run").stat().st_mode & 0o777 == 0o700
    assert (here / "run/gunicorn.json").stat().st_mode & 0o777 == 0o600
    assert lately.recall("one") == {"values": {"workers": "3"}} and lately.recall("three") is None
    assert lately.recall("two", once=True) and lately.recall("two") is None
    assert lately.recall("one")
    monkeypatch.setattr(lately, "_AGE", -1)
    assert lately.recall("one") is None


@pytest.mark.parametrize("text", ["", "[", "3", '{"one": 3}', '{"one": {"at": "x"}}', "\udce4"])
def test_a_file_that_is_damaged_says_nothing(here: Path, text: str) -> None:
    lately.note("one", {"version": "23.0"})
    (here / "run/gunicorn.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert lately.recall("one") is None
    lately.note("one", {"version": "23.0"})
    assert lately.recall("one") == {"version": "23.0"}


def test_where_nothing_can_be_kept_nothing_stops(here: Path) -> None:
    (here / "run").write_text("a file in its place")
    lately.note("one", {"version": "23.0"})
    assert lately.recall("one") is None
