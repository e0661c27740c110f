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
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.news_site import HOST
from bench.process_family import ProcessFamily

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
    family = ProcessFamily(command.pid)
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


if __name__ == "__main__":
    main()
