"""Times the tuning of large configurations of nginx: reading, editing, and the way back. Prints JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "components" / "host"), str(ROOT / "tests" / "host")]

from heavyload.nginxtext import configuration, tuning  # noqa: E402
from nginxgrammar import MAIN, Folder  # noqa: E402
from nginxwishes import FACTS, WISHES  # noqa: E402

SITE = """server {
    listen 443 ssl;
    server_name shop%d.example;
    access_log /var/log/nginx/shop%d.log;
    location / { proxy_pass http://app; proxy_read_timeout 3; }
}
"""


def servers(count: int) -> str:
    return "".join(SITE % (number, number) for number in range(count))


def ports(count: int) -> str:
    return f"server {{ listen 20000-{19999 + count}; }}"


def seconds(inside: str) -> float:
    folder = Folder({MAIN: f"events {{}}\nhttp {{\n{inside}}}\n".encode()})
    start = time.perf_counter()
    tuning.tuned(configuration.read(MAIN, folder), WISHES, FACTS)
    return time.perf_counter() - start


rounds = int(sys.argv[1])
cases = [("servers", servers, 750), ("servers", servers, 3000), ("ports", ports, 1000), ("ports", ports, 4000)]
print(json.dumps([[what, count, [seconds(make(count)) for _ in range(rounds)]] for what, make, count in cases]))
