"""What may import what: docs/architecture.md draws it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "components" / "host" / "heavyload"
# Single files that every room may use: they know nothing of a host.
WORDS = {"problem", "say", "rules", "paths", "formula"}
PLAN = {"manifest", "catalogue", "wishes", "report"}
# By room, what it may import besides itself.
ROOMS = {
    "system": WORDS,
    "journal": {*WORDS, "system"},
    "nginxtext": {*WORDS, *PLAN, "system"},
    "kernel": {*WORDS, *PLAN, "system", "journal"},
    "limits": {*WORDS, *PLAN, "system", "journal", "kernel", "edited"},
    "gunicorn": {*WORDS, *PLAN, "system", "journal", "edited"},
    "nginx": {*WORDS, *PLAN, "system", "journal", "nginxtext", "gunicorn"},
    "app": {*WORDS, *PLAN, "system", "journal", "nginx"},
    "image": {*WORDS, *PLAN, "system", "journal", "owner", "overview", "drift"},
}


def imported(path: Path) -> set[str]:
    """The rooms and single files of the program that a file imports."""
    here = path.relative_to(PROGRAM).parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = here[: len(here) - node.level + 1]
            whole = (*above, *(node.module.split(".") if node.module else ()))
            found |= {whole[0]} if whole else {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_it_may(room: str) -> None:
    files = list((PROGRAM / room).rglob("*.py"))
    assert files
    for path in files:
        strangers = imported(path) - ROOMS[room] - {room}
        assert not strangers, f"{path.relative_to(PROGRAM)} imports {strangers}"


def test_each_folder_is_a_room() -> None:
    folders = {path.name for path in PROGRAM.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders == set(ROOMS)
