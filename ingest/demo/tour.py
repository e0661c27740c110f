"""A folder from which the demo's sites are reached as if they were on the web.

Their names are invented, and they are served on a port of the loopback interface; the settings file
in the folder says so, so that a command that is run there needs no further option.
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import InputError
from ingest.settings import CONFIG_NAME

__all__ = ["Tour", "open_tour"]

#: The first line of the settings file; a folder without it is somebody else's.
_MARK = "# Written by `copydesk demo --serve`, for trying Copydesk on the sites of the demo."
_NEW = f"""{_MARK}
# What you switch on here stays; the ports are renewed each time the sites are served.
database = "copydesk.sqlite3"
sources_folder = "publishers"

[client]
delay = 0.02  # the sites are on this machine; left out, it is one request a second
retries = 1

[client.connect_to]
"""


@dataclass(frozen=True, slots=True)
class Tour:
    """The folder, ready to be written."""

    folder: Path
    #: Where the sites were served the last time; 0 where they never were.
    last_port: int

    def write(self, connect_to: Mapping[str, str]) -> Path:
        """Write the settings file: each host to its ``ip:port``; everything else in it stays.

        Raises:
            InputError: it cannot be written.
        """
        import tomlkit

        path = self.folder / CONFIG_NAME
        try:
            self.folder.mkdir(exist_ok=True)
            text = path.read_text(encoding="utf-8") if path.exists() else _NEW
            document: Any = tomlkit.parse(text)
            client = document.setdefault("client", tomlkit.table())
            client["connect_to"] = dict(connect_to)
            path.write_text(tomlkit.dumps(document), encoding="utf-8")
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be written: {error}") from None
        return path


def open_tour(folder: Path) -> Tour:
    """The tour in ``folder``, which need not be there yet; nothing is written.

    Raises:
        InputError: the folder is used for something else, or its sites are being served already.
    """
    if not folder.exists():
        if not folder.absolute().parent.is_dir():
            raise InputError(f"{folder}: the folder {folder.parent} does not exist")
        return Tour(folder, 0)
    if not folder.is_dir():
        raise InputError(f"{folder}: is no folder; choose another with --folder")
    try:
        if not any(folder.iterdir()):
            return Tour(folder, 0)
        path = folder / CONFIG_NAME
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{folder}: cannot be read: {error}") from None
    if not text.startswith(_MARK):
        raise InputError(f"{folder}: has other files in it; choose another with --folder")
    host, port = _target(text)
    if port and _answers(host, port):
        raise InputError(
            f"{folder}: its sites are served already, on port {port}; end the other"
            " `copydesk demo --serve`, or choose another folder with --folder"
        )
    return Tour(folder, port)


def _target(text: str) -> tuple[str, int]:
    """Name and port of one of the sites of an earlier time."""
    import tomllib

    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        targets: dict[str, str] = tomllib.loads(text)["client"]["connect_to"]
        for host, target in targets.items():
            port = int(target.rpartition(":")[2])
            if 0 < port < 65536:
                return host, port
    return "", 0


def _answers(host: str, port: int) -> bool:
    """Whether the site is there, and not something else on its port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
