"""Holds dropins.py against systemd, on random units. Usage: limitOracle.py SEED UNITS. Prints JSON."""

import glob
import json
import os
import random
import sys

sys.path.insert(0, glob.glob("/var/lib/heavyload/bin/*/")[0])

from heavyload.limits import dropins
from heavyload.system.run import run

FOLDER = "/run/systemd/system"
NAME = "heavyload-oracle"
VALUES = (
    *("4096", "1024:4096", "infinity", "1024:infinity", "4096:1024", "", "unlimited", "64K", "0x1000", "010", "08"),
    *(
        "4096 # room",
        "4096;",
        '"4096"',
        "1:2:3",
        ":",
        "1024:",
        ":4096",
        "1024 : 4096",
        "-1",
        "+5",
        "99999999999999999999",
    ),
    *("18446744073709551615", "infinity:infinity", "infinity:1", "4096\\\n", "40\\\n96", "4096 \\\n# note\n", "1e3"),
)
FORMS = (
    "LimitNOFILE={}",
    "LimitNOFILE = {}",
    "  LimitNOFILE={}  ",
    "#LimitNOFILE={}",
    ";LimitNOFILE={}",
    "limitnofile={}",
    "LimitNOFILESoft={}",
    "LimitNOFILE={}",
    "LimitNOFILE={}",
)
HEADS = ("[Service]", "[Service]", "[Unit]", "[Install]", " [Service] ", "[service]", "# [Unit]")


def text():
    lines = ["[Service]", "ExecStart=/bin/true"]
    for _ in range(random.randint(1, 4)):
        if random.random() < 0.3:
            lines.append(random.choice(HEADS))
        lines.append(random.choice(FORMS).format(random.choice(VALUES)))
    return "".join(f"{line}\n" for line in lines)


def shown(name):
    said = run(("systemctl", "show", "-p", "LimitNOFILE", "-p", "LimitNOFILESoft", name)).out
    values = dict(line.split("=") for line in said.split())
    number = {"infinity": str(dropins.INFINITY)}
    return " ".join(number.get(values[key], values[key]) for key in ("LimitNOFILESoft", "LimitNOFILE"))


def main(seed, count):
    random.seed(seed)
    texts = {f"{NAME}-{number}.service": text() for number in range(int(count))}
    texts[f"{NAME}.service"] = "[Service]\nExecStart=/bin/true\n"
    os.makedirs(FOLDER, exist_ok=True)
    for name, content in texts.items():
        with open(f"{FOLDER}/{name}", "w") as file:
            file.write(content)
    run(("systemctl", "daemon-reload"))
    default = shown(f"{NAME}.service")
    different = []
    for name, content in texts.items():
        found = [value for _, value in dropins.assignments(content)]
        predicted = found[-1] if found else default
        if predicted != shown(name):
            different.append([content, predicted, shown(name)])
    for name in texts:
        os.unlink(f"{FOLDER}/{name}")
    run(("systemctl", "daemon-reload"))
    print(json.dumps({"compared": len(texts), "different": different[:5]}))


main(*sys.argv[1:])
