"""Files of heavyload's own that cannot be read any more hold nothing up that is still known."""

from __future__ import annotations

import pytest
from sandbox import Sandbox

SETTINGS = ("net.core.netdev_max_backlog: at least 2500", "net.core.somaxconn: at least 8192")
OURS = "etc/sysctl.d/99-zz-heavyload.conf"
STATE = "var/lib/heavyload"
RECORD = f"{STATE}/applied/kernel.json"
INDEX = f"{STATE}/originals/index.json"
RESTORE = "from heavyload import host, owner; host.restore(owner.NOBODY)"
DAMAGED = [
    None,
    b"",
    b"\0" * 100,
    b"\xff\xfe",
    b"[]",
    b"{}",
    b'{"files": 3}',
    b'{"files": {"/etc/passwd": {}}}',
    b'{"manifest": "x", "files": {"/etc/passwd": {}}, "live": {}}',
    b'{"manifest": "x", "files": {}, "live": {"net.core.somaxconn": {"base": 5, "ours": "9"}}}',
    b"[" * 99999,
]


@pytest.fixture
def host(sandbox: Sandbox) -> Sandbox:
    sandbox.kernel(somaxconn="4096", netdev_max_backlog="1000")
    return sandbox


@pytest.mark.parametrize("path", [RECORD, INDEX])
@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_all_goes_back_without_the_record_or_the_index(host: Sandbox, path: str, content: bytes | None) -> None:
    untouched = host.tree()
    assert host.apply(*SETTINGS).returncode == 0
    if content is None:
        (host.root / path).unlink()
        if path == RECORD:
            again = host.apply(*SETTINGS)
            assert again.returncode != 0 and "what heavyload has written, found nothing" in again.stderr
    else:
        (host.root / path).write_bytes(content)
    refused = host.restore()
    assert refused.returncode != 0 and "sudo heavyload restore" in refused.stderr, refused.stderr
    done = host.run(RESTORE)
    assert done.returncode == 0, done.stderr
    assert (host.live("somaxconn"), host.live("netdev_max_backlog")) == ("4096", "1000")
    assert host.tree() == untouched


def test_a_text_of_others_stays_and_its_original_is_kept(host: Sandbox) -> None:
    host.file(OURS, "# somebody's own\n")
    untouched = host.tree()
    assert host.apply(*SETTINGS).returncode == 0
    (host.root / RECORD).write_bytes(b"")
    for _ in range(2):
        done = host.run(RESTORE)
        assert done.returncode != 0 and OURS in done.stderr and "blobs" in done.stderr, done.stderr
        assert "net.core.somaxconn" in (host.root / OURS).read_text()
    (host.root / OURS).write_text("# somebody's own\n")
    assert host.run(RESTORE).returncode == 0
    assert host.tree() == untouched


def test_where_neither_is_known_it_says_so(host: Sandbox) -> None:
    assert host.apply(*SETTINGS).returncode == 0
    (host.root / RECORD).write_bytes(b"")
    (host.root / INDEX).write_bytes(b"")
    done = host.run(RESTORE)
    assert done.returncode != 0 and f"remove /{STATE}" in done.stderr.replace(str(host.root), ""), done.stderr


def test_a_text_that_was_lost_leaves_what_people_have_added(host: Sandbox) -> None:
    host.file(OURS, "# somebody's own\n")
    assert host.apply(*SETTINGS).returncode == 0
    for blob in (host.root / STATE / "originals/blobs").iterdir():
        blob.write_bytes(b"")
    assert host.restore().returncode == 0
    assert (host.root / OURS).read_text() == "# somebody's own\n"
