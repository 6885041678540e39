from __future__ import annotations

import os
import resource
import subprocess
import sys

from heavyload.journal import live
from heavyload.system import prlimits, processes
from heavyload.system.processes import Process
from hypothesis import given
from hypothesis import strategies as st


@given(name=st.text(st.characters(exclude_characters="\n"), max_size=15))
def test_a_name_with_blanks_and_brackets_shifts_no_field(name: str) -> None:
    rest = " ".join(str(number) for number in range(5, 60))
    assert processes.parse(f"42 ({name}) S 4 {rest}") == Process(42, 4, 22, name)


def test_finds_all_below_parents_first() -> None:
    table = {pid: Process(pid, parent, 0) for pid, parent in ((1, 0), (7, 9), (8, 1), (9, 1), (10, 7))}
    assert [process.pid for process in processes.below(9, table)] == [9, 7, 10]
    assert processes.below(5, table) == []


def test_moves_the_limit_of_a_running_process_and_of_no_other() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = processes.read(child.pid)
        assert process and process.parent == os.getpid()
        key = prlimits.key_of(process)
        _, hard = resource.prlimit(child.pid, resource.RLIMIT_NOFILE)
        live.write(key, f"99 {hard}")
        assert live.read(key) == f"99 {hard}"
        other = prlimits.key_of(process._replace(start=process.start + 1))
        live.write(other, "50 50")
        assert (live.read(other), live.read(key)) == (None, f"99 {hard}")
        child.communicate(b"\n")
    assert live.read(key) is None
    live.write(key, "50 50")  # gone: nothing to do
