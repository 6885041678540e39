from __future__ import annotations

import json

import pytest
from heavyload.manifest import Owner
from sandbox import Sandbox

OURS, THEIRS = Owner("shop/prod/web", "one"), Owner("blog/prod/web", "two")

OBJECTION = """
import json, sys
from heavyload import owner
from heavyload.manifest import Owner
has, wants, adopt = given
owner.write(Owner(*has)) if has else None
problem = owner.objection(Owner(*wants), adopt)
print(json.dumps([problem.wanted, problem.found] if problem else None))
"""


@pytest.mark.parametrize(
    ("has", "wants", "adopt", "says"),
    [
        (None, OURS, False, None),
        (OURS, OURS, False, None),
        (OURS, THEIRS, False, ["blog/prod/web", "shop/prod/web"]),
        (OURS, THEIRS, True, None),
        (OURS, Owner(OURS.stack, "two"), False, ["shop/prod/web (state two)", "shop/prod/web (state one)"]),
        # What an earlier version has left, or still sends.
        (Owner(OURS.stack), OURS, False, None),
        (OURS, Owner(OURS.stack), False, None),
    ],
)
def test_a_host_has_one_owner(
    sandbox: Sandbox, has: Owner | None, wants: Owner, adopt: bool, says: list[str] | None
) -> None:
    done = sandbox.run(OBJECTION, given=[has, wants, adopt])
    assert done.stderr == ""
    assert json.loads(done.stdout) == says


DAMAGED = r"""
import json, os
from heavyload import owner
from heavyload.journal import files, records
from heavyload.journal.records import Record
from heavyload.manifest import Owner
from heavyload.paths import OWNER
text, tuned = given
if text == "a folder":
    os.makedirs(OWNER)
elif text is not None:
    files.write_text(OWNER, text)
if text == "a fifo":
    os.unlink(OWNER)
    os.mkfifo(OWNER)
if text == "bytes":
    with open(OWNER, "wb") as file:
        file.write(b"\xff\xfe/a/b\n")
records.write("host", Record("")) if tuned else None
said = [owner.damage(), owner.objection(Owner("shop/prod/web")), owner.objection(Owner("shop/prod/web"), adopt=True)]
print(json.dumps([problem and problem.found for problem in said]))
"""


@pytest.mark.parametrize(
    ("text", "tuned", "found"),
    [
        ("", True, "b''"),
        ("\0\0\0\0", True, "b'\\x00\\x00\\x00\\x00'"),
        ("shop/prod", False, "b'shop/prod'"),
        ("shop/prod/web", True, "b'shop/prod/web'"),  # cut short: its line has no end
        ("a folder", True, "a folder"),
        ("a fifo", True, "neither a file nor a link"),
        ("bytes", True, "b'\\xff\\xfe/a/b\\n'"),
        (None, True, "nothing"),
        (None, False, None),
        ("shop/prod/web one\n", True, None),
        ("shop/prod/web\n", True, None),
    ],
)
def test_a_host_that_does_not_say_whose_it_is_belongs_to_nobody_else(
    sandbox: Sandbox, text: str | None, tuned: bool, found: str | None
) -> None:
    done = sandbox.run(DAMAGED, given=[text, tuned])
    assert done.stderr == ""
    assert json.loads(done.stdout) == [found] * 3


FAILED = """
import json, os
from heavyload import host, owner, program, requirements
from heavyload.manifest import Manifest, Owner
from heavyload.paths import STATE
from heavyload.problem import Problem, Refused
if given:
    owner.write(Owner(*given))
def broken(modules):
    raise Refused([Problem("disk", "room", "none", STATE, "Make some.")])
program.install = broken
requirements.problems = lambda manifest: []
try:
    host.apply({}, Manifest("", {"stack": "shop/prod/web", "state": "one", "adopt": "true"}), {})
except Refused:
    print(json.dumps([owner.read(), os.path.exists(STATE)]))
"""


@pytest.mark.parametrize("has", [THEIRS, None])
def test_who_fails_to_take_a_host_does_not_have_it(sandbox: Sandbox, has: Owner | None) -> None:
    done = sandbox.run(FAILED, given=has)
    assert done.stderr == ""
    assert json.loads(done.stdout) == [list(has or Owner("")), has is not None]
