"""Installs this program on the host: one folder a version, and a launcher that is switched by one rename."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping

from .journal import files
from .paths import BIN, PROGRAM

_LAUNCHER = """\
#!/usr/bin/python3 -I
import sys

sys.path.insert(0, "{folder}")
from heavyload.__main__ import main

sys.exit(main(sys.argv[1:]))
"""


def install(modules: Mapping[str, str]) -> str:
    """Returns the version: the beginning of the hash of what is installed. Nothing is written when it is there."""
    version = hashlib.sha256(repr(sorted(modules.items())).encode()).hexdigest()[:12]
    folder = f"{BIN}/{version}"
    launcher = _LAUNCHER.format(folder=folder)
    if _text(PROGRAM) == launcher:
        return version
    if os.path.isdir(folder):  # nobody is led there: what lies in it is not known
        shutil.rmtree(folder)
    files.write_folder(folder, {name: text for name, text in modules.items() if name.startswith("heavyload/")})
    files.write_text(PROGRAM, launcher, mode=0o755)
    for name in os.listdir(BIN):
        if name not in (version, os.path.basename(PROGRAM)):
            shutil.rmtree(f"{BIN}/{name}", ignore_errors=True)
    return version


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""
