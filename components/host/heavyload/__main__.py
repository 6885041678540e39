"""heavyload on the host.

usage: heavyload COMMAND

for people:
  status [--json]     what is applied, by whom and since when: each setting before, now, wanted, and after a reboot
  verify [--json] [--prometheus=FILE]
                      what is no longer as it was left: values on the live host, and files. Exit status 0 nothing, 2
                      something, 1 it cannot be told. FILE: for node_exporter's textfile collector
  restore             takes everything back and removes heavyload from this host

exit status: 0 done, 1 it says why not, 64 it was called wrongly, 77 it needs root. With --json a failure is JSON too:
its problems.

for the Pulumi package (manifest on standard input):
  apply CONCERN       brings a concern to its manifest
  restore CONCERN     takes a concern back
  report              one JSON object a line
  drift               what has drifted, by layer, as JSON
  seal                lets an image be made of this disk, if all of it is as it was left
for systemd:
  boot copy | boot undo | boot raise | boot resize | boot ready
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from .paths import PROGRAM
from .system import unit

MISUSE = os.EX_USAGE
"""Exit status: another than any that a command gives an answer by."""


def main(argv: Sequence[str]) -> int:
    words = list(argv)
    if not words or words[0] in ("-h", "--help", "help"):
        from .say import result

        result(__doc__)
        return 0 if words else MISUSE
    if os.geteuid() != 0:
        again = f"sudo {PROGRAM} {' '.join(words)}"
        print(f"heavyload: wanted root, found user id {os.geteuid()}. Run `{again}`.", file=sys.stderr)
        return 77
    if words[0] in ("apply", "restore", "seal"):
        # `restore` alone is for people: nothing is read, so a terminal or an open pipe does not hold it up.
        stdin = sys.stdin.buffer.read() if words != ["restore"] else b""
        return unit.run((PROGRAM, "inside", *words), stdin)
    return _inside(words[1:] if words[0] == "inside" else words)


def _inside(words: Sequence[str]) -> int:
    from .commands import COMMANDS
    from .journal.files import UMASK
    from .problem import Misuse
    from .say import failed, open_journal, result
    from .system.interruption import Interrupted, listen

    command = COMMANDS.get(" ".join(words)) or COMMANDS.get("".join(words[:1]))
    if command is None:
        print(f"heavyload: no command {' '.join(words)!r}, see `heavyload --help`", file=sys.stderr)
        return MISUSE
    listen()
    if command.changes:
        open_journal()
        os.umask(UMASK)
    try:
        return command.run(list(words[1:])) or 0
    except (Exception, Interrupted) as failure:
        refused = failed(failure)
        if "--json" in words:
            import json

            result(json.dumps({"problems": [problem.to_json() for problem in refused.problems]}, indent=1))
        return MISUSE if isinstance(refused, Misuse) else 1
