"""Run by the tests on the machine: has the real nginx read each configuration of the JSON on stdin, before and after,
from a folder of its own; tells how many it read, which need another nginx, and what is wrong."""

import json
import os
import re
import subprocess
import sys
import tempfile

MODULES = "/usr/lib/nginx/modules"
# Modules that come as files of their own; those that are in nginx only by a word at its build; others are in it.
FILES = {"stream": "ngx_stream_module.so", "mail": "ngx_mail_module.so", "lua": "ngx_http_lua_module.so"}
BY_WORD = ("sub",)
# Where all that nginx opens is to be, below the temporary root.
MOVED = {"/etc/nginx": "nginx", "/etc/letsencrypt": "letsencrypt", "/var/log/nginx": "log", "/var/lib/nginx": "lib"}
MOVED["/run/nginx.pid"] = "pid"
# What these blocks include is data, which the editor has no use for.
DATA = (".map", ".geo")


def missing(entry, about):
    """What this nginx lacks for it, by what `nginx -V` says."""
    version = [int(part) for part in re.search("nginx/([0-9.]+)", about)[1].split(".")]
    lacks = [module for module in entry["needs"] if not has(module, about)]
    return lacks if version >= entry["since"] else ["nginx " + ".".join(map(str, entry["since"])), *lacks]


def has(module, about):
    if module in FILES:
        return os.path.exists(f"{MODULES}/{FILES[module]}")
    if module in BY_WORD:
        return f"--with-http_{module}_module" in about
    return f"--without-http_{module}_module" not in about


def moved(text, root):
    for path, name in MOVED.items():
        text = text.replace(path, f"{root}/{name}")
    # The machine's own user: nginx gives it folders, even in a test.
    return re.sub(r"(?m)^(user\s+)nginx;", r"\1www-data;", text)


def laid(files, links, root):
    for name in ("log", "lib", "logs"):  # `logs` is for relative names
        os.mkdir(f"{root}/{name}")
    os.symlink(MODULES, f"{root}/modules")
    for path, text in files.items():
        target = moved(path, root)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(moved(text, root).encode("latin-1"))
    for path, target in links.items():
        os.makedirs(os.path.dirname(moved(path, root)), exist_ok=True)
        os.symlink(moved(target, root), moved(path, root))


def wrong(entry, moment):
    """What nginx says against it, or which files it reads otherwise than the editor."""
    with tempfile.TemporaryDirectory(dir="/run") as root:
        laid(entry[moment], entry["links"], root)
        main = "".join(entry[moment].values())
        switch = "" if re.search(r"""(?m)^['"]?user['"]?\s""", main) else "user www-data;"
        argv = ["nginx", "-T", "-q", "-p", root, "-c", f"{root}/nginx/nginx.conf", "-g", switch]
        done = subprocess.run(argv, capture_output=True, check=False, timeout=60)
        if done.returncode:
            return done.stderr.decode("utf-8", "backslashreplace")
        dump = done.stdout.decode("utf-8", "backslashreplace")
        read = {os.path.realpath(path) for path in re.findall("(?m)^# configuration file (/.*):$", dump)}
        seen = {os.path.realpath(moved(path, root)) for path in entry["read"]}
        other = [path.replace(root, "") for path in read ^ seen if not path.endswith(DATA)]
        return f"not read by both: {sorted(other)}" if other else ""


entries = json.load(sys.stdin)
about = subprocess.run(["nginx", "-V"], stderr=subprocess.PIPE, check=True).stderr.decode()
left_out = {entry["name"]: lacks for entry in entries if (lacks := missing(entry, about))}
here = [entry for entry in entries if entry["name"] not in left_out]
found = [
    f"{entry['name']} {moment}: {said}"
    for entry in here
    for moment in ("before", "after")
    if (said := wrong(entry, moment))
]
print(json.dumps({"read": len(here), "leftOut": left_out, "wrong": found}))
