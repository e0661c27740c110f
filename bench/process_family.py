"""What a process and its descendants take together, read from ``/proc`` (so on Linux)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

__all__ = ["ProcessFamily", "memory_of_family"]


class ProcessFamily:
    """Watches a process and its descendants: memory at its peak, CPU in all.

    Memory is the sum of their proportional set sizes (``/proc/PID/smaps_rollup``). CPU is read from
    each process as long as it lives, so up to one interval of each is missed at its end.
    """

    def __init__(self, pid: int, *, interval: float = 0.1, itself: bool = True) -> None:
        """Begin to watch.

        Args:
            pid: the process.
            interval: seconds between two looks, each of which costs some CPU.
            itself: whether it counts, or only its descendants.
        """
        self._pid = pid
        self._interval = interval
        self._itself = itself
        self._peak = 0
        self._cpu: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[int, float]:
        """(bytes, seconds)."""
        self._stop.set()
        self._thread.join()
        return self._peak, sum(self._cpu.values())

    def by_process(self) -> dict[int, float]:
        """Seconds of each process, by its number, as last seen."""
        return dict(self._cpu)

    def _watch(self) -> None:
        while not self._stop.wait(self._interval):
            family = _family(self._pid)[0 if self._itself else 1 :]
            self._peak = max(self._peak, sum(map(_proportional_set, family)))
            for pid in family:
                self._cpu[pid] = max(self._cpu.get(pid, 0.0), _cpu_seconds(pid))


def memory_of_family(pid: int) -> int:
    """Bytes that ``pid`` and its descendants take now, by their proportional set sizes."""
    return sum(map(_proportional_set, _family(pid)))


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    """``pid`` and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
    family = [pid]
    for member in family:
        family += parents.get(member, [])
    return family


def _proportional_set(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
