"""Runs first on a host that has no heavyload yet: executed from standard input with the program in `m`, by name.

Kept to what any Python 3 understands, so that one which is too old gets a clear answer.
"""

import os
import shutil
import sys
import tempfile


def arrive(modules):
    if sys.version_info < (3, 9):
        found = "%d.%d" % sys.version_info[:2]
        sys.stderr.write(
            "heavyload: 1 problem, nothing was changed:\n  - python: wanted 3.9 or later, found %s (%s). "
            "Install a later one as /usr/bin/python3, or use a later release of the system.\n" % (found, sys.executable)
        )
        return 69
    sys.dont_write_bytecode = True
    folder = tempfile.mkdtemp(prefix="heavyload-")
    try:
        for name, text in modules.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        sys.path.insert(0, folder)
        from heavyload import arrival

        return arrival.main(modules, sys.argv[1:])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(arrive(m))  # type: ignore  # noqa: F821  # `m` comes from the command line that runs this text
