"""The work as pyinfra does it: `pyinfra inventory.py deploy.py`, with the work in the file that WORK names."""

import io
import json
import os

from pyinfra.operations import files, server, systemd

with open(os.environ["WORK"], encoding="utf-8") as file:
    work = json.load(file)


def text(path, content):
    return files.put(name=path, src=io.StringIO(content), dest=path, mode="644")


for key, value in work["sysctl"].items():
    server.sysctl(name=key, key=key, value=value, persist=True, persist_file="/etc/sysctl.d/99-tuned.conf")
text("/etc/security/limits.d/99-tuned.conf", "".join(f"{line}\n" for line in work["limits"]))
units = [text(path, content) for path, content in work["dropins"].items()]
systemd.daemon_reload(name="daemon-reload", _if=lambda: any(unit.did_change() for unit in units))
gunicorn = [*units, text("/etc/gunicorn-tuned.conf.py", work["gunicorn"])]
systemd.service(
    name="gunicorn", service="gunicorn", restarted=True, _if=lambda: any(one.did_change() for one in gunicorn)
)
nginx = [text("/etc/nginx/conf.d/tuned.conf", work["http"])]
nginx += [
    files.line(name=one["line"].strip(), path=one["path"], line=one["match"], replace=one["line"])
    for one in work["lines"]
]
systemd.service(name="nginx", service="nginx", reloaded=True, _if=lambda: any(one.did_change() for one in nginx))
