"""``copydesk`` with the CPU of each of its threads told at the end.

    python -m bench.pipeline.measured_command REPORT ARGUMENTS ...

The command runs as it is; its threads are named by what they do (``copydesk-writer``, ``asyncio_0``).
REPORT gets their seconds as one JSON object, with ``process``, the whole process's.
"""

# Worker processes import this module: nothing but the standard library here.
from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

_seconds: defaultdict[str, float] = defaultdict(float)
_lock = threading.Lock()


def _count_threads() -> None:
    """From now on each thread notes its CPU when it ends."""
    start = threading.Thread.start

    def started(self: threading.Thread) -> None:
        run = self.run
        name = self.name if type(self) is threading.Thread else type(self).__name__

        def counted() -> None:
            try:
                run()
            finally:
                with _lock:
                    _seconds[name] += time.thread_time()

        self.run = counted  # type: ignore[method-assign]
        start(self)

    threading.Thread.start = started  # type: ignore[method-assign]


def main() -> None:
    """Run the command line with what follows REPORT."""
    report = Path(sys.argv[1])
    sys.argv = ["copydesk", *sys.argv[2:]]
    _count_threads()
    try:
        from ingest.cli import main as copydesk

        copydesk()
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        with _lock:
            threads = dict(_seconds)
        threads["MainThread"] = time.thread_time()
        process = used.ru_utime + used.ru_stime
        report.write_text(json.dumps({"threads": threads, "process": process}))


if __name__ == "__main__":
    main()
