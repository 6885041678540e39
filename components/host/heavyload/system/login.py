"""Whose login this is: the user that SSH let in, whatever sudo made of it since."""

from __future__ import annotations

import os
import pwd

_VARIABLE = "HEAVYLOAD_LOGIN"


def user() -> str:
    return os.environ.get(_VARIABLE) or os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def handed_on() -> str:
    """For the unit, which knows nothing of who asked for it: a variable of its environment."""
    return f"{_VARIABLE}={user()}"
