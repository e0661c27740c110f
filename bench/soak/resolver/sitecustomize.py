"""The resolver of the soak: names stand in a file, ``SOAK_HOSTS``, one a line; all of them are this machine.

Python imports a module of this name at its start from wherever ``PYTHONPATH`` says, so that the daemon
itself runs unchanged: what it asks the system for is answered here, anew each time.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

_ask_system = socket.getaddrinfo


def _resolve(host: Any, port: Any, *arguments: Any, **more: Any) -> Any:
    if isinstance(host, str) and host.endswith(".example"):
        if host not in Path(os.environ["SOAK_HOSTS"]).read_text(encoding="utf-8").split():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        host = "127.0.0.1"
    return _ask_system(host, port, *arguments, **more)


if "SOAK_HOSTS" in os.environ:
    socket.getaddrinfo = _resolve
