"""The host step: runs as the login user, checks, then as root in the transient unit."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence

from . import host, requirements, unit
from .manifest import Manifest, parse
from .problem import Refused, refuse
from .say import open_journal, say

# The same text as the package's command line: reads the program and runs its loader.
_LOAD = 'import sys,json;m=json.loads(sys.stdin.buffer.readline()[2:]);exec(m["loader.py"])'


def main(modules: Mapping[str, str], argv: Sequence[str]) -> int:
    inside, verb = argv[0] == "inside", argv[-2]
    rest = sys.stdin.buffer.read()
    try:
        manifest = parse(rest, "host")
        program = _program(modules, manifest)
        if not inside:
            return _as_root(verb, program.encode(), manifest, rest)
        open_journal()
        if verb == "restore":
            host.restore(manifest.stack)
        else:
            host.apply(modules, manifest)
    except (Refused, OSError) as failure:
        say(f"heavyload: {failure}")
        return 1
    return 0


def _program(modules: Mapping[str, str], manifest: Manifest) -> str:
    """The line that carried the program, checked against the hash in the manifest."""
    text = json.dumps(modules, separators=(",", ":"), ensure_ascii=False)
    found, wanted = hashlib.sha256(text.encode()).hexdigest(), manifest.headers.get("program", "none")
    if found != wanted:
        raise refuse("program", f"sha256 {wanted}", found, "standard input", "Run `pulumi up` again.")
    return f"# {text}\n"


def _as_root(verb: str, program: bytes, manifest: Manifest, rest: bytes) -> int:
    found = requirements.problems(manifest)
    if verb == "restore":  # what a change needs, taking it back does not
        found = [problem for problem in found if problem.what in ("sudo", "systemd")]
    if found:
        raise Refused(found)
    sudo = () if requirements.is_root() else ("sudo", "-n")
    return unit.run((sys.executable, "-Ic", _LOAD, "inside", verb, "host"), program + rest, sudo)
