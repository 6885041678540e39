"""Patterns of `include` against libc's own glob(3)."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest
from heavyload.nginxtext import patterns
from heavyload.system import globs
from hypothesis import given
from hypothesis import strategies as st

FILES = ("a.conf", "b.conf", "B.conf", "1.conf", "-.conf", ".hidden.conf", "a b.conf", "[x].conf", "a*.conf", "\\.conf")
_LISTED = (*FILES, "a", "conf", "x]y", "\xe9.conf")


class _Glob(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_size_t),
        ("paths", ctypes.POINTER(ctypes.c_char_p)),
        ("skipped", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("functions", ctypes.c_void_p * 5),
    )


def glob(pattern: str) -> list[str]:
    """As nginx calls it."""
    found = _Glob()
    ctypes.CDLL(None).glob(os.fsencode(pattern), 0, None, ctypes.byref(found))
    return sorted(os.path.realpath(os.fsdecode(found.paths[index] or b"")) for index in range(found.count))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("nginx")
    for name in ("conf.d", "sites", ".private", "sites/inner"):
        (top / name).mkdir()
        for file in _LISTED:
            (top / name / file).touch()
    (top / "empty").mkdir()
    (top / "linked").symlink_to("sites/inner")
    return top


def expanded(pattern: str) -> list[str]:
    def names(path: str) -> list[str]:
        try:
            return [".", "..", *os.listdir(path)]
        except (FileNotFoundError, NotADirectoryError):
            return []

    return sorted(map(os.path.realpath, patterns.expanded(pattern, names, os.path.realpath)))


@pytest.mark.parametrize(
    "pattern",
    [
        *("./conf.d/*.conf", "conf.d/./*.conf", "conf.d//*.conf", "sites/../conf.d/*.conf", "linked/../*.conf"),
        *("sites/[[:alpha:]]*", "sites/[!a]*.conf", "sites/[^a]*.conf", "sites/[]x]*", "sites/[a-c0-9].conf"),
        *("*/*.conf", ".*/*.conf", "sites/.*.conf", "sites/?.conf", "sites/\\*.conf", "sites/a\\*.conf", "sites/[*]"),
        *(
            "sites/.?/*.conf",
            ".*/sites/?.conf",
            "sites/a.conf/../?.conf",
            "empty/../sites/?.conf",
            "none/../sites/?.conf",
        ),
        *("none/*.conf", "sites/[.conf", "sites/[[]x[]].conf", "*/inner/?.conf", "sites/*/*.conf", "a.conf/*"),
    ],
)
def test_finds_what_glob_finds(folder: Path, pattern: str) -> None:
    assert expanded(f"{folder}/{pattern}") == glob(f"{folder}/{pattern}")


@given(st.lists(st.text("ab.*?[]!^-\\:xc", min_size=1, max_size=5), min_size=1, max_size=3).map("/".join))
def test_finds_what_glob_finds_for_any_pattern(folder: Path, pattern: str) -> None:
    if globs.is_one(pattern):
        assert expanded(f"{folder}/sites/{pattern}") == glob(f"{folder}/sites/{pattern}")
