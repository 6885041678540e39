"""A disk that an image is made of, and its copies, each of which becomes a machine of its own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from heavyload import drift, owner, ready, report
from heavyload.image import record, sealing, sshkeys
from heavyload.image.record import Copy, Image
from heavyload.journal import files
from heavyload.manifest import Owner
from heavyload.problem import Problem, Refused
from heavyload.report import Row
from heavyload.system import identity
from heavyload.system.run import Ran
from sandbox import KILLED, Sandbox

BUILDER, COPY, SECOND = "i-0aaaaaaaa", "i-0bbbbbbbb", "i-0cccccccc"
THEIRS, OWN = "ssh-ed25519 AAAAtheirs root@builder", "ssh-ed25519 AAAAown root@copy"
ID = "0123456789abcdef0123456789abcdef"
SEAL = b"concern: seal\nrevision: 1\nstack: shop/prod/web\nstate: one\ncomplete: true\n"

# `ssh-keygen -A` in the sandbox: each kind that is missing is made.
BECOME = """
import os
from heavyload.image import becoming, sshkeys
from heavyload.system import identity
from heavyload.system.run import Ran
from heavyload.paths import SSH_KEYS
def keygen(argv, timeout=60):
    for kind in ("ed25519", "rsa"):
        private = SSH_KEYS % kind
        if not os.path.exists(private) or not os.path.exists(f"{private}.pub"):
            for path in (private, f"{private}.pub"):
                with open(path, "w") as file:
                    file.write(given["key"])
    return Ran(0, "", "")
sshkeys.run = keygen
identity.read = lambda: given["machine"]
becoming.become()
"""


def copied_disk(sandbox: Sandbox, machine_id: str) -> None:
    sandbox.file("/etc/machine-id", f"{machine_id}\n")
    for kind in ("ed25519", "rsa"):
        sandbox.file(f"/etc/ssh/ssh_host_{kind}_key", "secret")
        sandbox.file(f"/etc/ssh/ssh_host_{kind}_key.pub", f"{THEIRS}\n")
    sandbox.file("/var/lib/heavyload/owner", "shop/prod/web one\n")
    private = hashlib.sha256(b"secret").hexdigest()
    keys = {str(sandbox.root / f"etc/ssh/ssh_host_{kind}_key"): private for kind in ("ed25519", "rsa")}
    image = Image(BUILDER, "shop/prod/web", "2026-01-01 00:00:00 UTC", ("0" * 32, ID), keys)
    sandbox.file("/var/lib/heavyload/image.json", json.dumps(image._asdict()))


def known_by(sandbox: Sandbox) -> dict[str, str]:
    root = sandbox.root
    copy = root / "var/lib/heavyload/copy.json"
    return {
        "machine-id": (root / "etc/machine-id").read_text().strip(),
        **{path.name: path.read_text().strip() for path in sorted((root / "etc/ssh").iterdir())},
        "owner": (root / "var/lib/heavyload/owner").read_text().strip(),
        "copy": json.loads(copy.read_text())["machine"] if copy.exists() else "",
    }


def is_its_own(sandbox: Sandbox, machine: str = COPY, key: str = OWN) -> bool:
    now = known_by(sandbox)
    keys = [text for name, text in now.items() if name.startswith("ssh_host")]
    return (
        now["machine-id"] not in ("", ID)
        and len(keys) == 4
        and set(keys) == {key}
        and now["owner"] == f"shop/prod/web copy:{machine}"
        and now["copy"] == machine
    )


@pytest.mark.parametrize("machine_id", ["fedcba9876543210fedcba9876543210", ID])
def test_a_copy_becomes_a_machine_of_its_own_once(sandbox: Sandbox, machine_id: str) -> None:
    """systemd has given it an id of its own, or somebody has copied a disk that was not sealed."""
    copied_disk(sandbox, machine_id)
    done = sandbox.run(BECOME, given={"machine": COPY, "key": OWN})
    assert done.returncode == 0, done.stderr
    assert is_its_own(sandbox)
    before = known_by(sandbox)
    assert sandbox.run(BECOME, given={"machine": COPY, "key": "another"}).returncode == 0
    assert known_by(sandbox) == before


def test_the_machine_that_it_was_made_on_stays_as_it_is(sandbox: Sandbox) -> None:
    copied_disk(sandbox, ID)
    before = known_by(sandbox)
    assert sandbox.run(BECOME, given={"machine": BUILDER, "key": OWN}).returncode == 0
    assert known_by(sandbox) == before


def test_an_id_that_it_was_given_after_it_was_sealed_is_known_as_its_own(sandbox: Sandbox) -> None:
    """An image that is made then has it, and so would every copy."""
    copied_disk(sandbox, "a" * 32)
    assert sandbox.run(BECOME, given={"machine": BUILDER, "key": OWN}).returncode == 0
    assert sandbox.run(BECOME, given={"machine": COPY, "key": OWN}).returncode == 0
    assert known_by(sandbox)["machine-id"] not in ("a" * 32, ID)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("hostkey /etc/ssh/ssh_host_ed25519_key\nhostkey /etc/ssh/ssh_host_rsa_key\nport 22\n", []),
        ("hostkey /etc/ssh/keys/own\nhostkey /etc/ssh/ssh_host_rsa_key\n", ["/etc/ssh/keys/own"]),
    ],
)
def test_keys_that_every_copy_would_have_are_named(
    monkeypatch: pytest.MonkeyPatch, said: str, found: list[str]
) -> None:
    monkeypatch.setattr(sshkeys, "run", lambda argv: Ran(0, said, ""))
    assert [problem.found for problem in sshkeys.objections()] == found


def test_one_that_no_firmware_tells_from_the_other_is_refused(sandbox: Sandbox) -> None:
    copied_disk(sandbox, ID)
    done = sandbox.run(BECOME, given={"machine": "", "key": OWN})
    assert done.returncode != 0 and "an id in its firmware" in done.stderr


def test_cut_off_anywhere_the_next_boot_makes_it_whole_and_so_does_a_copy_of_the_copy(sandbox: Sandbox) -> None:
    copied_disk(sandbox, ID)
    sandbox.save("fresh")
    faults = 0
    for fault in range(1, 200):
        sandbox.load("fresh")
        cut = sandbox.run(BECOME, fault, {"machine": COPY, "key": OWN})
        if cut.returncode != KILLED:
            break
        faults += 1
        assert sandbox.run(BECOME, given={"machine": COPY, "key": OWN}).returncode == 0
        assert is_its_own(sandbox), fault
        copied = known_by(sandbox)["machine-id"]
        assert sandbox.run(BECOME, given={"machine": SECOND, "key": "second"}).returncode == 0
        assert is_its_own(sandbox, SECOND, "second"), fault
        assert known_by(sandbox)["machine-id"] != copied
    assert faults > 10


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Path]:
    """A host on which everything holds, but for what a test changes."""
    places = {name: tmp_path / name for name in ("image.json", "copy.json", "machine-id")}
    places["machine-id"].write_text(f"{ID}\n")
    monkeypatch.setattr(record, "IMAGE", str(places["image.json"]))
    monkeypatch.setattr(record, "COPY", str(places["copy.json"]))
    monkeypatch.setattr(sealing, "MACHINE_ID", str(places["machine-id"]))
    monkeypatch.setattr(sshkeys, "digests", lambda: {"key": THEIRS})
    monkeypatch.setattr(sshkeys, "objections", list)
    monkeypatch.setattr(drift, "now", list)
    monkeypatch.setattr(owner, "read", lambda: Owner("shop/prod/web", "one"))
    monkeypatch.setattr(identity, "read", lambda: BUILDER)
    return places


def test_a_sealed_disk_has_no_id_and_says_where_it_comes_from(sealed: dict[str, Path]) -> None:
    for _ in range(2):  # again, for the next image
        sealing.seal(SEAL)
        assert sealed["machine-id"].read_text() == ""
        image = record.read()
        assert image is not None
        assert (image.machine, image.stack, image.machine_ids, image.host_keys) == (
            BUILDER,
            "shop/prod/web",
            (ID,),
            {"key": THEIRS},
        )
    assert not record.is_foreign()


def test_a_machine_that_is_taken_back_has_its_id_again(
    sealed: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing.unseal()
    assert sealed["machine-id"].read_text() == f"{ID}\n"
    sealing.seal(SEAL)
    monkeypatch.setattr(identity, "read", lambda: COPY)
    sealing.unseal()  # a copy has one of its own, from systemd
    assert sealed["machine-id"].read_text() == ""
    monkeypatch.setattr(identity, "read", lambda: BUILDER)
    sealing.unseal()
    assert sealed["machine-id"].read_text() == f"{ID}\n"
    sealed["machine-id"].write_text("f" * 32)
    sealing.unseal()  # the one that it has by now stays
    assert sealed["machine-id"].read_text() == "f" * 32


def test_a_copy_is_told_from_the_machine_that_it_was_made_on(
    sealed: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing.seal(SEAL)
    monkeypatch.setattr(identity, "read", lambda: COPY)
    assert record.is_foreign()
    record.write_copy(Copy(COPY, "now"))
    assert not record.is_foreign()
    monkeypatch.setattr(identity, "read", lambda: "i-0cccccccc")  # a copy of the copy
    assert record.is_foreign()


def test_what_every_copy_would_have_is_refused_all_at_once(
    sealed: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem("net.core.somaxconn", "at least 4096", "128", "/proc", "Set it.")
    monkeypatch.setattr(drift, "now", lambda: [problem])
    monkeypatch.setattr(identity, "read", lambda: "")
    with pytest.raises(Refused) as refused:
        sealing.seal(SEAL)
    assert [found.what for found in refused.value.problems] == ["net.core.somaxconn", "this machine"]
    assert sealed["machine-id"].read_text() == f"{ID}\n" and not sealed["image.json"].exists()


def test_another_stacks_host_is_not_sealed(sealed: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "read", lambda: Owner("other/prod/web"))
    with pytest.raises(Refused):
        sealing.seal(SEAL)
    assert not sealed["image.json"].exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"machine": 1}', "null", '"a"'])
def test_a_damaged_record_is_named(sealed: dict[str, Path], text: str) -> None:
    sealed["image.json"].write_text(text)
    with pytest.raises(Refused) as refused:
        record.read()
    assert refused.value.problems[0].where == str(sealed["image.json"])
    assert files.damaged(record.read)


def test_no_balancer_is_told_of_a_host_that_is_not_as_it_was_left(
    sealed: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flag = tmp_path / "run" / "ready"
    monkeypatch.setattr(ready, "READY", str(flag))
    monkeypatch.setattr(ready, "RUN", str(flag.parent))
    monkeypatch.setattr(ready, "_PATIENCE", 0)
    monkeypatch.setattr(ready, "_STEP", 0)
    monkeypatch.setattr(ready, "_asked", lambda: True)
    ready.at_boot()
    assert flag.exists()
    problem = Problem("net.core.somaxconn", "at least 4096", "128", "/proc", "Set it.")
    monkeypatch.setattr(drift, "now", lambda: [problem])
    with pytest.raises(Refused) as refused:
        ready.at_boot()
    assert "no balancer is told" in str(refused.value)
    assert not flag.exists()
    monkeypatch.setattr(drift, "now", list)
    sealing.seal(SEAL)
    monkeypatch.setattr(identity, "read", lambda: COPY)  # that has not become one of its own
    with pytest.raises(Refused):
        ready.at_boot()
    assert not flag.exists()


def test_the_flag_follows_what_was_read_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    flag, asked = tmp_path / "run" / "ready", [True]
    monkeypatch.setattr(ready, "READY", str(flag))
    monkeypatch.setattr(ready, "RUN", str(flag.parent))
    monkeypatch.setattr(ready, "_asked", lambda: asked[0])
    good = Row("kernel", "a", "1", "1", "1", "1", "exactly", report.IN_FORCE, "here")
    for rows, is_asked, there in (
        ([good, good._replace(state=report.SHORT)], True, False),
        ([good], True, True),
        ([good, good._replace(state=report.SHORT)], True, True),
        ([good], False, False),
    ):
        asked[0] = is_asked
        ready.after(rows)
        assert flag.exists() is there
    ready.after([])
    (flag.parent).mkdir(exist_ok=True)
    (flag.parent / "other").touch()
    ready.close()  # somebody else's file stops nothing
    assert (flag.parent / "other").exists()
