"""A host in a folder: the program's own paths and /proc/sys moved below a temporary root."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sandbox import Sandbox

# The same tree is asked the same questions, so that a change answers for what it breaks; test:all looks for new ones.
settings.register_profile("the same each time", derandomize=True)
if "HEAVYLOAD_TEST_ALL" not in os.environ and "HEAVYLOAD_EXAMPLES" not in os.environ:
    settings.load_profile("the same each time")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    host = Sandbox(tmp_path / "host")
    try:
        yield host
    finally:
        host.close()
