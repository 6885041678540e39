"""Runs the program's code in a process of its own against a root folder, and kills it where the test wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

PROGRAM = Path(__file__).parents[2] / "components" / "host"

# Moves every path of the program below ROOT, before any module has taken a copy of it.
_MOVED = """
import json, os, sys
root, fault = sys.argv[1], int(sys.argv[2])
from heavyload import paths
for name, value in list(vars(paths).items()):
    if name.isupper() and value.startswith("/"):
        setattr(paths, name, root + value)
from heavyload import live, procsys, sysctld
procsys.path_of = lambda key: root + "/proc/sys/" + key.replace(".", "/")
sysctld.FOLDERS = tuple(root + folder for folder in sysctld.FOLDERS)
sysctld.paths.__defaults__ = (sysctld.FOLDERS,)

calls = 0
def killing(function):
    def wrapped(*args, **kwargs):
        global calls
        calls += 1
        if calls == fault:
            os._exit(137)
        return function(*args, **kwargs)
    return wrapped
for name in ("rename", "link", "unlink", "fsync", "mkdir", "rmdir", "symlink", "fchmod", "open"):
    setattr(os, name, killing(getattr(os, name)))
live.write = killing(live.write)
"""

KILLED = 137


def _run(arguments: list[str], code: str) -> NoReturn:
    """As an interpreter of its own would: no module of the program is loaded yet."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "heavyload"]:
        del sys.modules[name]
    sys.argv = ["-c", *arguments]
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    status = 0
    try:
        exec(compile(code, "<sandbox>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


@dataclass
class Sandbox:
    root: Path

    def __post_init__(self) -> None:
        for folder in ("etc/sysctl.d", "var/lib", "proc/sys/net/core", "proc/sys/net/ipv4", "usr/lib/sysctl.d"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)

    def kernel(self, **values: str) -> None:
        """Live values, by the last word of the key, all in net.core."""
        for name, value in values.items():
            (self.root / "proc/sys/net/core" / name).write_text(f"{value}\n")

    def live(self, name: str) -> str:
        return (self.root / "proc/sys/net/core" / name).read_text().strip()

    def file(self, path: str, text: str) -> Path:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def run(self, code: str, fault: int = 0, given: Any = None) -> subprocess.CompletedProcess[str]:
        """Runs `code`; at the `fault`-th write, rename or flush the process is gone, as by a power cut.

        In a fork of this process: hundreds of runs would start as many interpreters.
        """
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            child = os.fork()
            if child == 0:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                _run(
                    [str(self.root), str(fault), json.dumps(given)],
                    f"{_MOVED}\ngiven = json.loads(sys.argv[3])\n{code}",
                )
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(code, status, out.read(), err.read())

    def apply(self, *settings: str, fault: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run(
            "from heavyload import steps; steps.apply('kernel', given.encode())", fault, manifest(*settings)
        )

    def restore(self, fault: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run("from heavyload import steps; steps.restore('kernel', b'')", fault)

    def save(self, name: str) -> None:
        """Keeps the whole root aside, links between files included."""
        shutil.rmtree(self._aside(name), ignore_errors=True)
        subprocess.run(["cp", "-a", str(self.root), str(self._aside(name))], check=True)

    def load(self, name: str) -> None:
        """Back to a saved state at the same place: the program's records hold full paths."""
        shutil.rmtree(self.root)
        subprocess.run(["cp", "-a", str(self._aside(name)), str(self.root)], check=True)

    def _aside(self, name: str) -> Path:
        return self.root.with_name(f"{self.root.name}.{name}")

    def tree(self) -> dict[str, tuple[Any, ...]]:
        """Everything outside the program's own folder: kind, bytes, mode, owner, attributes."""
        found: dict[str, tuple[Any, ...]] = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if name.startswith("var/lib/heavyload"):
                continue
            info = path.lstat()
            data = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
            attributes = {key: os.getxattr(path, key, follow_symlinks=False) for key in _xattrs(path)}
            found[name] = (data, info.st_mode, info.st_uid, info.st_gid, attributes)
        return found


def _xattrs(path: Path) -> list[str]:
    try:
        return os.listxattr(path, follow_symlinks=False)
    except OSError:
        return []


def manifest(*settings: str, stack: str = "shop/prod/web") -> str:
    lines = ["concern: kernel", "revision: 1", f"stack: {stack}", "settings:", *(f"  {line}" for line in settings)]
    return "\n".join([*lines, "complete: true", ""])
