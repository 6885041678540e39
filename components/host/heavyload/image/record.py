"""What an image of this disk says of where it comes from, and what a copy has noted of itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..journal import files
from ..paths import COPY, IMAGE
from ..system import identity


class Image(NamedTuple):
    machine: str
    """The one that it was made on."""
    stack: str
    sealed: str
    """When, as text."""
    machine_ids: tuple[str, ...]
    """That machines have had whose disk this is: the one that it was made on, and, on a copy, the copy itself."""
    host_keys: Mapping[str, str]
    """Digests of the private ones of the machine whose disk this was last, by path."""


class Copy(NamedTuple):
    machine: str
    since: str


def read() -> Image | None:
    return files.read_json(IMAGE, _image, None)


def write(image: Image) -> None:
    files.write_json(IMAGE, image._asdict())


def copied() -> Copy | None:
    """What a copy that has become a machine of its own has noted."""
    return files.read_json(COPY, lambda data: Copy(str(data["machine"]), str(data["since"])), None)


def write_copy(copy: Copy) -> None:
    files.write_json(COPY, copy._asdict())


def forget_copy() -> None:
    if os.path.lexists(COPY):
        files.remove(COPY)


def is_foreign() -> bool:
    """Whether this is a copy that has not become a machine of its own yet."""
    image, copy = read(), copied()
    known = {of.machine for of in (image, copy) if of}
    return image is not None and identity.read() not in known


def _image(data: Any) -> Image:
    keys = {str(path): str(digest) for path, digest in data["host_keys"].items()}
    ids = tuple(str(one) for one in data["machine_ids"])
    return Image(str(data["machine"]), str(data["stack"]), str(data["sealed"]), ids, keys)
