"""Calls of sysctl that cloud-init makes at every boot. What it runs once in an instance's life is over."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..system import regular
from ..system.run import run
from . import shell
from .sysctld import Assignment

ENABLED = "/run/cloud-init/enabled"
"""Of this boot: systemd's generator of cloud-init makes it where there is a data source."""
DISABLED = "/etc/cloud/cloud-init.disabled"
CLOUD = "/var/lib/cloud"

_STAGES = ("cloud_init_modules", "cloud_config_modules", "cloud_final_modules")
# YAML, templates, several files and parts of user data: merged and written as a script by cloud-init itself.
_ASK = f"""\
import json
from cloudinit import stages, util
init = stages.Init()
init.read_cfg()
said = {{name: init.cfg.get(name) or [] for name in {_STAGES}}}
said["script"] = util.shellify(init.cfg.get("bootcmd") or [], add_header=False)
print(json.dumps(said, default=str))
"""
_EARLY = "cloud-init runs it at every boot; heavyload.service raises it again. Take it out of the user data"
_LATE = "cloud-init runs it at every boot, after heavyload.service: take it out"


class _Scripts(NamedTuple):
    """Programs that a module of cloud-init runs, and how often unless its configuration has it otherwise."""

    folder: str
    frequency: str


_SCRIPTS: Mapping[str, _Scripts] = {
    "scripts_vendor": _Scripts("instance/scripts/vendor", "once-per-instance"),
    "scripts_per_once": _Scripts("scripts/per-once", "once"),
    "scripts_per_boot": _Scripts("scripts/per-boot", "always"),
    "scripts_per_instance": _Scripts("scripts/per-instance", "once-per-instance"),
    # There runcmd is, too.
    "scripts_user": _Scripts("instance/scripts", "once-per-instance"),
}
_FREQUENCIES = ("always", "once", "once-per-instance")


def found() -> dict[str, list[Assignment]]:
    """By when and what to do. Nothing where cloud-init does not run, or cannot be asked."""
    if not os.path.exists(ENABLED) or os.path.exists(DISABLED):
        return {}
    done = run(("/usr/bin/python3", "-I", "-c", _ASK), timeout=30)
    try:
        return _named(json.loads(done.out.strip().split("\n")[-1])) if done.code == 0 else {}
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):  # an answer that is none
        return {}


def _named(said: Mapping[str, Any]) -> dict[str, list[Assignment]]:
    frequencies = {name: often for stage in _STAGES for name, often in map(_module, said.get(stage, ()))}
    early = _calls("instance/boothooks")
    if "bootcmd" in frequencies and (frequencies["bootcmd"] or "always") == "always":
        early += shell.sysctl_calls(said["script"], "cloud-init's bootcmd")
    late = []
    for name, scripts in _SCRIPTS.items():
        if name in frequencies and (frequencies[name] or scripts.frequency) == "always":
            late += _calls(scripts.folder)
    return {when: calls for when, calls in ((_EARLY, early), (_LATE, late)) if calls}


def _module(item: Any) -> tuple[str, str]:
    """`name`, `[name, frequency]` or a mapping of both, as cloud.cfg has them; no frequency: the module's own."""
    words: Sequence[Any] = item if isinstance(item, list) else [item]
    if isinstance(item, Mapping):
        words = [item.get("name"), item.get("frequency")]
    name, often = [*map(str, words), "", ""][:2]
    return name.strip().replace("-", "_"), often.strip() if often.strip() in _FREQUENCIES else ""


def _calls(folder: str) -> list[Assignment]:
    """Those of the scripts of a folder in the order they are run; other programs tell nothing."""
    place = f"{CLOUD}/{folder}"
    paths = [f"{place}/{name}" for name in sorted(os.listdir(place))] if os.path.isdir(place) else []
    scripts = [(path, regular.text(path)) for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)]
    return [call for path, text in scripts if shell.is_script(text) for call in shell.sysctl_calls(text, path)]
