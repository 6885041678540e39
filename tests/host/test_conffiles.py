from __future__ import annotations

from pathlib import Path

from heavyload.system import conffiles

STATUS = """\
Package: adduser
Status: install ok installed
Conffiles:
 /etc/adduser.conf 967cbb7c14ad8c5a8d5ab1b4f2a6a8f4
Description: add and remove
 /etc/nginx/nginx.conf is not one here

Package: nginx-common
Conffiles:
 /etc/default/nginx 8d1a0bc9b2a2b8d6
 /etc/nginx/nginx.conf e7a2b6d4 obsolete
Description: nginx
"""


def test_the_package_of_a_conffile_is_known(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text(STATUS)
    wanted = ("/etc/nginx/nginx.conf", "/etc/nginx/sites-available/site", "/etc/adduser.conf")
    found = conffiles.packages(wanted, str(status))
    assert found == {"/etc/nginx/nginx.conf": "nginx-common", "/etc/adduser.conf": "adduser"}
    assert conffiles.packages(wanted, str(tmp_path / "none")) == {}
