"""The host step: runs as the login user, checks, then as root in the transient unit."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence

from . import requirements
from .journal.files import UMASK
from .manifest import Manifest, parse
from .problem import Refused, refuse
from .say import failed, open_journal
from .system import unit
from .system.interruption import Interrupted, listen

# As the package's command line, which has unpacked the program: reads it and runs its loader.
_LOAD = 'import sys,json;m=json.loads(sys.stdin.buffer.readline()[2:]);exec(m["loader.py"])'


def main(modules: Mapping[str, str], argv: Sequence[str]) -> int:
    inside, verb = argv[0] == "inside", argv[-2]
    if inside or verb == "audit":
        listen()
    line, rest = sys.stdin.buffer.readline(), sys.stdin.buffer.read()
    try:
        manifest = parse(rest, "host")
        program = _program(modules, manifest)
        if not inside:
            return _as_root(verb, program.encode() + line + rest, manifest)
        if verb == "audit":
            from . import audit

            audit.audit(manifest, _plans(line, manifest))
            return 0
        open_journal()
        os.umask(UMASK)
        from . import host  # only here: the login user's part pays for none of the concerns

        if verb == "restore":
            host.restore(manifest.owner)
        else:
            host.apply(modules, manifest, _plans(line, manifest))
    except (Exception, Interrupted) as failure:
        failed(failure)
        return 1
    return 0


def _program(modules: Mapping[str, str], manifest: Manifest) -> str:
    """The program in a line of its own, unpacked, and checked against the hash in the manifest."""
    text = json.dumps(modules, separators=(",", ":"), ensure_ascii=False)
    _expect("program", text.encode(), manifest)
    return f"# {text}\n"


def _plans(line: bytes, manifest: Manifest) -> dict[str, str]:
    """The manifests of the steps that follow, by concern, from the line `# {json}` that carried them."""
    text = line.rstrip(b"\n")[2:]
    _expect("plan", text, manifest)
    return dict(json.loads(text))


def _expect(header: str, text: bytes, manifest: Manifest) -> None:
    found, wanted = hashlib.sha256(text).hexdigest(), manifest.headers.get(header, "none")
    if found != wanted:
        raise refuse(header, f"sha256 {wanted}", found, "standard input", "Run it again.")


def _as_root(verb: str, stdin: bytes, manifest: Manifest) -> int:
    """What cannot be entered is refused here, with all that the login user can see; the rest as root, inside."""
    found = requirements.problems(manifest)
    closed = [problem for problem in found if problem.what in ("sudo", "systemd")]
    if closed:  # what a change needs besides, taking it back does not
        raise Refused(closed if verb == "restore" else found)
    sudo = () if requirements.is_root() else ("sudo", "-n")
    # What changes nothing needs no lock, and no unit of its own.
    run = unit.run_beside if verb == "audit" else unit.run
    return run((sys.executable, "-Ic", _LOAD, "inside", verb, "host"), stdin, sudo)
