"""worker_rlimit_nofile: where nginx may not have so much as people have written, no reload is taken. It sets the hard
limit of the workers too, which ours is not to lower."""

from __future__ import annotations

from collections.abc import Mapping

from ..nginxtext import directives
from ..nginxtext.configuration import Configuration
from ..problem import Problem
from ..system import prlimits, procsys
from ..system.bus import INFINITY
from ..system.ceiling import Ceiling
from ..system.services import NGINX
from ..system.snapshot import Snapshot
from ..wishes import Wish
from .server import Server

NAME = "nginx.worker_rlimit_nofile"


def objection(config: Configuration, most: Ceiling) -> Problem | None:
    """New workers would log an alert, each time. How much a plan wants is looked at with the other limits."""
    said = directives.statement(config, NAME)
    value = b" ".join(said.directive.arguments).decode("utf-8", "backslashreplace") if said else ""
    if said is None or not value.isdigit() or most.given(value) == value:
        return None
    way_out = "Lower that line: nginx has no more than this already, and logs an alert at each reload."
    found = f"{value}, and no right to raise a hard limit"
    return Problem(NAME, f"at most the hard limit here, {most.most}", found, said.where, way_out)


def kept(wishes: Mapping[str, Wish], config: Configuration, nginx: Server, snapshot: Snapshot) -> Mapping[str, Wish]:
    """The wishes, with the hard limit that nginx's workers have without that directive where it is more."""
    wish = wishes.get(NAME)
    if wish is None or directives.statement(config, NAME):
        return wishes
    hard = [int(limit.split()[1]) for limit in (prlimits.of(nginx.main), snapshot.service(NGINX).limit) if limit]
    most = int(procsys.read("fs.nr_open") or 0)
    least = min((min(value, most) if value == INFINITY else value for value in hard), default=0)
    return {**wishes, NAME: wish._replace(value=str(max(int(wish.value), least)))}
