"""What the tests wish of every configuration: tier 10k's, as its golden file has it; and the host they pretend."""

from __future__ import annotations

import re
from pathlib import Path

from heavyload.manifest import Setting
from heavyload.nginxtext import tuning
from heavyload.rules import COMPUTED
from heavyload.system import addresses
from heavyload.wishes import resolved

_PLAN = (Path(__file__).parents[1] / "golden/10k.txt").read_text()
_RULES = "exactly|at least|at most|widen|by default|computed"
_SETTINGS = [Setting(*found) for found in re.findall(rf"^(nginx\.\S+): ({_RULES}) (.+)$", _PLAN, re.MULTILINE)]
_COMPUTED = {setting.name for setting in _SETTINGS if setting.rule == COMPUTED}
# What people have raised stays raised.
WISHES = {
    name: wish._replace(rule="at least") if name in _COMPUTED else wish
    for name, wish in resolved(_SETTINGS, {}, {"cpus": 2, "memory_mib": 2048}).items()
}
FACTS = tuning.Facts(
    version=(1, 22, 1),
    prefix="/usr/share/nginx",
    access_log="/var/log/nginx/access.log",
    gunicorn=(addresses.Address(addresses.UNIX, "/run/site.sock"),),
    cpus=2,
)
