"""Whatever a text is: it is read, or refused in one clear error; it never becomes code or another setting."""

from __future__ import annotations

import ast
import json
import shlex
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from heavyload import formula, report, rules
from heavyload import manifest as manifests
from heavyload.drift import _escaped
from heavyload.gunicorn import commandline, conf, options, trial
from heavyload.journal import records
from heavyload.kernel import shell, sysctld, tuned
from heavyload.limits import dropins, pam
from heavyload.nginxtext import configuration
from heavyload.problem import Problem, Refused, told
from heavyload.report import Row
from heavyload.say import _plain
from heavyload.system import addresses, answers, cnumbers, globs, processes, sockets, surroundings
from heavyload.system.conffiles import packages
from heavyload.system.run import Ran
from heavyload.wishes import Wish
from hostile import LONG, MANY, TEXTS, named, raw
from hypothesis import given
from hypothesis import strategies as st
from nginxgrammar import MAIN, Folder

LOGIN = pam.Login("site", 1000, 1000, ((33, "www-data"),))


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return {"manifest": text, "files": {text: {"digest": text, "ours": text}}, "live": {text: text}}


def _as_json_has_it(text: str) -> str:
    """The text itself, but that two halves of a letter (surrogates) that meet are that letter, for every reader."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _record(text: str) -> object:
    try:
        return records.Record.from_json(_json(text))  # type: ignore[arg-type]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # as files.read_json takes it
        return None


def _formula(text: str) -> object:
    try:
        return formula.evaluate(text, {"cpus": 2, "memory_mib": 1024, "base": 5})
    except formula.BadFormula:
        return None


def _combined(text: str) -> list[str]:
    """What a manifest takes as a value can be reckoned with."""
    found = []
    for rule in ("at least", "at most", "widen"):
        try:
            head = f"concern: kernel\nstack: a/b/c\nsettings:\n  a.b: {rule} "
            (setting,) = manifests.parse(raw(f"{head}{text}\ncomplete: true\n"), "kernel").settings
        except (Refused, ValueError):
            continue
        found += [rules.combine(setting.rule, base, setting.wanted) for base in ("5", "5 6", "80,443-445", "")]
    return found


def _profile(text: str) -> None:
    with suppress(tuned._Unknown):  # TuneD would not read it either
        tuned._settings(tuned._sections(tuned._ini(text), text, "tuned.conf"), 0)


READERS: dict[str, Callable[[str], object]] = {
    "a manifest": lambda text: manifests.parse(raw(text), "kernel"),
    "a manifest with it as a value": lambda text: manifests.parse(
        raw(f"concern: kernel\nstack: a/b/c\nreapply: {text}\nsettings:\n  a.b: at least {text}\ncomplete: true\n"),
        "kernel",
    ),
    "a record": _record,
    "a formula": _formula,
    "a value of the kernel's": lambda text: (rules.normal(text), rules.is_number(text), rules.is_ports(text)),
    "a value in a manifest": _combined,
    "sysctl.d": lambda text: sysctld.said(sysctld.parse(text, "a.conf"), "net.core.somaxconn", "128"),
    "limits.conf": lambda text: pam.deciding(pam.parse(text, "limits.conf"), LOGIN, "hard"),
    "a unit's drop-in": dropins.assignments,
    "TuneD's profile": _profile,
    "a shell script": lambda text: shell.sysctl_calls(text, "a.sh"),
    "nginx's configuration": lambda text: configuration.read(MAIN, Folder({MAIN: raw(text)})),
    "a listen": lambda text: addresses.parse(raw(text)),
    "GUNICORN_CMD_ARGS": lambda text: options.given(options.split(text)),
    "gunicorn's command line": lambda text: (
        commandline.arguments(tuple(text.split())),
        commandline.program(text.split()),
        options.config(text.split()),
    ),
    "what gunicorn prints": lambda text: trial._trial(Ran(0, f"access_log_format = x\nworkers = {text}", "")),
    "what ss prints": lambda text: sockets.parse(text.split("\n")),
    "a process's name": lambda text: processes.parse(f"42 ({text}) S 4 {' '.join('0' * 17)} 22 0"),
    "a name of a server": answers.visited,
    "a version": rules.version,
    "a number of C's": lambda text: cnumbers.parse(text, sign="-"),
    "a pattern": lambda text: globs.matching(named(text), ["a.conf", named(text)]),
}


@pytest.mark.parametrize("name", READERS)
@given(text=TEXTS)
@MANY
def test_it_is_read_or_refused(name: str, text: str) -> None:
    try:
        READERS[name](text)
    except Refused as refused:
        assert refused.problems
        for problem in refused.problems:
            assert problem.wanted and problem.way_out


@pytest.mark.parametrize("name", READERS)
def test_a_mebibyte_is_read_or_refused(name: str) -> None:
    try:
        READERS[name](LONG)
    except Refused as refused:
        assert len(str(refused)) < len(LONG) / 2


def _names(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


@given(value=TEXTS, theirs=TEXTS)
@MANY
def test_gunicorns_configuration_of_ours_has_it_as_a_text_alone(value: str, theirs: str) -> None:
    def code(value: str, theirs: str) -> str:
        wishes = {"worker_tmp_dir": Wish("exactly", value), "worker_class": Wish(rules.BY_DEFAULT, value)}
        return "\n".join(conf.lines(wishes, f"/srv/{theirs}x", 1000))

    try:
        found = code(value, theirs)
        assert _names(found) == _names(code("x", "x"))
        constants = {n.value for n in ast.walk(ast.parse(found)) if isinstance(n, ast.Constant)}
        assert value in constants or (value.isascii() and value.isdigit() and int(value) in constants)
        assert f"/srv/{theirs}x" in constants
    except UnicodeEncodeError:  # no file has such a name, and ast reads none
        assert any("\ud800" <= letter <= "\udfff" for letter in value + theirs)


@given(text=TEXTS)
@MANY
def test_a_variable_is_one_in_the_file_that_systemd_reads(text: str) -> None:
    quoted = trial.in_file(text)
    assert quoted[0] == quoted[-1] == '"'
    # As environment-files are read: inside of double quotes a backslash takes these four alone.
    inner, plain, escaped = quoted[1:-1], "", False
    for letter in inner:
        if escaped:
            plain, escaped = plain + (letter if letter in '"\\$`' else f"\\{letter}"), False
        elif letter == "\\":
            escaped = True
        else:
            assert letter != '"'
            plain += letter
    assert not escaped and plain == text


@given(words=st.lists(TEXTS, max_size=4))
@MANY
def test_words_stay_words(words: list[str]) -> None:
    assert shlex.split(options.joined(words)) == words
    assert [word.replace("$$", "$") for word in surroundings.unexpanded(words)] == words


@given(text=TEXTS)
@MANY
def test_people_and_pulumi_see_no_sign_that_controls_a_terminal(text: str) -> None:
    problem = Problem(text, text, text, text, text)
    for said in (str(problem), str(told(Refused([problem]))), text):
        assert all(letter.isprintable() or letter == "\n" for letter in _plain(said))
    row = Row("kernel", text, text, text, text, text, "exactly", report.IN_FORCE, text)
    assert report.table([row])
    assert json.loads(json.dumps(row.to_json()))["name"] == _as_json_has_it(text)
    sample = _escaped(text)
    assert "\n" not in sample and '"' not in sample.replace("\\\\", "").replace('\\"', "")


@given(text=TEXTS)
@MANY
def test_dpkgs_status_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "status"
    path.write_bytes(raw(f"Package: a\nConffiles:\n /etc/x {text}\n{text}"))
    assert packages(["/etc/x"], str(path)).get("/etc/x") == "a"
