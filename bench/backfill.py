"""Kill ``copydesk backfill`` with SIGKILL at random points, then let it finish; count its requests.

    python -m bench.backfill --articles 5000 --kills 20 --seed 1

A generated site with a sitemap index is backfilled over loopback. Each of the first commands is
killed after a random time; the last one runs to its end. Then every article must be filed once, none
missing, none waiting, and the server's own count of requests is compared with the least possible: one
for robots.txt, one for each file of the sitemap, one for each article. Ends with 1 where anything is
wrong.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.news_site import HOST

#: Requests beyond the least, as a share of it, that count as none.
TOLERANCE = 0.02


def main() -> None:
    """Kill, finish, count; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000, help="articles of the site")
    parser.add_argument("--files", type=int, default=20, help="files of its sitemap")
    parser.add_argument("--kills", type=int, default=20, help="how often")
    parser.add_argument("--seed", type=int, default=1, help="of the random points")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options)
    print(
        f"{result['filed']} of {result['articles']} articles filed after {result['killed']} kills "
        f"in {result['seconds']} s"
    )
    print(
        f"{result['requests']} requests, at least {result['least']} were needed: "
        f"{100 * result['beyond']:.2f} % more"
    )
    for problem in result["problems"]:
        print(f"wrong: {problem}")
    print(json.dumps({"backfill": result}))
    raise SystemExit(bool(result["problems"]))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Backfill with kills; what came of it."""
    chance = random.Random(options.seed)
    size = ("--articles", str(options.articles), "--files", str(options.files))
    site = subprocess.Popen(
        [sys.executable, "-m", "bench.news_site", *size],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert site.stdout is not None
    port = json.loads(site.stdout.readline())["port"]
    try:
        config = _settings(folder, port)
        # A rough guess of the whole is enough to spread the points of death over all of it.
        whole = options.articles / 60 + 3
        began = time.perf_counter()
        killed = 0
        while True:
            run = _start(config)
            most = None
            if killed < options.kills:
                most = chance.uniform(0.3, 1.4 * whole / options.kills) + 1.0
            try:
                code = run.wait(timeout=most)
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                killed += 1
                continue
            break
        seconds = time.perf_counter() - began
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/requests.json") as answer:
            asked: dict[str, int] = json.loads(gzip.decompress(answer.read()))
    finally:
        assert site.stdin is not None
        site.stdin.close()
        site.wait()
    return _compare(config.with_suffix(".sqlite3"), asked, options, killed, code, seconds)


def _compare(
    path: Path,
    asked: dict[str, int],
    options: argparse.Namespace,
    killed: int,
    code: int,
    seconds: float,
) -> dict[str, Any]:
    database = sqlite3.connect(path)
    urls = [url for (url,) in database.execute("select url from articles")]
    (waiting,) = database.execute(
        "select count(*) from links where state not in ('done')"
    ).fetchone()
    (integrity,) = database.execute("pragma integrity_check").fetchone()
    database.close()
    expected = {f"http://{HOST}/story/{n}" for n in range(options.articles)}
    problems = []
    if code:
        problems.append(f"the last command ended with {code}")
    if len(urls) != len(set(urls)):
        problems.append(f"{len(urls) - len(set(urls))} articles filed twice")
    if set(urls) != expected:
        problems.append(f"{len(expected - set(urls))} articles missing")
    if waiting:
        problems.append(f"{waiting} links are not done")
    if integrity != "ok":
        problems.append(f"integrity check: {integrity}")
    requests = sum(asked.values())
    least = options.articles + 1 + (options.files + 1 if options.files > 1 else 1)
    beyond = requests / least - 1
    if beyond > TOLERANCE:
        problems.append(f"{requests} requests where {least} would do")
    return {
        "articles": options.articles,
        "filed": len(set(urls)),
        "killed": killed,
        "requests": requests,
        "least": least,
        "beyond": round(beyond, 5),
        "robots_txt": asked.get("/robots.txt", 0),
        "sitemaps": sum(count for where, count in asked.items() if where.startswith("/sitemap")),
        "seconds": round(seconds, 1),
        "problems": problems,
    }


def _settings(folder: Path, port: int) -> Path:
    sources = folder / "publishers"
    sources.mkdir()
    (sources / "bench-herald.toml").write_text(
        f'name = "bench-herald"\nhome = "http://{HOST}"\nlanguage = "en"\n'
        '[[endpoint]]\nkind = "sitemap"\nurl = "/sitemap.xml"\narchive = true\n'
        "[fetch]\ndelay = 0\nconcurrency = 4\n"
    )
    path = folder / "backfill.toml"
    path.write_text(
        'database = "backfill.sqlite3"\nsources_folder = "publishers"\n'
        f'[client.connect_to]\n"{HOST}" = "127.0.0.1:{port}"\n'
    )
    return path


def _start(config: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ingest", "--config", str(config)]
    return subprocess.Popen(
        [*command, "backfill", "bench-herald", "--json"],
        stdout=subprocess.DEVNULL,
        # Its resource tracker tells of each killed parent.
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
