"""Whether the application and its units would work, before any of them is in place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping

from ..journal.node import Node
from ..system.run import run, run_in_unit
from .application import Application

_TIME_LIMIT = 120  # seconds: the application is imported


def refusal(app: Application) -> str:
    """What gunicorn has against it, with the user, folder and environment that it will have; nothing: it loads."""
    done = run_in_unit((app.gunicorn, "--check-config", app.wsgi), app.surroundings, timeout=_TIME_LIMIT)
    return "" if done.code == 0 else " / ".join(done.err.strip().splitlines()[-3:]) or f"exit status {done.code}"


def units_refusal(units: Mapping[str, Node]) -> str:
    """What systemd has against unit files, by path; nothing: it would load them. Only files, not links, are read."""
    folder = tempfile.mkdtemp(prefix="heavyload-")
    try:
        files = {os.path.join(folder, os.path.basename(path)): e.content for path, e in units.items() if e.content}
        for path, content in files.items():
            with open(path, "wb") as file:
                file.write(content)
        done = run(("systemd-analyze", "verify", "--man=no", *files))
        said = [line for line in done.err.splitlines() if folder in line or "heavyload-app" in line]
        return " / ".join(said) if done.code != 0 else ""
    finally:
        shutil.rmtree(folder, ignore_errors=True)
