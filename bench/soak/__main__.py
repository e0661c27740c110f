"""The real daemon over loopback papers, of which ten break in ten ways: is each told, and nothing else?

    python -m bench.soak
    python -m bench.soak --minutes 8 --every 6 --sources 20

Papers publish four or five articles from one poll to the next. After a third of the time ten of them break: other
markup, 403, name gone, certificate expired, feed frozen, feed empty, robots.txt closed, a wall of log-ins,
another encoding, a flood; after two thirds they are whole again. The names are resolved, the certificates
made and the webhook received here; nothing leaves the machine. What was told is read from `health_changes`, and the
webhook must have brought the same. Needs `trustme` (`pip install trustme`) and Linux.
Ends with 1 where a break was told late, wrongly or not at all, or something that did not happen was told. The last
line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.process_family import memory_of_family
from bench.soak.observed import Told, slope_by_hour, told_of
from bench.soak.papers import BREAKS, Paper, papers_of
from bench.soak.serving import Certificates, Newsstand, open_newsstand

#: Articles from one poll to the next, on average.
A_POLL = 4.5
#: When papers break, and when they are whole again, as shares of the time.
BREAK_AT, WHOLE_AT = 0.35, 0.65
MEASURE_EVERY = 10.0
SECRET = "soak"


def main() -> None:
    """Run it, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20, help="how long, in all")
    parser.add_argument("--every", type=int, default=15, help="seconds between polls of a source")
    parser.add_argument("--sources", type=int, default=20, help="of which the first ten break")
    parser.add_argument("--only", action="append", help="only this way to break; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="of times and texts")
    parser.add_argument("--keep", type=Path, help="keep database and log in this folder")
    options = parser.parse_args()
    if options.only and not set(options.only) <= BREAKS.keys():
        parser.error(f"--only: expected some of {', '.join(BREAKS)}")
    with tempfile.TemporaryDirectory(prefix="copydesk-soak-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(exist_ok=True)
        result = asyncio.run(_soak(folder, options))
    print(json.dumps(result))
    raise SystemExit(bool(result["wrong"]))


async def _soak(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    seconds = options.minutes * 60
    certificates = Certificates(folder)
    async with open_newsstand(certificates, SECRET) as stand:
        begin = time.time()
        papers = papers_of(
            options.sources, begin, seconds, options.every / A_POLL, stand.ports[:2], options.seed
        )
        for paper in papers:
            if options.only and paper.breaks not in options.only:
                paper.breaks = None
            if paper.breaks is not None:
                # Not all in the same second: what one poll sees of two is not the same.
                paper.begins = begin + seconds * BREAK_AT + paper.number
                paper.ends = begin + seconds * WHOLE_AT + paper.number
        stand.add(papers)
        _write_settings(folder, papers, stand, options.every)
        memory = await _run_daemon(folder, papers, stand, seconds)
    return _judge(folder, papers, stand, memory, options)


def _write_settings(folder: Path, papers: list[Paper], stand: Newsstand, every: int) -> None:
    (folder / "publishers").mkdir(exist_ok=True)
    for paper in papers:
        (folder / "publishers" / f"{paper.name}.toml").write_text(
            f'name = "{paper.name}"\nhome = "{paper.origin}"\nlanguage = "de"\n'
            f'[[endpoint]]\nkind = "feed"\nurl = "/feed.xml"\n'
            f"[fetch]\nallow_private = true\n",
            encoding="utf-8",
        )
    names = json.dumps([paper.name for paper in papers])
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)
    (folder / "copydesk.toml").write_text(
        f"""database = "soak.sqlite3"
[select]
names = {names}
[client]
delay = 0.02
contact = "soak@copydesk.example"
robots_ttl = {every / 2}
[daemon]
fastest = "{every}s"
slowest = "{every}s"
jitter = "1s"
[[alerts.channel]]
name = "hook"
kind = "webhook"
url = "http://127.0.0.1:{stand.ports[2]}/"
secret_file = "secret"
states = ["broken", "degraded", "quiet", "paused", "healthy"]
rate = 0
""",
        encoding="utf-8",
    )


async def _run_daemon(
    folder: Path, papers: list[Paper], stand: Newsstand, seconds: float
) -> list[tuple[float, int]]:
    """(instant, bytes) of the daemon's family while it runs."""
    hosts = folder / "hosts"
    hosts.write_text("\n".join(paper.host for paper in papers))
    resolver = Path(__file__).with_name("resolver")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(resolver), os.environ.get("PYTHONPATH", "")]),
        "SOAK_HOSTS": str(hosts),
        "SSL_CERT_FILE": str(folder / "authority.pem"),
    }
    memory: list[tuple[float, int]] = []
    with (folder / "daemon.log").open("w") as log:
        daemon = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "ingest", "--config", str(folder / "copydesk.toml"), "daemon", "--json"),
            stderr=log,
            env=environment,
        )
        try:
            await _keep_hosts(hosts, papers, stand, daemon, seconds, memory)
        finally:
            if daemon.returncode is None:
                daemon.send_signal(signal.SIGTERM)
            code = await daemon.wait()
    if code:
        raise SystemExit(
            f"the daemon ended with {code}: {(folder / 'daemon.log').read_text()[-3000:]}"
        )
    return memory


async def _keep_hosts(
    hosts: Path,
    papers: list[Paper],
    stand: Newsstand,
    daemon: asyncio.subprocess.Process,
    seconds: float,
    memory: list[tuple[float, int]],
) -> None:
    """Have names go and come, connections end with their certificate, and memory measured."""
    until, measured = time.time() + seconds, 0.0
    known, changed = [paper.host for paper in papers], frozenset[str]()
    while (now := time.time()) < until and daemon.returncode is None:
        resolved = [p.host for p in papers if not (p.breaks == "DNS gone" and p.is_broken(now))]
        if resolved != known:
            known = resolved
            # In one step, as the daemon reads it at any time.
            fresh = hosts.with_suffix(".new")
            fresh.write_text("\n".join(resolved))
            fresh.replace(hosts)
        broken = frozenset(p.host for p in papers if p.is_broken(now))
        if broken != changed:
            changed = broken
            stand.hang_up()
        if now - measured >= MEASURE_EVERY:
            measured = now
            memory.append((now, await asyncio.to_thread(memory_of_family, daemon.pid)))
        await asyncio.sleep(0.2)


def _judge(
    folder: Path,
    papers: list[Paper],
    stand: Newsstand,
    memory: list[tuple[float, int]],
    options: argparse.Namespace,
) -> dict[str, Any]:
    database = sqlite3.connect(folder / "soak.sqlite3")
    told = [told_of(database, paper) for paper in papers]
    (filed,) = database.execute("SELECT count(*) FROM articles").fetchone()
    (polls,) = database.execute("SELECT count(*) FROM passes").fetchone()
    changes = {row[0] for row in database.execute("SELECT id FROM health_changes")}
    database.close()
    wrong = [f"{each.paper.name}: {problem}" for each in told for problem in each.problems]
    told_ids = [change["id"] for message in stand.told for change in message["changes"]]
    if set(told_ids) != changes or len(told_ids) != len(changes):
        wrong.append(f"the webhook was told {sorted(told_ids)} of the changes {sorted(changes)}")
    # What the first half fills (caches, templates, pools) is not what grows.
    steady = [pair for pair in memory if pair[0] > memory[0][0] + 0.5 * options.minutes * 60]
    growth = slope_by_hour(steady)
    _show(told, wrong)
    print(
        f"{polls} polls, {filed} articles, {len(changes)} changes of state, {len(stand.told)} messages"
    )
    print(
        f"memory {steady[0][1] / 1e6:.0f} MB after half of the time, {steady[-1][1] / 1e6:.0f} MB"
        f" at its end: {growth:+.1%} an hour"
    )
    return {
        "minutes": options.minutes,
        "polls": polls,
        "articles": filed,
        "changes": len(changes),
        "messages": len(stand.told),
        "memory_growth_an_hour": round(growth, 4),
        "memory_mb": round(steady[-1][1] / 1e6),
        "rows": [each.as_json() for each in told if each.paper.breaks],
        "wrong": wrong,
    }


def _show(told: list[Told], wrong: list[str]) -> None:
    print(f"{'paper':<10} {'breaks by':<20} {'told as':<28} {'polls':>5} {'whole again':>11}")
    for each in told:
        if each.paper.breaks:
            print(
                f"{each.paper.name:<10} {each.paper.breaks:<20} {each.said:<28}"
                f" {each.polls if each.polls is not None else '-':>5}"
                f" {each.recovered if each.recovered is not None else '-':>11}"
            )
    whole = [each for each in told if not each.paper.breaks]
    quiet = sum(1 for each in whole if not each.problems)
    print(f"{quiet} of {len(whole)} papers that did not break were told nothing of")
    for problem in wrong:
        print(f"wrong: {problem}")


if __name__ == "__main__":
    main()
