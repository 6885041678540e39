"""What a power cut takes: everything that a step has not flushed. Usage: lose.py TRACE COPY [SEED]

TRACE: what `strace -y` has written of the step, up to its end. COPY: where the folders below lie as they were before.
SEED: each loss happens or not, by chance; without it all that can be lost is.
"""

import os
import random
import re
import shutil
import sys

PLACES = ("/etc/", "/usr/", "/var/lib/heavyload")
LINE = re.compile(r"^(\w+)\((.*)\) += (-?\d+)")
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\d+<([^>]*)>')


def calls(path):
    with open(path) as file:
        for line in file:
            found = LINE.match(line)
            if found and int(found[3]) >= 0:
                words = [named or opened for named, opened in WORD.findall(found[2])]
                yield found[1], [word for word in words if word.startswith(PLACES)], found[2]


def losses(path):
    """The texts that may be lost, by path, and the names, each as what undoes it."""
    texts, names = set(), []
    for call, paths, rest in calls(path):
        if not paths:
            continue
        last = paths[-1]
        if call == "openat" and "O_CREAT" in rest:
            names.append((os.path.dirname(last), "made", last, ""))
            texts.add(last)
        elif call == "write":
            texts.add(paths[0])
        elif call == "fsync":
            texts.discard(last)
            names = [name for name in names if name[0] != last]
        elif call.startswith("rename"):
            names.append((os.path.dirname(last), "renamed", last, paths[0]))
            if paths[0] in texts:
                texts.discard(paths[0])
                texts.add(last)
        elif call.startswith(("link", "symlink")) or call.startswith("mkdir"):
            names.append((os.path.dirname(last), "made", last, ""))
        elif call.startswith("unlink"):
            names.append((os.path.dirname(last), "gone", last, ""))
        elif call == "rmdir":
            names.append((os.path.dirname(last), "emptied", last, ""))
    return texts, names


def put_back(path, copy):
    old = copy + path
    if not os.path.isdir(os.path.dirname(path)):  # lost as well
        return
    if os.path.isdir(old) and not os.path.islink(old):
        shutil.copytree(old, path, symlinks=True)
    elif os.path.lexists(old):
        shutil.copy2(old, path, follow_symlinks=False)
        info = os.lstat(old)
        os.chown(path, info.st_uid, info.st_gid, follow_symlinks=False)


def undo(how, path, source, copy):
    if how == "made" and os.path.lexists(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    elif how == "renamed" and os.path.lexists(path):
        if os.path.isdir(os.path.dirname(source)):
            os.rename(path, source)
        else:
            os.unlink(path)
        put_back(path, copy)
    elif how == "gone" and not os.path.lexists(path):
        put_back(path, copy)
    elif how == "emptied" and not os.path.lexists(path) and os.path.isdir(os.path.dirname(path)):
        os.mkdir(path)
        os.chmod(path, 0o755)


def main(trace, copy, seed=None):
    chance = random.Random(seed)
    texts, names = losses(trace)
    for path in sorted(texts):
        if os.path.isfile(path) and (seed is None or chance.random() < 0.5):
            os.truncate(path, 0)
    # A folder's names reach the disk in their order: what is lost is the last of them.
    kept = 0 if seed is None else chance.randint(0, len(names))
    for _, how, path, source in reversed(names[kept:]):
        undo(how, path, source, copy)


main(*sys.argv[1:])
