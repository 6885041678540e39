"""What TuneD's active profile sets, merged as TuneD merges (tuned.conf(5), its profiles/loader.py and merger.py)."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..system import regular
from ..system.snapshot import Snapshot
from .sysctld import Assignment

if TYPE_CHECKING:
    from configparser import RawConfigParser

SERVICE = "tuned.service"
ETC = "/etc/tuned"
# The first that has the profile; those below `profiles` since 2.23.
DIRECTORIES: tuple[str, ...] = ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned")
_TRUE = ("True", "true", "1")
_LONGEST = 4096
"""No value is longer, characters."""
_OFF = ("0", "no", "false", "off")
# Of a section, what is no key of the kernel's.
_OPTIONS = frozenset(
    ["type", "enabled", "replace", "prepend", "drop", "priority", "devices", "devices_udev_regex"]
    + ["cpuinfo_regex", "uname_regex", "script_pre", "script_post"]
)


class _Unit(NamedTuple):
    """A section: each profile changes those of the same name that it includes."""

    options: Mapping[str, str]
    settings: dict[str, Assignment]


class _Unknown(Exception):
    """TuneD would refuse the profile, or only TuneD can tell."""


def found(snapshot: Snapshot) -> dict[str, list[Assignment]]:
    """What stays over our file, by when and what to do. TuneD by default applies /etc/sysctl.d over its profile."""
    names = " ".join(regular.text(f"{ETC}/{name}") for name in ("active_profile", "post_loaded_profile")).split()
    if not names or not _in_use(snapshot):
        return {}
    try:
        main = _ini(f"[main]\n{regular.text(f'{ETC}/tuned-main.conf')}")["main"]
        places = tuple(reversed(_list(main.get("profile_dirs", "")))) or DIRECTORIES
        priority = int(main.get("default_instance_priority", "0"), 0)
        settings = _settings(_units(names, places, []), priority)
    except (_Unknown, ValueError, RecursionError):
        return {}
    off = main.get("reapply_sysctl", "1").lower() in _OFF
    kept = ["*"] if off else _list(main.get("reapply_sysctl_exclude", ""))
    why = "reapply_sysctl is off: turn that on" if off else "reapply_sysctl_exclude has the key: take it out there"
    when = f"TuneD's profile {' '.join(names)}: `tuned-adm` and each start of {SERVICE} set it, and {why}"
    ours = [item for item in settings if any(fnmatch.fnmatchcase(item.key, pattern) for pattern in kept)]
    return {when: ours} if ours else {}


def _in_use(snapshot: Snapshot) -> bool:
    """A removed or a disabled TuneD leaves the name of its last profile behind."""
    service = snapshot.service(SERVICE)
    enabled = str(service.said.get("UnitFileState", "")).startswith("enabled")
    return service.found and (enabled or service.said.get("ActiveState") == "active")


def _units(names: Sequence[str], directories: Sequence[str], seen: list[str]) -> dict[str, _Unit]:
    """By name. Of several profiles the later ones win, as does a profile over those that it includes."""
    merged: dict[str, _Unit] = {}
    for name in names:
        path = _path(name, directories, seen)
        if not path:
            continue
        seen.append(path)
        text = regular.text(path)
        known = _ini(text)
        included = known.get("main", "include", fallback="")
        if "$" in included:  # TuneD's functions
            raise _Unknown(included)
        if included:
            _merge(merged, _units(re.split(r"\s*[,;]\s*", included), directories, seen))
        _merge(merged, _sections(known, text, path))
    return merged


def _path(name: str, directories: Sequence[str], seen: Sequence[str]) -> str:
    """Nothing: not once more, or, with `-` before its name, not at all. A profile may include its namesake of the
    next folder."""
    base = os.path.basename(name[name.startswith("-") :])
    there = [path for folder in directories if os.path.isfile(path := f"{folder}/{base}/tuned.conf")]
    if not there and not name.startswith("-"):
        raise _Unknown(name)
    return next((path for path in there if path not in seen), "")


def _sections(known: RawConfigParser, text: str, path: str) -> dict[str, _Unit]:
    lines = _lines(text)
    units = {}
    for name in known.sections():
        if name != "main":
            said = dict(known.items(name))
            units[name] = _Unit(
                {"type": name, **{key: value for key, value in said.items() if key in _OPTIONS}},
                {
                    key: Assignment(key, value.strip(), path, lines.get((name, key), 0))
                    for key, value in said.items()
                    if key not in _OPTIONS
                },
            )
    return units


def _merge(merged: dict[str, _Unit], later: Mapping[str, _Unit]) -> None:
    for name, unit in later.items():
        old = merged.get(name)
        if old is None or unit.options.get("replace") in _TRUE:
            merged[name] = unit
            continue
        dropped = _list(unit.options.get("drop", ""))
        settings = {key: item for key, item in old.settings.items() if key not in dropped}
        # Whether it is enabled, and of which type, only the last one says.
        lasting = {key: value for key, value in old.options.items() if key not in ("enabled", "type")}
        merged[name] = _Unit({**lasting, **unit.options}, {**settings, **unit.settings})


def _settings(units: Mapping[str, _Unit], priority: int) -> list[Assignment]:
    """What the sections of sysctl set, in the order they are applied. Left out is what only TuneD can tell: a section
    for some processors, a value by one of its functions; and what only raises."""
    variables: dict[str, str] = {}
    for key, item in units["variables"].settings.items() if "variables" in units else ():
        variables[key] = _expanded(item.value or "", variables)
    active = [
        unit
        for unit in units.values()
        if unit.options["type"] == "sysctl"
        and unit.options.get("enabled", "1") in _TRUE
        and not {"cpuinfo_regex", "uname_regex"} & set(unit.options)
    ]
    active.sort(key=lambda unit: int(unit.options.get("priority", priority)))
    settings = []
    for item in (item for unit in active for item in unit.settings.values()):
        value = _expanded(re.sub('^"(.*)"$', r"\1", item.value or ""), variables)
        # `<` sets it where it was more, `>` where it was less.
        if "${" not in value and not value.startswith(">"):
            settings.append(item._replace(value=value[value.startswith("<") :].strip()))
    return settings


def _expanded(value: str, variables: Mapping[str, str]) -> str:
    expanded = re.sub(r"(?<!\\)\$\{(\w+)\}", lambda found: variables.get(found[1], found[0]), value)
    if len(expanded) > _LONGEST:  # variables that double each other
        raise _Unknown(value)
    return expanded


def _list(text: str) -> list[str]:
    return [word for word in re.split(r"\s*[,;]\s*", text.strip()) if word]


def _lines(text: str) -> dict[tuple[str, str], int]:
    """Where each section sets each of its keys."""
    places, section = {}, ""
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\[(.+)\]", line)
        section = header[1] if header else section
        places[section, line.partition("=")[0].strip()] = number
    return places


def _ini(text: str) -> RawConfigParser:
    import configparser  # only here: few hosts have TuneD

    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), inline_comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise _Unknown(text) from error
    return parser
