"""What gunicorn says of the new settings while our files only lie beside the old ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..journal.changes import FileChange
from ..journal.files import STAGED, beside
from ..paths import GUNICORN_CONF
from ..problem import Problem
from ..system.together import both
from . import conf, trial
from .options import PREFIX
from .start import Start
from .trial import Trial
from .unit import Unit

# Where ours is read; and its hook, which calls theirs.
_OURS = ("config", "on_reload")
_REPORT = "Nothing was switched. Please report this, with the way that gunicorn is given its configuration."


class Check(NamedTuple):
    unit: Unit
    start: Start
    theirs: str
    """The place of people's own configuration."""
    before: Trial
    args: str
    """GUNICORN_CMD_ARGS as it will be."""
    moved: Mapping[str, str]
    """Our settings, by gunicorn's names."""

    def problems(self, changes: Sequence[FileChange]) -> list[Problem]:
        staged = any(change.path == GUNICORN_CONF and not change.new.absent for change in changes)
        here = beside(GUNICORN_CONF, STAGED) if staged else GUNICORN_CONF
        after, plain = both(
            lambda: trial.run(self.unit, self.start, self.args.replace(GUNICORN_CONF, here)),
            lambda: trial.run(self.unit, self.start, self.start.args),
        )
        if problems := self._hidden(plain):
            return problems
        way_out = f"Look what else decides: {self.unit.name}'s command line, its environment, its configuration."
        if after.refusal:
            return [Problem("gunicorn", "our settings to load", after.refusal, "--print-config", way_out)]
        return [
            Problem(PREFIX + name, value, after.values.get(name, "nothing"), "--print-config", way_out)
            for name, value in self.moved.items()
            if after.values.get(name) != value
        ] + [
            Problem(PREFIX + name, "what people have set", "another value with ours", "--print-config", _REPORT)
            for name in self._lasting(self.before.differs(after) - {*self.moved, *_OURS})
        ]

    def _hidden(self, plain: Trial) -> list[Problem]:
        """Whether people's own configuration is another one than was taken over: some program in between may go
        elsewhere, or say so in a variable."""
        found = set() if plain.refusal else self.before.differs(plain) - {*conf.UNCHOSEN, "config"}
        way_out = "Name it by its whole path (`-c`), or give the folder by WorkingDirectory= or gunicorn's --chdir."
        # No values: they may be secret.
        wanted, other = "what its configuration says", "another value where it is read from its place"
        return [Problem(PREFIX + name, wanted, other, self.theirs, way_out) for name in self._lasting(found)]

    def _lasting(self, found: set[str]) -> list[str]:
        """Without settings that are others at each start (a time, a number of a process): they say nothing."""
        return sorted(found - self.before.differs(trial.untouched(self.unit, self.start, self.theirs)) if found else ())
