"""Turns of processes that write one SQLite file: whoever waits is next, and hears of it at once.

SQLite lets a writer in whenever the file happens to be free as it looks, and looks every tenth of a
second: a process that has waited long is passed by one that has just let go. Here the processes of a
machine line up at two lock files, of which the kernel lets go when their process ends, however it does.
Whoever holds the first is the next one, and waits for the second, which is held while writing; the one
that has written cannot have that again before the next one has had it.

It is manners and no more: what is right is decided by SQLite's own lock, which other programs take
without asking here. So a turn that does not come, or cannot be asked for, is done without.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: SQLite's own lock has to do
    fcntl = None  # type: ignore[assignment]

__all__ = ["Turns"]

#: Seconds between two looks, and after which a turn is done without: somebody sleeps with the lock, and
#: SQLite knows better whether it writes.
_PAUSE, _LONGEST = 0.0005, 2.0


class Turns:
    """The turns at one file, as one writer takes them. Of one thread."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Open nothing yet; ``folder`` is where the lock files stand, and is made."""
        self._folder = folder
        self._clock = clock
        self._sleep = sleep
        self._files: tuple[int, int] | None = None

    @contextmanager
    def turn(self, meanwhile: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Write while the block runs. ``meanwhile`` is called between looks, for what can be done then."""
        files = self._opened()
        if files is None:
            yield
            return
        next_one, writing = files
        deadline = self._clock() + _LONGEST
        held = False
        if self._wait(next_one, deadline, meanwhile):
            try:
                held = self._wait(writing, deadline, meanwhile)
            finally:
                _let_go(next_one)
        try:
            yield
        finally:
            if held:
                _let_go(writing)

    def close(self) -> None:
        """Close the lock files."""
        files, self._files = self._files, None
        for each in files or ():
            with contextlib.suppress(OSError):
                os.close(each)

    def _opened(self) -> tuple[int, int] | None:
        if self._files is None and fcntl is not None:
            opened: list[int] = []
            try:
                self._folder.mkdir(exist_ok=True)
                for name in ("writing-next.lock", "writing.lock"):
                    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                    opened.append(os.open(self._folder / name, flags, 0o666))
            except OSError:
                for each in opened:
                    os.close(each)
                return None
            self._files = (opened[0], opened[1])
        return self._files

    def _wait(self, file: int, deadline: float, meanwhile: Callable[[], object]) -> bool:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            except OSError:  # a file system without locks
                return False
            else:
                return True
            if self._clock() > deadline:
                return False
            meanwhile()
            self._sleep(_PAUSE)


def _let_go(file: int) -> None:
    with contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_UN)
