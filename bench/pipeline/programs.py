"""The programs that are measured: ``copydesk run`` and the plain script, and the sites they read."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.pipeline.sites import Site

__all__ = ["Taken", "announce", "copydesk_run", "plain_run", "redesigned", "serving"]

#: Stages by the thread that does them; all that is left of the command's own process is ``other``.
_STAGES = {
    "MainThread": "event_loop",
    "copydesk-writer": "store",
    "_ExecutorManagerThread": "to_workers",
    "QueueFeederThread": "to_workers",
}
#: Seconds that one run may take.
_MOST_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Taken:
    """What a program took, with all its processes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    #: CPU seconds of the process that took most of them, as far as one knows.
    busiest_seconds: float
    #: CPU seconds by stage; of the plain script there is none.
    stages: dict[str, float] = field(default_factory=dict)


@contextlib.contextmanager
def serving(*arguments: str, cores: int | None = None) -> Iterator[int]:
    """The port of a site process, which ends with the block."""
    command = [sys.executable, "-m", "bench.pipeline.site_process", *arguments]
    if cores == 1 and (os.cpu_count() or 1) > 1:
        # The measured processes have the first core, the server has the last.
        command += ["--core", str((os.cpu_count() or 1) - 1)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the generated sites did not start; their error stands above")
        yield json.loads(line)["port"]
    finally:
        process.communicate()


def announce(port: int, start: int, end: int) -> None:
    """Have the sites announce articles ``start`` to ``end`` and no others."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_announce/{start}/{end}", timeout=60):
        pass


def redesigned(port: int) -> set[int]:
    """Numbers of the articles that the site has answered in its new design."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_redesigned", timeout=60) as answer:
        return set(json.loads(gzip.decompress(answer.read())))


def copydesk_run(
    folder: Path,
    port: int,
    sites: Sequence[Site],
    *,
    most: int,
    workers: int | None = None,
    cores: int | None = None,
) -> Taken:
    """``copydesk run`` over ``sites`` with settings and database in ``folder``, which may have some."""
    publishers = folder / "publishers"
    publishers.mkdir(exist_ok=True)
    for site in sites:
        (publishers / f"{site.paper.name}.toml").write_text(site.source_file())
    names = json.dumps([site.paper.name for site in sites])
    connect = "".join(f'"{site.paper.host}" = "127.0.0.1:{port}"\n' for site in sites)
    config = folder / "copydesk.toml"
    config.write_text(
        f"[select]\nnames = {names}\n[collect]\nmax_pages = {most}\n"
        + (f"workers = {workers}\n" if workers is not None else "")
        + f"[client.connect_to]\n{connect}"
    )
    threads = folder / "threads.json"
    taken = _supervised(
        folder,
        ["bench.pipeline.measured_command", str(threads), "--config", str(config), "run", "--json"],
        cores,
    )
    counted = json.loads(threads.read_text())
    return replace(
        taken,
        busiest_seconds=max(taken.busiest_seconds, counted["process"]),
        stages=_stages(counted, taken.cpu_seconds),
    )


def plain_run(folder: Path, port: int, sites: Sequence[Site], *, cores: int | None = None) -> Taken:
    """The plain script over ``sites`` with its database in ``folder``."""
    return _supervised(
        folder,
        [
            "bench.pipeline.plain_script",
            str(folder / "plain.sqlite3"),
            f"127.0.0.1:{port}",
            *(f"{site.paper.home}/sitemap.xml" for site in sites),
        ],
        cores,
    )


def _supervised(folder: Path, module: Sequence[str], cores: int | None) -> Taken:
    """Run ``module``, its name and its arguments, and wait for its end."""
    report, log = folder / "taken.json", folder / "log.txt"
    pinned = ["--cores", ",".join(map(str, range(cores)))] if cores is not None else []
    with log.open("ab") as output:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "bench.supervised", "--report", str(report), *pinned),
                *("--most-seconds", str(_MOST_SECONDS), "--", sys.executable, "-m", *module),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise SystemExit(f"{tail}\n{' '.join(module)} ended with {done.returncode}")
    found = json.loads(report.read_text())
    return Taken(
        found["seconds"], found["cpu_seconds"], found["peak_bytes"], max(found["by_process"])
    )


def _stages(counted: dict[str, object], whole: float) -> dict[str, float]:
    """Seconds by stage, of the threads of the command and of its worker processes."""
    threads = counted["threads"]
    process = counted["process"]
    assert isinstance(threads, dict)
    assert isinstance(process, float)
    stages = dict.fromkeys(
        ("event_loop", "store", "database_reads", "to_workers", "other", "extraction"), 0.0
    )
    for name, seconds in threads.items():
        reads = name.startswith("asyncio_")
        stages["database_reads" if reads else _STAGES.get(name, "other")] += seconds
    # Threads that outlive the count, and those that are not Python's.
    stages["other"] += max(0.0, process - sum(threads.values()))
    stages["extraction"] = max(0.0, whole - process)
    return stages
