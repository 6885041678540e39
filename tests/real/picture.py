"""Prints, as JSON, everything of a host that a restore must bring back: run by the tests on the machine, as root."""

import contextlib
import glob
import hashlib
import json
import os
import stat
import subprocess


def entry(path):
    info = os.lstat(path)
    said = [f"{info.st_mode:o}", info.st_uid, info.st_gid]
    if stat.S_ISREG(info.st_mode):
        with open(path, "rb") as file:
            said.append(hashlib.sha256(file.read()).hexdigest())
    elif stat.S_ISLNK(info.st_mode):
        said.append(os.readlink(path))
    said += [
        [name, os.getxattr(path, name, follow_symlinks=False).hex()]
        for name in os.listxattr(path, follow_symlinks=False)
    ]
    return json.dumps(said)


def tree(root):
    found = {root: entry(root)}
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            path = os.path.join(folder, name)
            found[path] = entry(path)
    return found


def lines(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode("utf-8", "backslashreplace").splitlines()


def nofile(service):
    """The limits of open files of a service's processes."""
    found = set()
    for path in glob.glob(f"/sys/fs/cgroup/system.slice/{service}/cgroup.procs"):
        with open(path) as file:
            for pid in file.read().split():
                # Not by prlimit(2), which not every root may use on a process of another user.
                with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/limits") as limits:
                    found.update(line for line in limits.read().splitlines() if line.startswith("Max open files"))
    return found


def picture():
    found = {}
    for root in ("/etc", "/var/lib", "/usr/local"):
        found.update(tree(root))
    for line in lines("sysctl", "-a"):
        key, _, value = line.partition(" = ")
        found["sysctl " + key] = value
    for line in lines("systemctl", "list-unit-files", "--no-legend", "--plain"):
        name, state = line.split()[:2]
        found["unit file " + name] = state
    for line in lines("systemctl", "list-units", "--all", "--no-legend", "--plain"):
        name, *state = line.split()[:4]
        found["unit " + name] = " ".join(state)
    # What a timer has just started is "activating"; a manager of a login's user has no process in system.slice.
    for line in lines("systemctl", "list-units", "--type=service", "--state=active", "--no-legend", "--plain"):
        name = line.split()[0]
        limits = nofile(name)
        if limits:
            found["nofile of " + name] = " ".join(sorted(limits))
    return found


print(json.dumps(picture()))
