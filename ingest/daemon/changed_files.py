"""Whether the settings file or a source file is another than before, by looking at them every few seconds.

No watch of the system's: there is none on a share, and a mounted volume of a container tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["FileState", "Stillness", "state_of"]

#: What tells a file from what it was: number, size, times of change, by its path.
FileState = Mapping[str, tuple[int, ...]]


def state_of(settings: Path | None, folder: Path | None) -> FileState:
    """How the settings file and the source files of a folder and its subfolders are.

    The same files as the catalogue reads: those of editors, which begin with a dot or do not end in
    ``.toml``, do not count. What cannot be looked at counts as not there.
    """
    paths = [settings] if settings is not None else []
    if folder is not None:
        try:
            paths += [
                path
                for path in folder.rglob("*.toml")
                if not any(part.startswith(".") for part in path.relative_to(folder).parts)
            ]
        except OSError:
            pass
    found = {}
    for path in paths:
        try:
            seen = path.stat()
        except OSError:
            continue
        found[str(path)] = (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    return found


class Stillness:
    """Tells a change once, when the files have stayed the same for two looks in a row.

    So no file is read that is being written, nor a folder in which files are being put.
    """

    def __init__(self, used: FileState) -> None:
        """``used``: how the files were before they were read."""
        self._used = self._seen = used

    def look(self, state: FileState) -> bool:
        """Whether the files are to be read again; how they are now counts as read then."""
        still, self._seen = state == self._seen, state
        if not still or state == self._used:
            return False
        self._used = state
        return True

    def read(self, state: FileState) -> None:
        """Note that the files were read as they are in ``state``."""
        self._used = self._seen = state
