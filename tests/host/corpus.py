"""The corpus: configurations in the layouts of the field, each with what must come out of the tuning.

`tests/corpus/NAME` is /etc/nginx of a host, with links as people make them; `outcome.diff` in it is no part of that.
"""

from __future__ import annotations

import difflib
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from heavyload.nginxtext import configuration, tuning
from heavyload.problem import Problem
from nginxgrammar import MAIN, ROOT, Folder
from nginxwishes import FACTS, WISHES

FOLDER = Path(__file__).parents[1] / "corpus"
OUTCOME = "outcome.diff"
CERTIFICATES = "/etc/letsencrypt"
# What certbot has beside the certificates, which the sites that it edits include.
_OUTSIDE = {
    f"{CERTIFICATES}/options-ssl-nginx.conf": b"""# certbot's
ssl_session_cache shared:le_nginx_SSL:10m;
ssl_session_timeout 1440m;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;
"""
}
_SINCE = re.compile(rb"\bsince ([0-9.]+)$")
_NEEDS = re.compile(rb"\bneeds ([a-z_]+)")
_MOST_LINKS = 40  # of one path, as Linux has it


class Tree(NamedTuple):
    """By paths of the host."""

    files: dict[str, bytes]
    links: dict[str, str]
    """What they say, relative or not."""


class Linked(Folder):
    """Files of which some are found by other names too."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(tree.files)
        self.links = tree.links

    def real(self, path: str) -> str:
        for _ in range(_MOST_LINKS):
            path = posixpath.normpath(path)
            link = next((link for link in self.links if path == link or path.startswith(f"{link}/")), None)
            if link is None:
                return path
            path = posixpath.join(posixpath.dirname(link), self.links[link]) + path[len(link) :]
        raise OSError(f"{path}: too many links")

    def names(self, folder: str) -> list[str]:
        return Folder({**self.files, **dict.fromkeys(self.links, b"")}).names(self.real(folder))


def names() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/nginx.conf"))


def tree(name: str) -> Tree:
    root = FOLDER / name
    found = {path: f"{ROOT}/{path.relative_to(root).as_posix()}" for path in _below(root)}
    return Tree(
        {**_OUTSIDE, **{of_host: path.read_bytes() for path, of_host in found.items() if not path.is_symlink()}},
        {of_host: str(path.readlink()) for path, of_host in found.items() if path.is_symlink()},
    )


def _below(folder: Path) -> Iterator[Path]:
    """Files and links, of which none is followed."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        elif path.name != OUTCOME:
            yield path


def files(name: str) -> dict[str, bytes]:
    """By real path."""
    return tree(name).files


def since(name: str) -> tuple[int, ...]:
    """The first version of nginx that takes it, as its first line says; nothing: all that are tried take it."""
    found = _SINCE.search(_first_line(name))
    return tuple(map(int, found[1].split(b"."))) if found else ()


def needs(name: str) -> list[str]:
    """Modules that not every nginx has, without which it does not read it."""
    return [module.decode() for module in _NEEDS.findall(_first_line(name))]


def _first_line(name: str) -> bytes:
    own = Linked(tree(name))
    return own.read(own.real(MAIN)).splitlines()[0]


def tuned(name: str, texts: Mapping[str, bytes] = {}) -> tuning.Tuned:
    """`texts`: of the files that have changed since."""
    own = tree(name)
    host = Linked(own._replace(files={**own.files, **texts}))
    facts = FACTS._replace(version=max(FACTS.version, since(name)))
    return tuning.tuned(configuration.read(MAIN, host), WISHES, facts)


def outcome(name: str) -> str:
    """What changes, what is left, and what is said."""
    found = tuned(name)
    before = files(name)
    diffs = (_diff(path, before[path], found.texts[path]) for path in sorted(found.texts))
    left = _lines(f"left: {_said(problem)}" for problem in found.outcome.left)
    return "".join([*diffs, left, _lines(f"note: {note}" for note in found.outcome.notes)])


def _said(problem: Problem) -> str:
    return f"{problem.what} at {problem.where}, because of {problem.found}"


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _diff(path: str, before: bytes, after: bytes) -> str:
    one, other = (_cut(text.decode("utf-8", "surrogateescape")) for text in (before, after))
    short = os.path.relpath(path, ROOT)
    return _lines(difflib.unified_diff(one, other, short, short, n=1, lineterm=""))


def _cut(text: str) -> list[str]:
    """By newlines alone: a carriage return is shown where it stands."""
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], f"{lines[-1]}\n\\ No newline at end of file"]
