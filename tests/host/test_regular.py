"""Nothing that lies in the place of a file keeps the program waiting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from heavyload.kernel import sysctld
from heavyload.nginx.reading import Disk
from heavyload.system import regular


def fifo(folder: Path) -> str:
    path = str(folder / "99-heavyload.conf")
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "nothing", "link to a fifo"])
def test_what_is_no_file_is_an_error_at_once(tmp_path: Path, kind: str) -> None:
    path = str(tmp_path / "one")
    if kind == "fifo":
        path = fifo(tmp_path)
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "device":
        path = "/dev/zero"
    elif kind == "link to a fifo":
        os.symlink(fifo(tmp_path), path)
    with pytest.raises(OSError) as failure:
        regular.read(path)
    assert failure.value.filename == path and failure.value.strerror
    assert regular.text(path) == ""


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(b"a\r\nb\rc\n\xff\0")
    assert regular.read(str(path)) == b"a\r\nb\rc\n\xff\0"
    assert regular.read(str(path), 2) == b"a\r"
    assert regular.text(str(path)) == "a\nb\nc\n\\xff\0"


def test_configurations_are_read_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fifo(tmp_path)
    monkeypatch.setattr(sysctld, "paths", lambda: [path])
    assert sysctld.read("") == ([], [])
    with pytest.raises(OSError, match="neither a file nor a link"):
        Disk().read(path)
