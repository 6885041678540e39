"""Root runs only what root alone can write, by one runner."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from heavyload.system import run as runner
from heavyload.system import trust

SOURCES = Path(__file__).parents[2] / "components" / "host" / "heavyload"
# What starts programs.
MODULES = {"subprocess", "pty", "multiprocessing", "asyncio"}
OF_OS = ("system", "popen", "exec", "spawn", "posix_spawn", "fork", "startfile")
# The runner; the unit that a change runs in, which starts systemd-run alone; children that run no program.
ALLOWED = {"run.py", "unit.py", "asuser.py", "ceiling.py", "procsys.py"}


def starts(tree: ast.AST) -> set[str]:
    """Calls that could start a program, and imports by which they could be hidden."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names]
            modules = names if isinstance(node, ast.Import) else [node.module or ""]
            found |= MODULES & {module.partition(".")[0] for module in modules}
            if isinstance(node, ast.ImportFrom) and node.module == "os":
                found |= {name for name in names if name.startswith(OF_OS)}
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith(tuple(f"os.{name}" for name in OF_OS)):
            found.add(ast.unparse(node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("exec", "eval"):
            found.add(node.func.id)
    return found


def test_programs_are_started_in_one_place_alone() -> None:
    starting = {path.name for path in SOURCES.rglob("*.py") if starts(ast.parse(path.read_text()))}
    assert starting == ALLOWED


def test_the_walk_sees_what_starts_programs() -> None:
    for text in ("import subprocess", "import os; os.execv('x', [])", "from os import system", "eval('1')"):
        assert starts(ast.parse(text)), text


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "gunicorn"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\necho ran\n")
    path.chmod(0o755)
    return path


# Below /tmp, where the sticky bit has everybody replace his own files alone.
def test_runs_what_root_alone_can_write(program: Path) -> None:
    assert trust.objection(str(program)) == ""
    assert runner.run((str(program),)).out == "ran\n"


@pytest.mark.parametrize("kind", ["owner of the file", "owner of its folder", "mode", "folder's mode", "link", "group"])
def test_runs_nothing_that_somebody_else_can_write(program: Path, kind: str) -> None:
    place = program
    if kind == "owner of the file":
        os.chown(program, 65534, 0)
    elif kind == "owner of its folder":
        os.chown(program.parent, 65534, 0)
    elif kind == "mode":
        program.chmod(0o757)
    elif kind == "folder's mode":
        program.parent.chmod(0o777)
    elif kind == "group":
        os.chown(program, 0, 65534)  # nobody's
        program.chmod(0o775)
    else:
        place = program.parent.parent / "link"
        place.symlink_to(program)
        os.chown(program.parent, 65534, 0)
    done = runner.run((str(place),))
    assert (done.code, done.out) == (126, "")
    assert "not run as root, since" in done.err


def test_output_without_end_is_bounded_and_so_is_time() -> None:
    done = runner.run(("/usr/bin/yes",), timeout=0.5)
    assert (done.code, done.out) == (124, "")
    bounded = runner.run(("/usr/bin/head", "-c", str(20 * 2**20), "/dev/zero"))
    assert bounded.code == 0 and 8 * 2**20 <= len(bounded.out) < 9 * 2**20
