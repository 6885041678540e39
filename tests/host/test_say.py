"""What applications write reaches no terminal as a command."""

from __future__ import annotations

import pytest
from heavyload.problem import Problem, Refused
from heavyload.say import result, say


def test_signs_that_control_a_terminal_become_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    say(str(Refused([Problem("gunicorn", "one that loads", "\x1b]0;owned\x07\x1b[2J\x9bA\tb", "here", "Mend it.")])))
    result("\x1b[31mred\x7f")
    said = capsys.readouterr()
    assert "found  ]0;owned  [2J A b (here). Mend it.\n" in said.err
    assert said.out == " [31mred \n"


def test_a_book_is_cut_short() -> None:
    assert len(str(Problem("a", "b", "c" * 10**6, "d", "e"))) < 3000
