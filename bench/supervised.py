"""Runs a command and says what it and all its descendants took: CPU to the last tick, peak memory.

    python -m bench.supervised --report FILE [--cores 0] [--most-seconds 600] -- COMMAND ...

Descendants that outlive their parent come to this process (a subreaper, Linux), which waits for them:
so the CPU is the kernel's own sum, start and end included; how it is divided among them is looked up
twice a second. FILE gets one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

from bench.process_family import ProcessFamily

_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Run the command; ends with its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--cores", help="numbers of the cores it may use, with commas")
    parser.add_argument("--most-seconds", type=float, default=3600, help="then it is ended")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if options.cores:
        os.sched_setaffinity(0, {int(core) for core in options.cores.split(",")})
    started = time.perf_counter()
    # A session of its own: what is left of it at the end can be ended without touching others.
    child = subprocess.Popen(command, start_new_session=True)
    family = ProcessFamily(os.getpid(), interval=0.5, itself=False)
    try:
        code = child.wait(options.most_seconds)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        child.terminate()
        try:
            code = child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
    seconds = time.perf_counter() - started
    peak, _ = family.stop()
    by_process = family.by_process()
    _wait_for_the_rest(child.pid)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    options.report.write_text(
        json.dumps(
            {
                "code": code,
                "seconds": seconds,
                "cpu_seconds": used.ru_utime + used.ru_stime,
                "kernel_seconds": used.ru_stime,
                "peak_bytes": peak,
                # Of the command's own process first.
                "by_process": [
                    by_process.pop(child.pid, 0.0),
                    *sorted(by_process.values(), reverse=True),
                ],
            }
        )
    )
    raise SystemExit(code if code >= 0 else 128 - code)


def _wait_for_the_rest(group: int, patience: float = 20) -> None:
    """Collect the descendants that are left; those that do not end of themselves are ended."""
    until = time.monotonic() + patience
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            if time.monotonic() > until:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
            time.sleep(0.02)


if __name__ == "__main__":
    main()
