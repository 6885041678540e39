"""Run by the tests on the machine: has the real nginx read each configuration of the JSON on stdin, tells which it
refuses."""

import json
import os
import subprocess
import sys
import tempfile

REAL = "/etc/nginx"


def refusal(files):
    with tempfile.TemporaryDirectory(dir="/run") as root:
        for path, text in files.items():
            target = path.replace(REAL, root)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(text.replace(REAL, root).encode("latin-1"))
        os.mkdir(f"{root}/logs")
        main = f"{root}/nginx.conf"
        # The machine's own user: nginx gives it the folders of its package, even in a test.
        switch = f"user www-data; pid {root}/pid; error_log {root}/logs/error.log;"
        argv = ["nginx", "-t", "-q", "-p", root, "-c", main, "-g", switch]
        done = subprocess.run(argv, capture_output=True, check=False, timeout=60)
        return done.stderr.decode("utf-8", "backslashreplace") if done.returncode else ""


found = []
for number, pair in enumerate(json.load(sys.stdin)):
    for moment, files in zip(("before", "after"), pair):
        if said := refusal(files):
            found.append(f"{number} {moment}: {said}")
print(json.dumps(found))
