"""Kill ``copydesk run`` with SIGKILL at random points over the demo sites, then let it finish.

    python -m bench.kill --kills 50 --seed 1

Afterwards every article of the sites' truth must be filed once and none missing, every link must be
settled, and SQLite's integrity check must pass; otherwise it ends with 1 and says what is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from ingest.demo.site_server import SiteServer
from ingest.demo.sites import load_sites
from ingest.demo.sources import demo_sources, demo_sources_folder
from ingest.demo.truth import load_truth


def main() -> None:
    """Kill, finish, compare; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50, help="how often")
    parser.add_argument("--seed", type=int, default=1, help="of the random points")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = kill_and_finish(Path(folder), options.kills, random.Random(options.seed))
    print(
        f"{result['killed']} of {options.kills} runs killed, {result['ended_before']} ended before"
    )
    print(f"{result['filed']} of {result['expected']} articles filed")
    for problem in result["problems"]:
        print(f"wrong: {problem}")
    print(json.dumps({"kill": result}))
    raise SystemExit(bool(result["problems"]))


def kill_and_finish(folder: Path, kills: int, chance: random.Random) -> dict[str, object]:
    """Run and kill ``kills`` times into one database in ``folder``, then run to the end."""
    with SiteServer(load_sites()) as server:
        config = _settings(folder, server.connect_to)
        # How long a whole run takes here, so that the points of death spread over all of it.
        whole = _timed_run(_settings(folder, server.connect_to, name="whole"))
        killed = 0
        problems: list[str] = []
        for _ in range(kills):
            run = _start(config)
            try:
                code = run.wait(timeout=chance.uniform(0.05, whole * 1.1))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                killed += 1
            else:
                if code:
                    problems.append(f"a run that was not killed ended with {code}")
        code = _start(config).wait()
        if code:
            problems.append(f"the last run ended with {code}")
    expected = _expected()
    with sqlite3.connect(folder / "killed.sqlite3") as database:
        rows = database.execute("select source, title, text from articles").fetchall()
        (pending,) = database.execute(
            "select count(*) from links where state = 'pending'"
        ).fetchone()
        (integrity,) = database.execute("pragma integrity_check").fetchone()
    database.close()
    found = [(source, title) for source, title, _ in rows]
    problems += [f"filed twice: {pair}" for pair in sorted(set(found)) if found.count(pair) > 1]
    problems += [f"missing: {pair}" for pair in sorted(set(expected) - set(found))]
    problems += [f"not expected: {pair}" for pair in sorted(set(found) - set(expected))]
    if pending:
        problems.append(f"{pending} links are still pending")
    if integrity != "ok":
        problems.append(f"integrity check: {integrity}")
    return {
        "kills": kills,
        "killed": killed,
        "ended_before": kills - killed,
        "expected": len(expected),
        "filed": len(rows),
        "whole_run_s": round(whole, 2),
        "problems": problems,
    }


def _expected() -> list[tuple[str, str]]:
    """(source, title) of every article of the demo's sites."""
    names = {urlsplit(source.home).hostname: source.name for source in demo_sources()}
    return [(names[site.host], article.title) for site in load_truth() for article in site.articles]


def _settings(folder: Path, connect_to: dict[str, str], name: str = "killed") -> Path:
    """A settings file over the demo's sources, with a database of its own."""
    path = folder / f"{name}.toml"
    sources = demo_sources_folder()
    names = sorted(file.stem for file in sources.glob("*.toml"))
    lines = [
        f'database = "{name}.sqlite3"',
        f"sources_folder = {json.dumps(str(sources.resolve()))}",
        f"[select]\nnames = {json.dumps(names)}",
        "[client]\nretries = 0",
        "[client.connect_to]",
        *(f"{json.dumps(host)} = {json.dumps(target)}" for host, target in connect_to.items()),
    ]
    path.write_text("\n".join(lines))
    return path


def _start(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "ingest", "--config", str(config), "run", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _timed_run(config: Path) -> float:
    started = time.perf_counter()
    code = _start(config).wait()
    if code:
        raise SystemExit(f"a run over the demo sites ended with {code}")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
