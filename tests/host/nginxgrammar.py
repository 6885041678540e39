"""Configurations that nginx takes, as people write them and worse: quotes, comments, includes, every `listen`."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from random import Random

ROOT = "/etc/nginx"
MAIN = f"{ROOT}/nginx.conf"
SITE = f"{ROOT}/conf.d/site.conf"

_COMMENTS = ("# plain", "# sendfile on;", "# { ; } \" '", "#", "# l'apostrophe }", "# \\", "# latin \xe9")
_STRINGS = (
    '"a } b"',
    "'; # {'",
    '"it\\"s {"',
    "'two\n lines; }'",
    '"$host"',
    "a\\;b",
    "x}y",
    "on#c",
    "${host}",
    '"\\\\"',
)
_TIMES = ("5", "15", "65s", "1m5s", '"1m 5s"', "500ms", "2h")
_HTTP = {
    "sendfile": ("on", "off", '"on"', "ON"),
    "tcp_nopush": ("on", "off"),
    "tcp_nodelay": ("on", "off", "'off'"),
    "keepalive_timeout": (*_TIMES, "65 60", "75s 20s"),
    "keepalive_requests": ("10", "100", "100000"),
    "types_hash_max_size": ("512", "2048", "4096"),
    "client_header_timeout": _TIMES,
    "client_body_timeout": _TIMES,
    "send_timeout": _TIMES,
    "reset_timedout_connection": ("on", "off"),
}
_NOT_SERVER = ("types_hash_max_size",)  # one for the whole table in practice
_PORTS = (8001, 8002, 8003)
_WILD = ("{port}", "*:{port}", "0.0.0.0:{port}")
_LISTENS = (*_WILD, "127.0.0.1:{port}", "127.0.0.2:{port}", '"{port}"')
_OPTIONS = ("backlog=77", "backlog=100000", "so_keepalive=on", "so_keepalive=off", "so_keepalive=30m::10", "deferred")
_LOGS = ("logs/a.log", "logs/b.log", '"logs/a.log"', "logs/c.log")


@dataclass
class Grammar:
    """Writes one configuration; equal seeds give equal ones."""

    random: Random
    files: dict[str, bytes] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    """Addresses that some line gives options already: a second one is an error."""
    logs: bool = True
    upstreams: bool = True
    newline: str = "\n"

    def write(self) -> dict[str, bytes]:
        self.newline = self.random.choice(("\n", "\n", "\n", "\r\n"))
        self.logs = self.chance(0.6)
        main = [
            self.some("worker_processes {};", ("auto", "1", "4", '"2"')),
            self.some("worker_rlimit_nofile {};", ("1024", "500000")),
            self.block("events", [self.some("worker_connections {};", ("768", "100000", "'1024'"))]),
            self.block("http", self.http()),
        ]
        self.random.shuffle(main)
        self.save(MAIN, self.text([*main, self.comment()]))
        return self.files

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, form: str, values: tuple[str, ...], share: float = 0.5) -> str:
        return form.replace("{}", self.random.choice(values)) if self.chance(share) else ""

    def comment(self) -> str:
        return self.random.choice(_COMMENTS) + self.newline if self.chance(0.2) else ""

    def http(self) -> list[str]:
        names = self.names(_HTTP, 0.5)
        inner = [f"{name} {self.random.choice(_HTTP[name])};" for name in names]
        inner += [
            f"log_format f{i} {self.random.choice(_STRINGS[:5])} '$uri';" for i in range(self.random.randint(0, 1))
        ]
        inner += [
            self.block(f"map $uri $m{i}", ["sendfile on;", "default 1;", '"a;b" 2;'])
            for i in range(self.random.randint(0, 1))
        ]
        inner += [self.block("types", ["text/plain txt;"])] if self.chance(0.3) else []
        self.upstreams = self.chance(0.7)
        if self.upstreams:
            inner.append(self.upstream())
        for _ in range(self.random.randint(0, 3)):
            inner.append(self.server())
        if self.logs:
            inner.append(self.some("access_log {};", ("off", *_LOGS)))
        self.random.shuffle(inner)
        return [self.included(text) if text and self.chance(0.2) else text for text in inner]

    def names(self, table: dict[str, tuple[str, ...]], share: float) -> list[str]:
        return [name for name in table if self.chance(share)]

    def upstream(self) -> str:
        return self.block(
            "upstream site",
            [
                "server unix:/run/site.sock fail_timeout=0;",
                self.some("keepalive {};", ("4", "64")),
                self.some("keepalive_timeout {};", ("20", "90s"), 0.3),
            ],
        )

    def server(self) -> str:
        inner = [self.listen(port) for port in _PORTS if self.chance(0.5)]
        inner += [
            f"{name} {self.random.choice(_HTTP[name])};" for name in self.names(_HTTP, 0.1) if name not in _NOT_SERVER
        ]
        inner.append(self.some("set $x {};", _STRINGS))
        if self.logs:
            inner.append(
                self.some("access_log {};", ("off", *_LOGS, "syslog:server=127.0.0.1", "/var/log/$host.log"), 0.3)
            )
        for place in ("/", "/api", '~ "^/a{2}$"'):
            if self.chance(0.4):
                inner.append(self.location(place))
        self.random.shuffle(inner)
        return self.block("server", inner)

    def location(self, place: str) -> str:
        targets = ("http://site", "http://127.0.0.1:9", *(() if place.startswith("~") else ("http://site/",)))
        inner = [
            self.some("proxy_pass {};", targets, 0.7) if self.upstreams else "",
            self.some("proxy_set_header {};", ("Host $host", 'Connection ""', "X-Y 'a;b'"), 0.4),
            self.some("proxy_http_version {};", ("1.0", "1.1"), 0.3),
            self.some("return 200 {};", _STRINGS, 0.2),
        ]
        return self.block(f"location {place}", inner)

    def listen(self, port: int) -> str:
        if self.chance(0.1):
            return f"listen [::1]:{port};"
        if self.chance(0.1):
            return f"listen unix:/run/nginx-{port}-{self.random.randint(0, 10**9)}.sock;"
        form = self.random.choice(_LISTENS)
        address = "*" if form in _WILD or form.startswith('"') else form
        key = f"{address}{port}"
        words = [form.replace("{port}", str(port))]
        if key not in self.options and self.chance(0.3):
            self.options.add(key)
            words += self.random.sample(_OPTIONS[:1] + _OPTIONS[2:3] + _OPTIONS[5:], self.random.randint(1, 2))
        return f"listen {' '.join(words)};"

    def included(self, text: str) -> str:
        """The statement in a file of its own."""
        name = f"conf.d/{len(self.files)}{self.random.choice('abc')}.conf"
        self.save(f"{ROOT}/{name}", self.text([text, self.comment()]))
        return self.random.choice((f"include {name};", f"include {ROOT}/{name};", f"include {name[:-1]}?;"))

    def block(self, head: str, inner: list[str]) -> str:
        one_line = self.chance(0.2)
        between = "" if one_line else self.newline
        indent = "" if one_line else self.random.choice(("\t", "    ", ""))
        body = between.join(indent + text for text in inner if text)
        gap = self.random.choice(("", " ", self.newline))
        return f"{head}{gap}{{{between}{self.comment()}{body}{between}}}"

    def text(self, statements: list[str]) -> str:
        between = self.random.choice((self.newline, self.newline * 2, " "))
        end = self.random.choice((self.newline, ""))
        return between.join(text for text in statements if text) + end

    def save(self, path: str, text: str) -> None:
        self.files[path] = text.replace("\r\n", "\n").replace("\n", self.newline).encode("latin-1")


@dataclass
class Folder:
    """The files as the configuration's reader wants them."""

    files: dict[str, bytes]

    def real(self, path: str) -> str:
        return posixpath.normpath(path)

    def read(self, real: str) -> bytes:
        try:
            return self.files[real]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory") from None

    def names(self, folder: str) -> list[str]:
        start = folder.rstrip("/") + "/"
        found = {path[len(start) :].split("/")[0] for path in self.files if path.startswith(start)}
        return sorted({".", "..", *found}) if found else []
