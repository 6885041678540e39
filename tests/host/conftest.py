"""A host in a folder: the program's own paths and /proc/sys moved below a temporary root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    host = Sandbox(tmp_path / "host")
    try:
        yield host
    finally:
        host.close()
