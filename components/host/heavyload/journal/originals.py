"""What stood on the host before the first touch, kept once for good: a blob by its hash, then the index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..paths import APPLIED, ORIGINALS
from ..problem import refuse
from . import files
from .node import ABSENT, Node, read_node

INDEX = f"{ORIGINALS}/index.json"


class Original(NamedTuple):
    """What stood at a path: all but the content, which is kept as a blob named by its hash, the digest."""

    digest: str
    bare: Node

    @staticmethod
    def of(node: Node) -> Original:
        return Original(node.digest, node._replace(content=None))

    def to_json(self) -> dict[str, Any]:
        _, target, mode, uid, gid, xattrs = self.bare
        labels = {name: value.hex() for name, value in xattrs.items()}
        return {"digest": self.digest, "target": target, "mode": mode, "uid": uid, "gid": gid, "xattrs": labels}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Original:
        xattrs = {name: bytes.fromhex(value) for name, value in data["xattrs"].items()}
        bare = Node(None, data["target"], data["mode"], data["uid"], data["gid"], xattrs)
        return Original(data["digest"], bare)


class Index(NamedTuple):
    files: dict[str, Original]
    """By path."""
    live: dict[str, str]
    """By key."""
    folders: list[str]
    """That were not there."""

    def write(self) -> None:
        known = {path: original.to_json() for path, original in self.files.items()}
        files.write_json(INDEX, {**self._asdict(), "files": known, "folders": sorted(set(self.folders))})

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Index:
        known = {path: Original.from_json(original) for path, original in data["files"].items()}
        return Index(known, {key: str(value) for key, value in data["live"].items()}, list(data["folders"]))


def _index() -> Index:
    """None at all is an empty one only where nothing was applied yet."""
    if not os.path.lexists(INDEX) and os.path.isdir(APPLIED) and any(os.scandir(APPLIED)):
        raise refuse(INDEX, "what was here before us", "no such file", INDEX, files.DAMAGED)
    return files.read_json(INDEX, Index.from_json, Index({}, {}, []))


def begin() -> None:
    """From here on an index that is missing was lost."""
    if not os.path.lexists(INDEX):
        begin_anew((), ())


def begin_anew(absent: Iterable[str], folders: Iterable[str]) -> None:
    """With paths and folders at which nothing was."""
    Index({path: Original.of(ABSENT) for path in absent}, {}, list(folders)).write()


def paths() -> list[str]:
    """Every path that was ever to be changed."""
    return sorted(_index().files)


class Kept(NamedTuple):
    files: tuple[str, ...] = ()
    live: tuple[str, ...] = ()


def keep(targets: Iterable[str], live: Mapping[str, str]) -> Kept:
    """Takes originals of what has none yet, and returns which these are. The index is written last: it never names a
    blob that is not there."""
    index = _index()
    new_files = {path: read_node(path) for path in targets if path not in index.files}
    new_live = {key: value for key, value in live.items() if key not in index.live}
    if not new_files and not new_live:
        return Kept()
    missing = {folder for path in new_files for folder in files.missing_folders(path)}
    for node in new_files.values():
        if node.content is not None and not os.path.exists(_blob(node.digest)):
            files.put(_blob(node.digest), Node(content=node.content, mode=0o600))
    index.files.update({path: Original.of(node) for path, node in new_files.items()})
    index.live.update(new_live)
    index.folders.extend(missing)
    index.write()
    return Kept(tuple(new_files), tuple(new_live))


def folders() -> list[str]:
    """Folders that did not exist before the first touch, the innermost first."""
    return sorted(_index().folders, reverse=True)


def file_of(path: str) -> Node | None:
    """The original at `path`; None when it was never touched, or its text is lost."""
    original = _index().files.get(path)
    if original is None:
        return None
    node = original.bare._replace(content=_text(original.digest))
    return node if node.digest == original.digest else None


def path_of(path: str) -> str:
    """Where its first text is kept."""
    return _blob(_index().files[path].digest)


def live_of(key: str) -> str | None:
    return _index().live.get(key)


def live_values() -> dict[str, str]:
    """Of each key that was ever to be changed."""
    return _index().live


def _text(digest: str) -> bytes | None:
    try:
        with open(_blob(digest), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def forget(targets: Iterable[str], keys: Iterable[str]) -> None:
    """They are as people have them again: the next first touch is a new one."""
    index = _index()
    for path in targets:
        index.files.pop(path, None)
    for key in keys:
        index.live.pop(key, None)
    index.write()


def _blob(digest: str) -> str:
    return f"{ORIGINALS}/blobs/{digest}"
