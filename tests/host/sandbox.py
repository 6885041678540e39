"""Runs the program's code in a process of its own against a root folder, and kills it where the test wants."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INTERPRETER = Path(__file__).with_name("interpreter.py")
PROGRAM = INTERPRETER.parents[2] / "components" / "host"

KILLED = 137


@dataclass
class Sandbox:
    root: Path
    _interpreter: subprocess.Popen[str] | None = None

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
        """Runs `code`; at the `fault`-th write, rename or flush the process is gone, as by a power cut."""
        if self._interpreter is None:
            command = [sys.executable, str(INTERPRETER), str(PROGRAM), str(self.root)]
            self._interpreter = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        pipe = self._interpreter
        assert pipe.stdin and pipe.stdout
        with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
            wanted = {"code": code, "fault": fault, "given": given, "out": out.name, "err": err.name}
            pipe.stdin.write(json.dumps(wanted) + "\n")
            status = int(pipe.stdout.readline())
            return subprocess.CompletedProcess(code, status, out.read(), err.read())

    def close(self) -> None:
        if self._interpreter is not None:
            self._interpreter.communicate()

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
