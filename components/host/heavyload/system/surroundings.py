"""What systemd runs a service in, as properties for a transient unit: a program that is started there finds the user,
folder, environment, files and limits that the service has, by systemd's own reading of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from .bus import INFINITY, Properties


def properties(said: Properties) -> list[str]:
    """`said`: all that systemd knows of the service."""
    made = [f"-{place}/{name}" for kind, place in _PLACES.items() for name in said.get(f"{kind}Directory", ())]
    known = {
        **said,
        # The service may write there whatever else is closed to it.
        "ReadWritePaths": [*said.get("ReadWritePaths", ()), *(made if said.get("ProtectSystem") == "strict" else ())],
    }
    lines = [line for kind in _kept(said) for line in _own_folder(kind, said)]
    return [*_written(known), *lines] + [
        f"{name}={_limit(said[f'{name}Soft'])}:{_limit(said[name])}" for name in _LIMITS if name in said
    ]


def _written(said: Properties) -> list[str]:
    known = {**said, "Environment": [*_folders(said), *said.get("Environment", ())]}
    return [line for name, write in _WRITTEN.items() if known.get(name) for line in write(name, known[name])]


def rooted(said: Properties) -> bool:
    """Whether the service sees other files than the host's where ours are."""
    hidden = [
        *(path for path, _ in said.get("TemporaryFileSystem", ())),
        *(bind[1] for kind in ("BindPaths", "BindReadOnlyPaths") for bind in said.get(kind, ()) if bind[0] != bind[1]),
        *said.get("InaccessiblePaths", ()),
    ]
    ours = {path.lstrip("-+").rstrip("/") for path in hidden} & {"", "/etc", "/run", "/etc/heavyload"}
    return bool(said.get("RootDirectory") or said.get("RootImage") or ours)


def variables(said: Properties) -> list[str]:
    """Of `properties` those that decide about variables alone: a program of the system's runs with them."""
    return _written({name: said[name] for name in _VARIABLES if name in said})


def quoted(text: str) -> str:
    """A word as systemd takes it apart in a unit's settings."""
    return '"' + "".join(_ESCAPED.get(letter, letter) for letter in text) + '"'


def unexpanded(words: Sequence[str]) -> list[str]:
    """A command line into which systemd is to put no variable: the words are what they are."""
    return [word.replace("$", "$$") for word in words]


_PLACES = {
    "Runtime": "/run",
    "State": "/var/lib",
    "Cache": "/var/cache",
    "Logs": "/var/log",
    "Configuration": "/etc",
}
_VARIABLES = (
    *("User", "Group", "SupplementaryGroups", "DynamicUser"),
    *("Environment", "EnvironmentFiles", "PassEnvironment", "UnsetEnvironment"),
    *(f"{kind}Directory" for kind in _PLACES),
)
_MOST_ERRNO = 4095
_RECURSIVE = 0x4000  # MS_REC of mount(2)
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _folders(said: Properties) -> list[str]:
    """Variables that systemd sets to the folders it makes for the service: it must not make or remove them for us."""
    return [
        f"{kind.upper()}_DIRECTORY={':'.join(f'{place}/{name}' for name in names)}"
        for kind, place in _PLACES.items()
        if (names := said.get(f"{kind}Directory"))
    ]


def _kept(said: Properties) -> list[str]:
    """Kinds of folders that systemd keeps for a user that it makes up: to nobody else it opens them."""
    if not said.get("DynamicUser"):
        return []
    # One that goes with the service is everybody's to see, and would go with the trial.
    runtime = ["Runtime"] if said.get("RuntimeDirectoryPreserve", "no") != "no" else []
    return [kind for kind in ("State", "Cache", "Logs", *runtime) if said.get(f"{kind}Directory")]


def _own_folder(kind: str, said: Properties) -> list[str]:
    name = f"{kind}Directory"
    stays = [f"{name}Preserve=yes"] if kind == "Runtime" else []
    return [*_words(name, said[name]), *_mask(f"{name}Mode", said.get(f"{name}Mode", 0o755)), *stays]


def _limit(value: int) -> str:
    return "infinity" if value == INFINITY else str(value)


def _text(name: str, value: str) -> list[str]:
    return [f"{name}={value}"]


def _working_directory(name: str, value: str) -> list[str]:
    # systemd says `!` of a folder that need not be there, and takes `-`.
    return [f"{name}={value.replace('!', '-', 1) if value.startswith('!') else value}"]


def _words(name: str, value: Sequence[str]) -> list[str]:
    return [f"{name}={' '.join(quoted(word) for word in value)}"]


def _yes(name: str, value: bool) -> list[str]:
    return [f"{name}=yes"]


def _size(name: str, value: int) -> list[str]:
    return [] if value == INFINITY else [f"{name}={value}"]


def _bits(name: str, value: Sequence[int]) -> list[str]:
    """Of CPUs, eight in a byte."""
    numbers = [8 * place + bit for place, byte in enumerate(value) for bit in range(8) if byte >> bit & 1]
    return [f"{name}={' '.join(map(str, numbers))}"] if numbers else []


def _mask(name: str, value: int) -> list[str]:
    return [f"{name}={value:04o}"]


def _capabilities(name: str, value: int) -> list[str]:
    """By their names, of which systemd says the numbers; later ones than are known here are left out."""
    return [f"{name}={' '.join(f'CAP_{one}' for at, one in enumerate(_CAPABILITIES) if value >> at & 1)}"]


def _bound(name: str, value: int) -> list[str]:
    """Nothing where it bounds nothing."""
    return [] if value & _ALL == _ALL else _capabilities(name, value)


def _errno(name: str, value: int) -> list[str]:
    """Others stand for the end of the process."""
    return [f"{name}={value}"] if 0 < value <= _MOST_ERRNO else []


def _filter(name: str, value: Sequence[Any]) -> list[str]:
    """Whether it lists what is allowed, and the list."""
    allows, names = value
    if not names and not allows:
        return []
    return [f"{name}={'' if allows else '~'}{' '.join(names)}"]


def _files(name: str, value: Sequence[Sequence[Any]]) -> list[str]:
    return [f"EnvironmentFile={'-' if ignored else ''}{path}" for path, ignored in value]


def _binds(name: str, value: Sequence[Sequence[Any]]) -> list[str]:
    """Source, destination, whether it may be missing, and mount(2)'s flags."""
    found = []
    for source, place, ignored, flags in value:
        how = "rbind" if flags & _RECURSIVE else "norbind"
        found.append(f"{name}={'-' if ignored else ''}{in_pair(source)}:{in_pair(place)}:{how}")
    return found


def _pairs(name: str, value: Sequence[Sequence[str]]) -> list[str]:
    return [f"{name}={':'.join(part for part in pair if part)}" for pair in value]


def _addresses(name: str, value: Sequence[Sequence[Any]]) -> list[str]:
    """Family, bytes and the length of the network's part."""
    return [f"{name}={'/'.join((str(ip_address(bytes(address))), str(length)))}" for _, address, length in value]


def _label(name: str, value: Sequence[Any]) -> list[str]:
    """Whether it may be missing, and the label."""
    ignored, label = value
    return [f"{name}={'-' if ignored else ''}{label}"] if label else []


def _credentials(name: str, value: Sequence[Sequence[Any]]) -> list[str]:
    """A name and bytes, as C would write them, without a `%` that systemd would read."""
    return [f"{name}={key}:" + "".join(f"\\x{byte:02x}" for byte in content) for key, content in value]


def in_pair(path: str) -> str:
    """As systemd takes two paths apart."""
    return re.sub(r"""([\\: '"\t\n])""", r"\\\1", path)


_WRITTEN: Mapping[str, Callable[[str, Any], list[str]]] = {
    **{
        name: _text
        for name in (
            "User",
            "Group",
            "RootDirectory",
            "RootImage",
            "ProtectHome",
            "ProtectSystem",
            "ProtectProc",
            "ProcSubset",
            "NetworkNamespacePath",
        )
    },
    "WorkingDirectory": _working_directory,
    **{
        name: _words
        for name in (
            *("SupplementaryGroups", "Environment", "PassEnvironment", "UnsetEnvironment"),
            *("ReadWritePaths", "ReadOnlyPaths", "InaccessiblePaths", "ExecPaths", "NoExecPaths"),
            "SystemCallArchitectures",
        )
    },
    **{
        name: _yes
        for name in (
            *(
                "DynamicUser",
                "NoNewPrivileges",
                "PrivateTmp",
                "PrivateDevices",
                "PrivateUsers",
                "PrivateNetwork",
                "PrivateIPC",
            ),
            *(
                "ProtectKernelTunables",
                "ProtectKernelModules",
                "ProtectKernelLogs",
                "ProtectControlGroups",
                "ProtectClock",
            ),
            *("ProtectHostname", "RestrictSUIDSGID", "RestrictRealtime", "LockPersonality", "MemoryDenyWriteExecute"),
        )
    },
    **{name: _bits for name in ("CPUAffinity", "AllowedCPUs")},
    **{name: _size for name in ("MemoryMax", "MemorySwapMax", "TasksMax")},
    "UMask": _mask,
    "SystemCallErrorNumber": _errno,
    "AmbientCapabilities": _capabilities,
    "CapabilityBoundingSet": _bound,
    **{name: _filter for name in ("SystemCallFilter", "RestrictAddressFamilies")},
    "EnvironmentFiles": _files,
    **{name: _binds for name in ("BindPaths", "BindReadOnlyPaths")},
    **{name: _addresses for name in ("IPAddressAllow", "IPAddressDeny")},
    **{name: _label for name in ("AppArmorProfile", "SELinuxContext")},
    "SetCredential": _credentials,
    **{name: _pairs for name in ("TemporaryFileSystem", "LoadCredential", "LoadCredentialEncrypted")},
}
# By their numbers: capabilities(7).
_CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL"),
    *("SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST"),
    *("NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO"),
    *("SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"),
    *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE"),
    *("AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM"),
    *("BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"),
)
_ALL = 2 ** len(_CAPABILITIES) - 1
_LIMITS = tuple(
    f"Limit{name}" for name in ("NOFILE", "NPROC", "AS", "DATA", "STACK", "FSIZE", "CORE", "MEMLOCK", "CPU")
)
