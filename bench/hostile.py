"""What hostile pages and documents cost the process that reads them, and what becomes of each.

    python -m bench.hostile
    python -m bench.hostile --kilobytes 100 1000 20000 --only attributes nested

Every input is made here, goes to a real extraction process of its own, and is read as a run reads it.
CPU is of that process, the system's included, and its memory the most that was resident
(``/proc/PID``, so on Linux); those of a process that is ended are as of some milliseconds before.
Ends with 1 where an input took more than the limits by a tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.hostile_inputs import HOME, HostileInput, hostile_inputs
from ingest.errors import ExtractionCrashed
from ingest.extract import Refusal
from ingest.extract.page_context import PageContext
from ingest.workers.limits import MIB, Limits
from ingest.workers.pool import ExtractionPool
from ingest.workers.tasks import Parse, ReadForFiling, ReadPage
from sources.endpoints.reading import parse_document
from sources.errors import EndpointError
from sources.page import Page
from sources.source import Endpoint

#: Seconds between two looks at the process.
_EVERY = 0.02
_HEAD = ("input", "kind", "kB", "CPU s", "peak MB", "what became of it")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one input cost."""

    input: str
    kind: str
    kilobytes: int
    cpu_seconds: float
    peak_megabytes: int
    outcome: str


def main() -> None:
    """Read every input and print the table; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kilobytes", type=int, nargs="+", default=[100, 1000], help="sizes")
    parser.add_argument("--only", nargs="+", help="inputs whose names hold one of these words")
    parser.add_argument(
        "--least", type=float, default=0.0, help="CPU seconds of a row that is shown"
    )
    options = parser.parse_args()
    limits = Limits()
    print(_row(*_HEAD))
    costs = []
    for size in options.kilobytes:
        for hostile in hostile_inputs():
            if options.only and not any(word in hostile.name for word in options.only):
                continue
            cost = asyncio.run(measure(hostile, size, limits))
            costs.append(cost)
            if cost.cpu_seconds >= options.least:
                print(_row(*asdict(cost).values()), flush=True)
    over = [
        cost.input
        for cost in costs
        if cost.cpu_seconds > 1.1 * limits.cpu or cost.peak_megabytes > 1.1 * limits.memory / MIB
    ]
    worst = {
        "inputs": len(costs),
        "most_cpu_seconds": max((cost.cpu_seconds for cost in costs), default=0),
        "most_peak_megabytes": max((cost.peak_megabytes for cost in costs), default=0),
        "over": over,
    }
    print(json.dumps({"hostile": worst, "inputs": [asdict(cost) for cost in costs]}))
    raise SystemExit(bool(over))


async def measure(hostile: HostileInput, kilobytes: int, limits: Limits) -> Cost:
    """Have a fresh process read one input of about ``kilobytes``."""
    body = hostile.make(kilobytes * 1000)
    async with ExtractionPool(1, limits=limits) as pool:
        pid = await pool.submit(Parse("the process", os.getpid, (), {}))
        watch = _Watch(pid)
        try:
            outcome = await _read(hostile, body, pool)
        finally:
            cpu, peak = watch.stop()
    return Cost(hostile.name, hostile.kind, len(body) // 1000, round(cpu, 2), peak // MIB, outcome)


async def _read(hostile: HostileInput, body: bytes, pool: ExtractionPool) -> str:
    url = f"{HOME}/2026/11/the-bridge"
    page = Page(url, url, 200, {}, body, datetime.now(UTC))
    try:
        if hostile.kind == "page":
            task = ReadForFiling(ReadPage(body, PageContext.of(page)))
            found, _ = await pool.submit(task)
            if isinstance(found, Refusal):
                return f"refused, {found.reason}: {found.detail}"
            return f"article of {len(found.article.text)} characters"
        selector = "a" if hostile.kind == "listing" else None
        endpoint = Endpoint(hostile.kind, url, selector)
        parsed = await pool.submit(Parse(url, parse_document, (page, endpoint, None), {}))
    except ExtractionCrashed as error:
        return f"ended: {str(error).removeprefix(f'{url}: ')}"
    links = 0
    try:
        for _ in parsed:
            links += 1
    except EndpointError as error:
        return f"{links} links, then: {error.reason}"
    return f"{links} links"


class _Watch:
    """What a process takes, until it is gone or no longer watched."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        self._before = self._cpu() or 0.0
        self._last, self._peak = 0.0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[float, int]:
        """(seconds of CPU, bytes of memory at the most)."""
        self._over.set()
        self._thread.join()
        self._note()
        return self._last, self._peak

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            self._note()

    def _note(self) -> None:
        cpu = self._cpu()
        if cpu is None:
            return
        self._last = max(self._last, cpu - self._before)
        try:
            lines = (self._folder / "status").read_text().splitlines()
        except OSError:
            return
        for line in lines:
            if line.startswith("VmHWM:"):
                self._peak = max(self._peak, int(line.split()[1]) * 1024)

    def _cpu(self) -> float | None:
        try:
            fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _row(*cells: object) -> str:
    name, kind, size, cpu, peak, outcome = cells
    shown = f"{cpu:.2f}" if isinstance(cpu, float) else cpu
    return f"{name!s:<34} {kind!s:<9} {size!s:>6} {shown!s:>6} {peak!s:>8}  {str(outcome)[:90]}"


if __name__ == "__main__":
    main()
