"""How this very program can be started again: what a hint must say to work as it stands."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

__all__ = ["as_called", "own_command", "own_words"]

_NAME = "copydesk"


def as_called(text: str) -> str:
    """A message whose `` `copydesk ...` `` are commands that work in this shell, as they stand."""
    # Most messages name no command, and finding out costs a look through the PATH.
    return text.replace(f"`{_NAME} ", f"`{own_command()} ") if f"`{_NAME} " in text else text


def own_command(*, elsewhere: bool = False) -> str:
    """The words that start Copydesk in a shell, quoted where they must be.

    ``copydesk`` where the shell finds this one under that name; else its path, such as
    ``.venv/bin/copydesk``; else ``PYTHON -m ingest``.

    Args:
        elsewhere: it is to be typed in another folder than this one, so paths are absolute.
    """
    script = _script()
    if script is None:
        return f"{shlex.quote(_shown(Path(sys.executable), elsewhere=elsewhere))} -m ingest"
    found = shutil.which(_NAME)
    if found is not None and Path(found).absolute() == script:
        return _NAME
    return shlex.quote(_shown(script, elsewhere=elsewhere))


def own_words() -> tuple[str, ...]:
    """The same as words with absolute paths, for a program that starts it without a shell."""
    script = _script()
    if script is None:
        return (str(Path(sys.executable).absolute()), "-m", "ingest")
    return (str(script),)


def _script() -> Path | None:
    """The script that was started, or that is installed beside the interpreter."""
    called = Path(sys.argv[0])
    # A bare name was found through the PATH, whatever lies in this folder.
    if called.name == _NAME and len(called.parts) > 1 and called.is_file():
        return called.absolute()
    beside = Path(sys.executable).with_name(_NAME)
    return beside.absolute() if beside.is_file() else None


def _shown(path: Path, *, elsewhere: bool) -> str:
    here = Path.cwd()
    if not elsewhere and path.is_relative_to(here):
        return str(path.relative_to(here))
    return str(path)
