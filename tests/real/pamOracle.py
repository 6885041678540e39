"""Holds pamlimits.py against the real pam_limits, on random files. Usage: pamOracle.py SEED ROUNDS. Prints JSON."""

import glob
import json
import pwd
import random
import sys

sys.path.insert(0, glob.glob("/var/lib/heavyload/bin/*/")[0])

from heavyload.limits import limitsd, sessions
from heavyload.limits import logins as loginlimits
from heavyload.limits import pam as pamlimits
from heavyload.paths import LIMITS_CONF, LIMITS_FILE, LIMITS_FOLDER
from heavyload.system import ceiling
from heavyload.system.run import run_in_unit

FILES = (LIMITS_CONF, f"{LIMITS_FOLDER}/10-a.conf", LIMITS_FILE, f"{LIMITS_FOLDER}/zz.conf")
USERS = ("guest", "root")
UID, GID = pwd.getpwnam("guest")[2:4]
DOMAINS = (
    *("guest", "@users", "@guest", "*", "root", "@root", "bob", "%users", "0:"),
    *(f"{UID}:{UID}", f"{UID}:", f"{UID + 1}:", f":{UID}", "@:100", "@100:200", f"@{GID - 1}:{GID}"),
)
# Where no hard limit may rise, one above it sets nothing.
NO_LIMITS = () if ceiling.here().fixed else ("-", "-1", "unlimited", "INFINITY")
VALUES = (
    *("{}", "{}", "{}", "{} servers", "{}x", "{}# note", "\t{}\t# note", "+{}", "0{}", "{}:9"),
    *("none", "", ":{}", "x{}", *NO_LIMITS),
)
EXEMPT = ("guest -", "@users -", "* -", "0: -", f"{UID}: - ")
# What a login gets without any line, and what an exempted one keeps of its service.
DEFAULT = sessions.open_for(["root"])["root"].limit.split()
KEPT = run_in_unit(("/bin/sh", "-c", "ulimit -Sn; ulimit -Hn")).out.split()


def lines():
    for _ in range(random.randint(0, 3)):
        kind, item = (
            random.choice(("soft", "hard", "-", "HARD")),
            random.choice(("nofile", "NOFILE", "nofile", "nproc")),
        )
        yield f"{random.choice(DOMAINS)} {kind} {item} {random.choice(VALUES).format(random.randint(2000, 9000))}"
    if random.random() < 0.1:
        yield random.choice(EXEMPT)


def predicted(user):
    found = []
    for place, kind in enumerate(("soft", "hard")):
        line = pamlimits.deciding(limitsd.others(None), loginlimits._login(user), kind)
        found.append(loginlimits._value(line, int(DEFAULT[place])) if not line or line.value else int(KEPT[place]))
    return f"{min(found)} {found[1]}"


def main(seed, rounds):
    random.seed(seed)
    different = []
    for _ in range(int(rounds)):
        texts = {path: "".join(f"{line}\n" for line in lines()) for path in FILES}
        for path, text in texts.items():
            with open(path, "w") as file:
                file.write(text)
        for user, session in sessions.open_for(USERS).items():
            if session.limit != predicted(user):
                different.append([user, predicted(user), session, texts])
    print(json.dumps({"compared": int(rounds) * len(USERS), "different": different}))


main(*sys.argv[1:])
