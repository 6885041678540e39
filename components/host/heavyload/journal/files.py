"""The one writer of files: every write is staged, flushed to the disk and renamed, never done in place."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from ..problem import Refused, refuse
from ..system import regular
from .node import Node

STAGED = "heavyload-new"
UNDO = "heavyload-undo"
UMASK = 0o022
"""Whatever the host gives its services: others have to read some of our files."""
ASIDE = ".damaged"
DAMAGED = "Nothing was touched. Leave it there and run `sudo heavyload restore`: it goes back by what is still known."
T = TypeVar("T")


def beside(path: str, kind: str) -> str:
    """A name in the same folder; the leading dot keeps it out of `*` includes."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.{kind}")


def sync_folder(path: str) -> None:
    """Flushes the names in the folder of `path`. An error is a failure, never ignored."""
    _sync(os.path.dirname(path))


def _sync(path: str) -> None:
    with _named(path):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    """Says of which file an error is that knows it by a number alone."""
    try:
        yield
    except OSError as failure:
        if failure.filename is not None:
            raise
        raise OSError(failure.errno, failure.strerror, path) from failure


def stage(path: str, node: Node) -> str:
    """Writes `node` beside `path`, with owner, mode and attributes, flushed. A full disk shows here."""
    staged = beside(path, STAGED)
    with _named(staged):
        return _staged(staged, node)


def _staged(staged: str, node: Node) -> str:
    remove(staged)
    if node.target is not None:
        os.symlink(node.target, staged)
        os.lchown(staged, node.uid, node.gid)
        return staged
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(handle, "wb") as file:
        file.write(node.content or b"")
        os.fchown(handle, node.uid, node.gid)
        os.fchmod(handle, node.mode)  # after chown, which clears bits
        for name, value in node.xattrs.items():
            os.setxattr(handle, name, value)
        file.flush()
        os.fsync(handle)
    return staged


def put(path: str, node: Node) -> None:
    """Makes `path` be `node`, atomically."""
    if node.absent:
        remove(path)
    else:
        make_folders(path)
        os.rename(stage(path, node), path)
    sync_folder(path)


def remove(path: str) -> None:
    if os.path.lexists(path):  # on a read-only file system even what is not there cannot be removed
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def missing_folders(path: str) -> list[str]:
    """The folders above `path` that do not exist, the innermost first."""
    folder = os.path.dirname(path)
    return [] if os.path.isdir(folder) else [folder, *missing_folders(folder)]


def make_folders(path: str) -> None:
    """Makes the folders above `path` that are missing."""
    for folder in reversed(missing_folders(path)):
        os.mkdir(folder, 0o755)
        sync_folder(folder)


def private_folder(path: str) -> None:
    """Makes it, or has it be, root's alone."""
    make_folders(f"{path}/")
    os.chmod(path, 0o700)


def write_text(path: str, text: str, mode: int = 0o644) -> None:
    put(path, Node(content=text.encode(), mode=mode))


def write_folder(path: str, texts: Mapping[str, str]) -> None:
    """Makes a folder with these files, by their paths in it, atomically. The disk is waited for once all are written,
    which takes a fraction of the time."""
    make_folders(path)
    staged = beside(path, STAGED)
    shutil.rmtree(staged, ignore_errors=True)  # of a run that was killed
    try:
        _written(staged, texts)
        os.rename(staged, path)
    except BaseException:  # on a full disk it would be in the way of what makes room
        shutil.rmtree(staged, ignore_errors=True)
        raise
    sync_folder(path)


def _written(folder: str, texts: Mapping[str, str]) -> None:
    files = [(os.path.join(folder, name), text) for name, text in texts.items()]
    for file, text in files:
        os.makedirs(os.path.dirname(file), mode=0o755, exist_ok=True)
        with _named(file), open(file, "x", encoding="utf-8") as handle:
            handle.write(text)
        os.chmod(file, 0o644)
    for place in (*(file for file, _ in files), *(within for within, _, _ in os.walk(folder))):
        _sync(place)


def write_json(path: str, data: Any) -> None:
    """For root alone: what people keep secret may be in it."""
    write_text(path, json.dumps(data, indent=1, sort_keys=True) + "\n", mode=0o600)


def read_json(path: str, read: Callable[[Any], T], default: T) -> T:
    """`read`: makes of the data what is asked for, or fails."""
    try:
        return read(json.loads(regular.read(path)))
    except FileNotFoundError:
        return default
    except regular.NotRegular as error:
        raise refuse(path, "what heavyload has written", str(error.strerror), path, DAMAGED) from error
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise refuse(path, "what heavyload has written", f"something else ({error!r})", path, DAMAGED) from error


def damaged(read: Callable[[], object]) -> bool:
    """Whether what reads a file of heavyload's own refuses it."""
    try:
        read()
    except Refused:
        return True
    return False


def set_aside(path: str) -> None:
    """What was damaged stays, for people to look at."""
    os.rename(path, f"{path}{ASIDE}")
    sync_folder(path)
