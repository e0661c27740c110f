"""What one task may take of CPU time and memory, kept by the kernel in the worker itself.

The CPU time is a profiling timer (``setitimer(2)``, ``ITIMER_PROF``) whose signal ends the process,
wherever it is, also within a C library that holds the interpreter. The memory is a limit of the
address space (``setrlimit(2)``, ``RLIMIT_AS``): an allocation beyond it fails. Where the system has
one of the two not, the parent's limit of time remains.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.settings import CollectSettings

__all__ = ["Limits", "Meter", "died_of"]

MIB = 1024 * 1024
#: Share of the memory that an attempt must have reached for its failure to be one of memory.
NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take."""

    #: Seconds of CPU, the system's for it included.
    cpu: float = 5.0
    #: Bytes of the worker's resident memory, what it had before included.
    memory: int = 500 * MIB
    #: Seconds, whatever it does.
    time: float = 60.0

    def too_long(self, cpu: float) -> str:
        """Why a task of ``cpu`` seconds at most was ended."""
        return f"took more than {cpu:g} s of CPU to read"

    @classmethod
    def of(cls, settings: CollectSettings) -> Limits:
        """What the operator allows."""
        return cls(settings.most_cpu, settings.most_memory * MIB)

    @property
    def too_large(self) -> str:
        """Why a task was given up that asked for more memory."""
        return f"took more than {self.memory // MIB} MB of memory to read"


class Meter:
    """Keeps the limits in a worker's process; one for its life."""

    def __init__(self, limits: Limits) -> None:
        """Limit the memory of this process from now on."""
        self.limits = limits
        pages = _pages()
        if pages is not None:
            size, resident = pages
            # What is mapped and not resident (libraries, the parent's memory) does not count.
            most = size + max(0, limits.memory - resident)
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))

    @contextlib.contextmanager
    def timing(self, cpu: float | None) -> Iterator[None]:
        """End the process where the block takes more than ``cpu`` seconds of CPU; usual ones if ``None``."""
        signal.setitimer(signal.ITIMER_PROF, cpu or self.limits.cpu)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def is_swollen(self) -> bool:
        """Whether the process came near its memory: it should make room for a fresh one."""
        return _peak() > NEAR * self.limits.memory


def died_of(exit_code: int | None) -> signal.Signals | None:
    """The signal that ended a process, by multiprocessing's exit code."""
    if exit_code is None or exit_code >= 0:
        return None
    with contextlib.suppress(ValueError):
        return signal.Signals(-exit_code)
    return None


def _pages() -> tuple[int, int] | None:
    """Bytes of the address space and of the resident memory; ``None`` where nobody says."""
    try:
        size, resident = Path("/proc/self/statm").read_text().split()[:2]
    except (OSError, ValueError):
        return None
    page = resource.getpagesize()
    return int(size) * page, int(resident) * page


def _peak() -> int:
    # In kilobytes, on macOS in bytes.
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
