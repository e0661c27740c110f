"""One ``copydesk run`` over a generated loopback site: speed, CPU and memory of the whole pipeline.

    python -m bench.collect
    python -m bench.collect --articles 250 1000 4000 --workers 1

The site runs in a process of its own that is not measured. CPU counts the command and its
extraction workers, start-up included; memory is the largest sum of their proportional set sizes
(``/proc/PID/smaps_rollup``); both are read from /proc ten times a second, so this runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.news_site import HOST

SOURCE = f"""\
name = "bench-herald"
title = "The Bench Herald"
home = "http://{HOST}"
language = "en"

[[endpoint]]
kind = "sitemap"
url = "http://{HOST}/sitemap.xml"

[fetch]
delay = 0
concurrency = 8
"""


def main() -> None:
    """Measure each size and print the table; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="+", default=[1000], help="sizes of the site")
    parser.add_argument(
        "--workers", type=int, default=None, help="extraction processes [number of cores]"
    )
    options = parser.parse_args()
    rows = [measure(articles, options.workers) for articles in options.articles]
    columns = (
        "articles",
        "filed",
        "seconds",
        "articles_per_s",
        "cpu_ms_per_article",
        "peak_memory_mb",
    )
    print("  ".join(f"{name:>18}" for name in columns))
    for row in rows:
        print("  ".join(f"{row[name]:>18}" for name in columns))
    print(json.dumps({"collect": rows}))


def measure(articles: int, workers: int | None) -> dict[str, float]:
    """Collect a site of ``articles`` pages into a new database."""
    with tempfile.TemporaryDirectory() as folder:
        site = subprocess.Popen(
            [sys.executable, "-m", "bench.news_site", "--articles", str(articles)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert site.stdout is not None
        try:
            port = json.loads(site.stdout.readline())["port"]
            return _collect(Path(folder), port, articles, workers)
        finally:
            site.communicate()


def _collect(folder: Path, port: int, articles: int, workers: int | None) -> dict[str, float]:
    (folder / "publishers").mkdir()
    (folder / "publishers" / "bench-herald.toml").write_text(SOURCE)
    (folder / "copydesk.toml").write_text(
        f'[select]\nnames = ["bench-herald"]\n[client.connect_to]\n"{HOST}" = "127.0.0.1:{port}"\n'
        f"[collect]\nmax_pages = {articles}\n"
        + (f"workers = {workers}\n" if workers is not None else "")
    )
    started = time.perf_counter()
    command = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ingest",
            "--config",
            str(folder / "copydesk.toml"),
            "run",
            "--json",
        ],
        stdout=subprocess.DEVNULL,
    )
    family = _Family(command.pid)
    code = command.wait()
    seconds = time.perf_counter() - started
    peak, cpu = family.stop()
    if code:
        raise SystemExit(f"copydesk run ended with {code}")
    with sqlite3.connect(folder / "copydesk.sqlite3") as database:
        (filed,) = database.execute("select count(*) from articles").fetchone()
    database.close()
    if filed != articles:
        raise SystemExit(f"{filed} of {articles} articles were filed")
    return {
        "articles": articles,
        "filed": filed,
        "seconds": round(seconds, 2),
        "articles_per_s": round(articles / seconds, 1),
        "cpu_ms_per_article": round(cpu * 1000 / articles, 2),
        "peak_memory_mb": round(peak / 2**20, 1),
    }


class _Family:
    """What a process and its descendants take together: memory at its peak, CPU in all.

    CPU is read from each process as long as it lives, so up to a tenth of a second of each is
    missed at its end.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._cpu: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> tuple[int, float]:
        """(bytes, seconds)."""
        self._stop.set()
        self._thread.join()
        return self._peak, sum(self._cpu.values())

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            family = _family(self._pid)
            self._peak = max(self._peak, sum(map(_proportional_set, family)))
            for pid in family:
                self._cpu[pid] = max(self._cpu.get(pid, 0.0), _cpu_seconds(pid))


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


if __name__ == "__main__":
    main()
