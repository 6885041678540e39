"""Limits of open files for logins: lines of limits.d, proved by sessions through PAM."""

from __future__ import annotations

import grp
import pwd
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..journal.changes import Changes
from ..journal.node import obstacles
from ..journal.ourfile import ours_at
from ..journal.records import NotedValue, Record
from ..manifest import Manifest
from ..paths import LIMITS_FILE
from ..problem import Problem, Refused
from ..report import Row, state, without
from ..rules import satisfies
from ..system import ceiling, login, prlimits, processes, users
from ..system.services import Service
from ..system.snapshot import Snapshot
from . import limitsd, nofile, sessions, web
from . import pam as pamlimits
from .pam import HARD, SOFT, Line, Login
from .sessions import Session
from .web import Servers

_LOGIN = "login "
KEYS = (_LOGIN,)
GROUP = "users"
# systemd takes users of DynamicUser= from here: their names mean nothing to the next login.
_DYNAMIC = range(61184, 65520)
_KINDS = (SOFT, HARD)


class LoginLimits(NamedTuple):
    concern: str
    servers: Servers

    def plan(self, manifest: Manifest, record: Record | None, snapshot: Snapshot) -> Changes:
        wanted = nofile.wanted(manifest)
        held = record.live if record else {}
        problems = obstacles([LIMITS_FILE])
        names = _users(web.chosen(manifest.services, self.servers, snapshot), snapshot)
        others = limitsd.others(record.files.get(LIMITS_FILE) if record else None)
        before = sessions.open_for(name for name in {*names, login.user()} if _LOGIN + name not in held)
        bases = {**_bases(held), **{name: session.limit for name, session in before.items()}}
        unset = _unset(bases, others)
        lines = [
            line
            for n in names
            for line in _lines(
                n, _have([_login(n)], others, unset, before.get(n)), wanted, _out_of_reach([_login(n)], others)
            )
        ]
        if _group_exists():  # who may come into it counts, too
            logins = [*_members(), _anybody()]
            lines += _lines(f"@{GROUP}", _have(logins, others, unset), wanted, _out_of_reach(logins, others))
        placed = limitsd.placed(others, lines)
        problems += [p for name in names for p in _overruled(placed, name, wanted)]
        locked = before.get(login.user())
        if locked and locked.refusal:
            way_out = f"Mend /etc/pam.d/{sessions.stack()} first: a limit that shuts out could not be told from it."
            wanted_session = "a session through sshd's PAM stack"
            problems.append(Problem(f"login of {login.user()}", wanted_session, locked.refusal, "this host", way_out))
        if problems:
            raise Refused(problems)
        ours = {_LOGIN + name: NotedValue(session.limit, wanted) for name, session in before.items()}
        ours.update({key: noted._replace(ours=wanted) for key, noted in held.items() if key[len(_LOGIN) :] in names})
        if (me := _LOGIN + login.user()) not in ours:
            ours[me] = held[me]._replace(ours=wanted)
        file = ours_at(LIMITS_FILE, lines, record)
        noted = file.noted if lines or file.change else {}
        notes = tuple(
            f"{line.where} holds for {member.user} in place of ours for @{GROUP}"
            for member in _members()
            for line in pamlimits.overruling(placed, LIMITS_FILE, member)
        )
        return Changes(
            self.concern, files=file.change, record=Record(manifest.text, noted, ours), left=file.left, notes=notes
        )

    def undo(self, record: Record, snapshot: Snapshot) -> Changes:
        file = ours_at(LIMITS_FILE, [], record)
        return Changes(self.concern, files=file.change, left=file.left)

    def verify(self, changes: Changes, snapshot: Snapshot) -> list[Problem]:
        """A session opens for whoever opened one before, and has what is wanted if a line of ours names the user.

        A restore only takes lines away: what stops a login then was there before us, and must not stop the restore.
        """
        held = changes.record.live if changes.record else {}
        able = {key[len(_LOGIN) :]: noted.ours for key, noted in held.items() if noted.base}
        named = _named(changes.record)
        problems = []
        for name, session in sessions.open_for(able).items():
            where = f"a session through PAM's {sessions.stack()}"
            if session.refusal:
                way_out = "Nobody is locked out: the old limits are back. Look in the journal what PAM says."
                problems.append(Problem(f"login of {name}", "a session", session.refusal, where, way_out))
            elif name in named and not satisfies(nofile.RULE, session.limit, able[name]):
                way_out = (
                    f"See that /etc/pam.d/{sessions.stack()} has `session required pam_limits.so`, itself or included."
                )
                problems.append(Problem(f"nofile of {name}", f"at least {able[name]}", session.limit, where, way_out))
        return problems

    def boot(self, manifest: Manifest, record: Record) -> list[Problem]:
        return []  # limits.d is read at each login

    def rows(self, manifest: Manifest, record: Record, snapshot: Snapshot) -> list[Row]:
        named = [
            name
            for name in _users(web.chosen(manifest.services, self.servers, snapshot), snapshot)
            if _LOGIN + name in record.live
        ]
        found: list[Row] = []
        for name, session in sessions.open_for(named).items():
            before = record.live[_LOGIN + name].base
            source = f"a session of {name} through PAM's {sessions.stack()}; limits.conf and limits.d"
            for place, setting in nofile.settings(manifest):
                title = f"{setting.name} of user {name}"
                if session.refusal and not before:
                    found.append(without(self.concern, setting, f"no session opens for {name}", title))
                    continue
                has = session.limit.split()[place] if session.limit else "no session"
                ok = has.isdigit() and satisfies(setting.rule, has, setting.wanted)
                base = before.split()[place] if before else "-"
                found.append(Row(self.concern, title, setting.wanted, base, has, has, setting.rule, state(ok), source))
        return found + self._group_rows(manifest, record)

    def _group_rows(self, manifest: Manifest, record: Record) -> list[Row]:
        """A group opens no session: what its lines say, for a member of whom no line speaks by name."""
        if not _group_exists():
            return []
        noted = record.files.get(LIMITS_FILE)
        others = limitsd.others(noted)
        lines = limitsd.placed(others, noted.ours.splitlines() if noted else [])
        unset = _unset(_bases(record.live), others)
        found: list[Row] = []
        for place, setting in nofile.settings(manifest):
            decide = (pamlimits.deciding(text, _anybody(), _KINDS[place]) for text in (others, lines))
            before, now = (_value(line, unset[place]) for line in decide)
            ok = satisfies(setting.rule, str(now), setting.wanted)
            title, source = f"{setting.name} of group {GROUP}", "inferred from limits.conf and limits.d"
            values = (setting.wanted, str(before), str(now), str(now), setting.rule)
            found.append(Row(self.concern, title, *values, state(ok), source))
        return found


def _users(chosen: Sequence[Service], snapshot: Snapshot) -> list[str]:
    """Whom nginx and the WSGI servers run as: by their processes, and by the unit of one that does not run. No root:
    its limits are not what holds a server back."""
    numbers: set[int] = set()
    names: set[str] = set()
    for service in chosen:
        found = {processes.user(process.pid) for process in snapshot.processes_of(service)}
        numbers |= {number for number in found if number is not None}
        if not found and service.user:
            names.add(service.user)
    for number in numbers:
        try:
            names.add(pwd.getpwuid(number).pw_name)
        except KeyError:
            continue
    return sorted(name for name in names if users.exists(name) and pwd.getpwnam(name).pw_uid not in {0, *_DYNAMIC})


def _group_exists() -> bool:
    return any(group.gr_name == GROUP for group in grp.getgrall())


def _members() -> list[Login]:
    if not _group_exists():
        return []
    group = grp.getgrnam(GROUP)
    own = [user.pw_name for user in pwd.getpwall() if user.pw_gid == group.gr_gid]
    return [_login(name) for name in sorted({*own, *group.gr_mem}) if users.exists(name)]


def _anybody() -> Login:
    """A member of whom no line speaks by name."""
    number = grp.getgrnam(GROUP).gr_gid
    return Login("", -1, number, ((number, GROUP),))


def _login(name: str) -> Login:
    user = pwd.getpwnam(name)
    groups = tuple((g.gr_gid, g.gr_name) for g in grp.getgrall() if name in g.gr_mem or g.gr_gid == user.pw_gid)
    return Login(name, user.pw_uid, user.pw_gid, groups)


def _bases(held: Mapping[str, NotedValue]) -> dict[str, str]:
    """What sessions had before ours, by user."""
    return {key[len(_LOGIN) :]: noted.base for key, noted in held.items() if key.startswith(_LOGIN)}


def _unset(bases: Mapping[str, str], others: Sequence[Line]) -> tuple[int, ...]:
    """Soft and hard limit of whom no line speaks of, as a session of such a user had them: Debian 12's pam_limits gives
    those of the first process, later ones leave what the service has that opens the session."""
    found = [1024, int((prlimits.of(1) or "0 0").split()[1])]
    for place, kind in enumerate(_KINDS):
        for name, limit in bases.items():
            if limit and users.exists(name) and pamlimits.deciding(others, _login(name), kind) is None:
                found[place] = int(limit.split()[place])
    return tuple(found)


def _have(
    logins: Sequence[Login], others: Sequence[Line], unset: Sequence[int], session: Session | None = None
) -> list[list[int]]:
    """What each has without our lines, soft and hard: as a session of it had, else as the texts say."""
    if session and session.limit:
        return [[int(value)] for value in session.limit.split()]
    return [
        [_value(pamlimits.deciding(others, one, kind), unset[place]) for one in logins]
        for place, kind in enumerate(_KINDS)
    ]


def _lines(domain: str, have: Sequence[Sequence[int]], wanted: str, beyond: Sequence[bool]) -> list[str]:
    """Our lines for a user or a group: only where somebody has less than wanted without them, or where the lines of
    others ask for more than there can be (`beyond`): then nothing of theirs and ours would come into force."""
    return [
        f"{domain} {kind} nofile {ceiling.here().most if more else max(want, *has)}"  # of a group some may have more
        for kind, has, want, more in zip(_KINDS, have, (int(value) for value in wanted.split()), beyond)
        if min(has) < want or more
    ]


def _out_of_reach(logins: Sequence[Login], others: Sequence[Line]) -> list[bool]:
    """Of soft and hard limit, whether what others say for one of them can be given to nobody here."""
    return [
        any((line := pamlimits.deciding(others, one, kind)) and _is_beyond(line) for one in logins) for kind in _KINDS
    ]


def _is_beyond(line: Line) -> bool:
    most = ceiling.here()
    return most.fixed and (line.value == pamlimits.NO_LIMIT or (bool(line.value) and int(line.value) > most.most))


def _value(line: Line | None, unset: int) -> int:
    """What a login gets from the line that decides. Nobody gets more than this host can give."""
    if line is None:
        return unset
    most = ceiling.here().most
    if line.value == pamlimits.NO_LIMIT:
        return most
    return min(int(line.value), most) if line.value else 0


def _overruled(placed: Sequence[Line], name: str, wanted: str) -> list[Problem]:
    problems = []
    for line in pamlimits.overruling(placed, LIMITS_FILE, _login(name)):
        if _is_beyond(line):
            most = ceiling.here().most
            way_out = f"pam_limits sets none of the limits then. It wins over {LIMITS_FILE}: give it at most {most}."
            problems.append(
                Problem(f"nofile of {name}", f"at most {most}, which is all there is", line.value, line.where, way_out)
            )
            continue
        given = line.value or "an exemption from all limits"
        least = min(int(wanted.split()[_KINDS.index(kind)]) for kind in line.kinds)
        if line.value != pamlimits.NO_LIMIT and (not line.value or int(line.value) < least):
            way_out = f"It wins over {LIMITS_FILE}: take that line out, or give it at least that."
            problems.append(Problem(f"nofile of {name}", f"at least {wanted}", given, line.where, way_out))
    return problems


def _named(record: Record | None) -> set[str]:
    """Those of whom the plan wants more than that they can log in."""
    noted = record.files.get(LIMITS_FILE) if record else None
    lines = noted.ours.splitlines() if noted else ()
    return {line.split()[0] for line in lines if not line.startswith(("#", "@"))}
