"""Kill ``copydesk run`` with SIGKILL at random points over the demo sites, then let it finish.

    python -m bench.kill --kills 50 --seed 1

A database is run and killed until a run comes to its end; then every article of the sites' truth
must be filed once and none missing, no link may be pending, and SQLite's integrity check must pass.
The next round begins with a new database, until the kills are used up. Ends with 1 where anything
is wrong.
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
from collections import Counter
from pathlib import Path
from typing import Any

from ingest.demo.site_server import SiteServer
from ingest.demo.sites import load_sites
from ingest.demo.sources import demo_sources_folder, expected_articles


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
        f"{result['killed']} runs killed in {result['rounds']} rounds, whole run {result['whole_run_s']} s"
    )
    print(f"{result['filed']} of {result['expected']} articles filed, over all rounds")
    for problem in result["problems"]:
        print(f"wrong: {problem}")
    print(json.dumps({"kill": result}))
    raise SystemExit(bool(result["problems"]))


def kill_and_finish(folder: Path, kills: int, chance: random.Random) -> dict[str, Any]:
    """Run and kill until ``kills`` runs have died, round by round; what came of it."""
    expected = expected_articles()
    problems: list[str] = []
    killed = rounds = filed = 0
    with SiteServer(load_sites()) as server:
        # How long a whole run takes here, so that the points of death spread over all of it.
        whole = _timed_run(_settings(folder, server.connect_to, name="whole"))
        while killed < kills:
            rounds += 1
            config = _settings(folder, server.connect_to, name=f"round-{rounds}")
            died = _killed_until_it_ends(config, kills - killed, whole, chance, problems)
            killed += died
            filed += _compare(config.with_suffix(".sqlite3"), expected, problems)
    return {
        "kills": kills,
        "killed": killed,
        "rounds": rounds,
        "expected": rounds * len(expected),
        "filed": filed,
        "whole_run_s": round(whole, 2),
        "problems": problems,
    }


def _killed_until_it_ends(
    config: Path, most: int, whole: float, chance: random.Random, problems: list[str]
) -> int:
    """Kill runs at random points until one ends by itself; how many died."""
    died = 0
    while True:
        run = _start(config)
        try:
            code = run.wait(timeout=chance.uniform(0.1, 0.9 * whole) if died < most else None)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()
            died += 1
            continue
        if code:
            problems.append(f"{config.stem}: a run that was not killed ended with {code}")
        return died


def _compare(path: Path, expected: list[tuple[str, str]], problems: list[str]) -> int:
    """Compare what was filed with the truth; how many articles were."""
    database = sqlite3.connect(path)
    found = database.execute("select source, title from articles").fetchall()
    (pending,) = database.execute("select count(*) from links where state = 'pending'").fetchone()
    (integrity,) = database.execute("pragma integrity_check").fetchone()
    database.close()
    name = path.stem
    counts = Counter(found)
    problems += [f"{name}: filed twice: {pair}" for pair, count in counts.items() if count > 1]
    problems += [f"{name}: missing: {pair}" for pair in sorted(set(expected) - set(found))]
    problems += [f"{name}: not expected: {pair}" for pair in sorted(set(found) - set(expected))]
    if pending:
        problems.append(f"{name}: {pending} links are still pending")
    if integrity != "ok":
        problems.append(f"{name}: integrity check: {integrity}")
    return len(found)


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
