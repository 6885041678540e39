"""worker_rlimit_nofile as people have written it: where nginx may not have so much, no reload is taken."""

from __future__ import annotations

from ..ceiling import Ceiling
from ..nginxtext import directives
from ..nginxtext.configuration import Configuration
from ..problem import Problem

NAME = "nginx.worker_rlimit_nofile"


def objection(config: Configuration, most: Ceiling) -> Problem | None:
    """New workers would log an alert, each time. How much a plan wants is looked at with the other limits."""
    said = directives.statement(config, NAME)
    value = directives.base(config).get(NAME, "")
    if said is None or not value.isdigit() or most.given(value) == value:
        return None
    way_out = "Lower that line: nginx has no more than this already, and logs an alert at each reload."
    found = f"{value}, and no right to raise a hard limit"
    return Problem(NAME, f"at most the hard limit here, {most.most}", found, said.where, way_out)
