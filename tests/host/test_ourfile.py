from __future__ import annotations

from heavyload.journal.ourfile import joined, without
from hypothesis import given
from hypothesis import strategies as st
from sandbox import Sandbox

LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\n"), max_size=8)
DROPIN = "etc/systemd/system/a.service.d/zz-heavyload-limits.conf"


def test_a_sign_that_ends_a_line_elsewhere_is_part_of_one() -> None:
    ours = ["# ours", "A='a\u2028b\x0c\x85c'"]
    assert without(joined("theirs\n", ours), "\n".join(ours)) == "theirs\n"


@given(text=st.lists(LINE).map(lambda lines: "".join(f"{line}\n" for line in lines)), ours=st.lists(LINE, unique=True))
def test_what_is_joined_can_be_taken_out_again(text: str, ours: list[str]) -> None:
    mine = [f"ours {line}" for line in ours]
    assert without(joined(text, mine), "\n".join(mine)) == text


WRITE = """
from heavyload.journal import files, originals
from heavyload.journal.records import Record
from heavyload.journal.ourfile import ours_at
path = root + "/{path}"
first = ours_at(path, ["LimitNOFILE=1:2"], None, "[Service]")
originals.keep([path], {{}})
files.put(path, first.change[0].new)
record = Record("", first.noted)
again = ours_at(path, ["LimitNOFILE=1:2"], record, "[Service]")
assert not again.change and again.noted == first.noted, again
with open(path, "a") as file:
    file.write({edit!r})
back = ours_at(path, [], record, "[Service]").change[0].new
print(None if back.absent else back.content.decode(), end="")
"""


def test_a_drop_in_is_written_once_and_goes_as_it_came(sandbox: Sandbox) -> None:
    done = sandbox.run(WRITE.format(path=DROPIN, edit=""))
    assert (done.stdout, done.stderr) == ("None", "")


def test_what_somebody_added_to_a_drop_in_keeps_its_heading(sandbox: Sandbox) -> None:
    done = sandbox.run(WRITE.format(path=DROPIN, edit="LimitCORE=0\n"))
    assert (done.stdout, done.stderr) == ("[Service]\nLimitCORE=0\n", "")
