"""An interpreter that has the program's modules loaded and moved below a root folder; forks of it run code there.

Reads a line of JSON for each run: `code`, `fault`, `given`, and the files `out` and `err`; answers with a line, the
run's exit status. Started once for a root, since the kills alone are hundreds of runs.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any, NoReturn


def move(root: str) -> None:
    """Moves every path of the program below `root`, before any module has taken a copy of it."""
    from heavyload import paths

    for name, value in list(vars(paths).items()):
        if name.isupper() and value.startswith("/"):
            setattr(paths, name, root + value)
    from heavyload import steps
    from heavyload.kernel import cloudinit, sysctld, tuned
    from heavyload.system import procsys

    assert steps  # with which all others are loaded
    procsys.path_of = lambda key: f"{root}/proc/sys/{key.replace('.', '/')}"
    moved = [root + folder for folder in sysctld.FOLDERS]
    sysctld.paths.__defaults__ = (tuple(moved),)
    cloudinit.ENABLED, tuned.ETC = root + cloudinit.ENABLED, root + tuned.ETC
    sysctld.OTHERS = {root + path: when for path, when in sysctld.OTHERS.items()}


def kill_at(fault: int) -> None:
    """The process is gone at the `fault`-th call that changes something, as by a power cut; 0: never."""
    from heavyload.journal import live

    calls = 0

    def killing(function: Any) -> Any:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == fault:
                os._exit(137)
            return function(*args, **kwargs)

        return wrapped

    for name in ("rename", "link", "unlink", "fsync", "mkdir", "rmdir", "symlink", "fchmod", "open"):
        setattr(os, name, killing(getattr(os, name)))
    live.write = killing(live.write)


def _run(root: str, code: str, fault: int, given: Any, out: str, err: str) -> NoReturn:
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), stream)
    status = 0
    try:
        kill_at(fault)
        exec(compile(code, "<sandbox>", "exec"), {"__name__": "__main__", "root": root, "os": os, "given": given})
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main() -> None:
    program, root = sys.argv[1:]
    sys.path.insert(0, program)
    move(root)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(root, **json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
