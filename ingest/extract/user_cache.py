"""Files in the user's cache folder: what would be made anew by each process, made once and read by all.

Nothing depends on them: who finds none, or cannot write one, makes the thing itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["cached_file", "write_whole"]


def cached_file(name: str) -> Path | None:
    """Where the file ``name`` is, or would be; ``None`` where the user has no folder for such.

    ``$XDG_CACHE_HOME``, else ``~/.cache`` (XDG Base Directory Specification), ``~/Library/Caches`` or
    ``%LOCALAPPDATA%``.
    """
    try:
        return _folder() / "copydesk" / name
    except RuntimeError:
        return None


def _folder() -> Path:
    if sys.platform == "win32":
        stated = os.environ.get("LOCALAPPDATA")
        return Path(stated) if stated else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    stated = os.environ.get("XDG_CACHE_HOME")
    # The specification has relative ones ignored.
    return Path(stated) if stated and Path(stated).is_absolute() else Path.home() / ".cache"


def write_whole(place: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write ``parts`` into the file ``place``, at once or not at all, for the user alone.

    Raises:
        OSError: it cannot be written.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{place.name}-", dir=place.parent)
    try:
        with open(handle, "wb") as stream:
            stream.writelines(parts)
        os.replace(name, place)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
