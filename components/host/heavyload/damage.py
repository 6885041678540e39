"""Goes back although files of heavyload's own cannot be read any more: by what the others still say."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from functools import partial

from .concerns import CONCERNS
from .journal import files, live, marker, originals, records
from .journal.node import read_node
from .paths import MARKER, STATE, UNITS
from .problem import Problem
from .rules import same
from .say import say
from .servers import reload_back

_NAME = "heavyload"
"""In the name of every file that is ours alone."""
_INDEX = os.path.relpath(originals.INDEX, STATE) + files.ASIDE


def set_aside() -> Mapping[str, str]:
    """Moves away what cannot be read, so that all else can go on. Live values by key, which go back last: known where
    the change that was cut off is not."""
    for concern in ("host", *CONCERNS):
        if files.damaged(partial(records.read, concern)):
            _aside(records.path_of(concern))
            files.remove(records.manifest_of(concern))
    if files.damaged(originals.paths):
        _aside(originals.INDEX)
        ours = [path for path in records.digests() if _NAME in path]
        folders = {os.path.dirname(path) for path in ours}
        originals.begin_anew(ours, [path for path in folders if _NAME in path or path.startswith(f"{UNITS}/")])
    if not files.damaged(marker.read):
        return {}
    values = originals.live_values()
    _half_done()
    _aside(MARKER)
    return values


def put_back(values: Mapping[str, str]) -> list[Problem]:
    """After every concern's undo, where something was set aside: files that no record speaks of, and live values by
    key. What cannot be put back is returned: it keeps the originals here."""
    aside = {os.path.relpath(path, STATE) for path in glob.glob(f"{STATE}/**/*{files.ASIDE}", recursive=True)}
    if not aside:
        return []
    removed, problems = [], []
    for path in originals.paths():
        now, first = read_node(path), originals.file_of(path)
        if first is None or now.digest == first.digest or now.absent:
            continue
        if first.absent and _NAME in path:
            files.put(path, first)
            removed.append(path)
            say(f"{path}: removed")
        else:
            way_out = f"Put its text from before there, then run again: `{originals.path_of(path)}` has it."
            problems.append(Problem(path, "what it was before", "another text", path, way_out))
    for key, value in {**originals.live_values(), **values}.items():
        before = live.read(key)
        if before is not None and not same(before, value):
            live.write(key, value)
            say(f"{key}: {before} -> {value}")
    if any(path.startswith(UNITS) for path in removed):
        problems += reload_back("units", at_boot=False, ran=())
    if _INDEX in aside and any(path.startswith("applied/") for path in aside):
        found = f"damaged: {', '.join(sorted(aside))}"
        way_out = f"Look for files with {_NAME} in their names below /etc, then remove {STATE}."
        problems.append(Problem("what was here before", "to know it", found, STATE, way_out))
    return problems


def _aside(path: str) -> None:
    if not os.path.lexists(path):
        files.write_text(path, "", mode=0o600)  # so that it is known to have been lost
    files.set_aside(path)
    say(f"{path}: damaged, moved to {path}{files.ASIDE}")


def _half_done() -> None:
    """What a change had switched has a second name still, which is its text before, and is put back where no record was
    written; what comes after is found by the originals."""
    left = records.digests()
    for path in originals.paths():
        undo = files.beside(path, files.UNDO)
        if os.path.lexists(undo) and read_node(path).digest != left.get(path):
            os.rename(undo, path)
            files.sync_folder(path)
            say(f"{path}: as before the change that was cut off")
