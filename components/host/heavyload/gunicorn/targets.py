"""What each of gunicorn's settings is to come to, beside what people have chosen. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .. import catalogue
from ..catalogue import Knob
from ..journal.records import NotedValue
from ..manifest import Manifest
from ..problem import Problem
from ..rules import BY_DEFAULT, combine, is_number, version
from ..wishes import Wish, resolved
from . import classes
from .options import PREFIX
from .trial import Trial

_CLASS = f"{PREFIX}worker_class"
_NONE = "none"
"""What has no value of its own."""
_LOWER = {
    f"{PREFIX}worker_connections": "what waits for a thread waits in the queue then, from which every worker takes",
}


def of(
    manifest: Manifest, tried: Trial, base: Mapping[str, str], size: Mapping[str, int], guarded: bool
) -> dict[str, str]:
    """What each setting comes to that the worker class reads and this gunicorn has. `guarded`: our configuration is
    read, which looks after later versions of gunicorn."""
    worker_class = _class(manifest, tried)
    names = [setting.name[len(PREFIX) :] for setting in manifest.settings]
    without = {PREFIX + name for name in classes.unread(worker_class, names)}
    settings = [setting for setting in manifest.settings if setting.name not in without]
    wishes = resolved(settings, {**base, **(_unbounded(tried) if guarded else {})}, size)
    if (_CLASS in wishes) and wishes[_CLASS].rule == BY_DEFAULT:
        wishes[_CLASS] = Wish("exactly", worker_class)
    knobs = catalogue.SETTINGS[manifest.concern]
    return {
        name: base[name] if _is_off(knobs[name], base[name]) else _target(wish, base[name])
        for name, wish in wishes.items()
        if name in base
    }


def strange(manifest: Manifest, tried: Trial) -> list[Problem]:
    """Settings that this gunicorn should have, by its version, and has not."""
    way_out = "Nothing was changed: please report this version of gunicorn."
    return [
        Problem(name, "a setting of gunicorn's", f"none of gunicorn {tried.version}", "--print-config", way_out)
        for name, knob in catalogue.at(manifest.concern, "configuration").items()
        if manifest.wanted(name) is not None
        and name[len(PREFIX) :] not in tried.values
        and not knob.too_new(version(tried.version))
    ]


def _class(manifest: Manifest, tried: Trial) -> str:
    """People's own where they have chosen one: an application for another class would answer nothing any more."""
    setting = next((setting for setting in manifest.settings if setting.name == _CLASS), None)
    theirs = tried.values.get("worker_class", classes.SYNC)
    if setting is None or (setting.rule == BY_DEFAULT and "worker_class" in tried.chosen):
        return theirs
    return setting.wanted


def _unbounded(tried: Trial) -> dict[str, str]:
    """gunicorn's own number of connections counts as none, unless less would be the end of it."""
    name = "worker_connections"
    return {} if name in tried.chosen or classes.goes_deaf(tried.version) else {PREFIX + name: "0"}


def notes(
    manifest: Manifest,
    tried: Trial,
    base: Mapping[str, str],
    targets: Mapping[str, str],
    held: Mapping[str, NotedValue],
) -> tuple[str, ...]:
    """What a person should know of it before it happens. `held`: by setting, what an earlier run has given."""
    return (*_choices(manifest, tried), *_off(manifest, base), *_lowered(base, targets, held))


def _is_off(knob: Knob, have: str) -> bool:
    return bool(knob.off) and have == knob.off


def _off(manifest: Manifest, base: Mapping[str, str]) -> list[str]:
    knobs = catalogue.SETTINGS[manifest.concern]
    names = [setting.name for setting in manifest.settings if setting.name in base]
    return [
        f"{name[len(PREFIX) :]} {base[name]}, off, is the site's own choice and stays"
        for name in names
        if _is_off(knobs[name], base[name])
    ]


def _choices(manifest: Manifest, tried: Trial) -> list[str]:
    """What people have chosen, or have, that is not touched for a reason."""
    worker_class, connections = _class(manifest, tried), tried.values.get("worker_connections")
    found = []
    if manifest.wanted(_CLASS) not in (None, worker_class):
        whose = "is the site's own choice" if tried.told else "may be the site's own choice"
        found.append(f"worker_class {worker_class} {whose} and stays")
    if worker_class == classes.GTHREAD and not _unbounded(tried) and "worker_connections" not in tried.chosen:
        known = f"gunicorn {tried.version} stops answering where worker_connections is small"
        found.append(f"worker_connections stays at {connections}: {known}")
    return found


def _lowered(base: Mapping[str, str], targets: Mapping[str, str], held: Mapping[str, NotedValue]) -> list[str]:
    """What goes down is named before it happens."""
    before = {name: held[name].ours if name in held else value for name, value in base.items()}
    numbers = [
        (name, before[name], value) for name, value in targets.items() if is_number(before[name]) and is_number(value)
    ]
    return [
        f"{name}: {now} -> {value}, lower: {_LOWER.get(name, 'as the stack has it')}"
        for name, now, value in numbers
        if int(value) < int(now)
    ]


def _target(wish: Wish, base: str) -> str:
    if wish.rule == BY_DEFAULT and base != _NONE:
        return base
    return combine(wish.rule, base, wish.value) if is_number(base) and is_number(wish.value) else wish.value
