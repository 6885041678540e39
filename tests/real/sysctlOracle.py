"""Holds sysctld.py and procsys.py against the real systemd-sysctl and kernel, on random files. Usage: sysctlOracle.py
SEED ROUNDS. Prints JSON."""

import glob
import json
import os
import random
import shutil
import sys

sys.path.insert(0, glob.glob("/var/lib/heavyload/bin/*/")[0])

from heavyload.kernel import sysctld
from heavyload.system import procsys
from heavyload.system.run import run

SYSTEMD = next(
    path for path in ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl") if os.path.exists(path)
)
FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/lib/sysctl.d")
NAMES = ("10-a.conf", "99-sysctl.conf", "99-zz-heavyload.conf", "99-zzz.conf", ".hidden.conf", "b.conf~", "Z.conf")
START = {
    "net.core.somaxconn": "4096",
    "net.ipv4.tcp_fin_timeout": "61",
    "net.ipv4.ip_local_port_range": "32768 60999",
    "net.ipv4.ip_local_reserved_ports": "",
}
SPELLED = (
    *("net.core.somaxconn", "net/core/somaxconn", "/net/core/somaxconn", "net.core.somax*", "net/*/somaxconn", "net.*"),
    *("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_fin_timeou?", "net.*.tcp_fin_timeout", "*.ipv4.tcp_fin_*"),
    *("net.ipv4.ip_local_port_range", "net.ipv4.ip_local_[p]ort_range", "net.ipv4.ip_local_reserved_ports"),
)
VALUES = (
    *(
        "1024",
        " 2048 ",
        "0x1000",
        "010",
        "1025;",
        "32k",
        "{{x}}",
        "1024 # room",
        "1024# room",
        "",
        "08",
        "0x",
        "2000 40000",
    ),
    *("20000 50000", "20000 50000 # wide", "20000;50000", "20000\t50000 7", "8080,9000-9002", "8080, 9000", "8080 # x"),
    *("99999999999", "unlimited", '"1024"'),
)
FORMS = (
    "{key} = {value}",
    "{key}={value}",
    "-{key} = {value}",
    " {key}\t=\t{value} ",
    "-{key}",
    "# {key} = {value}",
    "; {key} = {value}",
    "{key} {value}",
    "-{key}",
    "{key} = {value}",
    "{key} = {value}",
)


def text():
    lines = [
        random.choice(FORMS).format(key=random.choice(SPELLED), value=random.choice(VALUES))
        for _ in range(random.randint(0, 3))
    ]
    return "".join(f"{line}\n" for line in lines)


def predicted(key, now):
    before, after = sysctld.read("/etc/sysctl.d/")
    said = sysctld.said([*before, *after], key, now)
    return said.value if said else now


def main(seed, rounds):
    random.seed(seed)
    different = []
    for _ in range(int(rounds)):
        texts = {f"{folder}/{name}": text() for folder in FOLDERS for name in NAMES if random.random() < 0.3}
        for folder in FOLDERS:
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        for path, content in texts.items():
            with open(path, "w") as file:
                file.write(content)
        for key, value in START.items():
            procsys.write(key, value)
        now = {key: procsys.read(key) for key in START}
        run([SYSTEMD])
        for key in START:
            if procsys.read(key) != predicted(key, now[key]):
                different.append([key, predicted(key, now[key]), procsys.read(key), texts])
    print(json.dumps({"compared": int(rounds) * len(START), "different": different[:3]}))


main(*sys.argv[1:])
