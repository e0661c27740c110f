"""What `copydesk status` and the end of a pass cost, on a generated database.

    python -m bench.status
    python -m bench.status --sources 180 --articles 1000000 --postgres
    python -m bench.status --keep folder            # generated once, measured again and again

The database has `--articles` articles and as many links, of `--sources` sources with two weeks of hours and
a health each, in a year's order; the first source has `--passes` passes and as many articles as that. Texts
are one line, for neither looks at one. Measured: the whole process (best of `--times`, and what importing
took of it; also in CPU seconds), the questions alone, `copydesk status SOURCE`, and `judge_source` at the end of a pass of the
first source while it is well, while it fails and while it is silent. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.writers import own_server
from storage.database import Database
from storage.schema import articles, links, passes, runs, source_hours, sources

#: Rows in one statement.
_CHUNK = 5000
_TIMES = 50


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=180)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--passes", type=int, default=10_000, help="of the first source")
    parser.add_argument("--times", type=int, default=5, help="processes measured")
    parser.add_argument("--postgres", action="store_true", help="on a server made for the occasion")
    parser.add_argument("--keep", type=Path, help="keep the SQLite file in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-status-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(exist_ok=True)
        with _address(folder, postgres=options.postgres) as address:
            result = _measure(folder, address, options)
    print(json.dumps(result))


@contextlib.contextmanager
def _address(folder: Path, *, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield str(folder / "status.sqlite3")
        return
    with own_server() as address:
        yield address


def _measure(folder: Path, address: str, options: argparse.Namespace) -> dict[str, Any]:
    names = [f"paper-{number:03}" for number in range(options.sources)]
    began = time.perf_counter()
    with Database.open(address) as database:
        with database.reading() as connection:
            made = connection.execute(sa.select(sa.func.count()).select_from(sources)).scalar()
        if not made:
            _generate(database, names, options)
    print(
        f"{options.articles} articles of {len(names)} sources, in {time.perf_counter() - began:.0f} s"
    )
    _write_settings(folder, address, names)
    arguments = ["--config", str(folder / "copydesk.toml"), "status"]
    cpu = _cpu(arguments, options.times)
    overview = _process(arguments, options.times)
    named = _process([*arguments, names[1]], options.times)
    imports = _process(["--version"], options.times)
    with Database.open(address, read_only=True) as database:
        questions = _questions(database, names)
    with Database.open(address) as database:
        ends = _ends(database, names[0])
    result = {
        "database": "postgresql" if options.postgres else "sqlite",
        "status_seconds": round(overview, 3),
        "status_cpu_seconds": round(cpu, 3),
        "status_source_seconds": round(named, 3),
        "version_seconds": round(imports, 3),
        "questions_ms": round(questions, 1),
        "judge_cpu_ms": ends,
    }
    for name, value in result.items():
        print(f"{name:<24} {value}")
    return result


def _write_settings(folder: Path, address: str, names: list[str]) -> None:
    publishers = folder / "publishers"
    publishers.mkdir(exist_ok=True)
    for name in names:
        (publishers / f"{name}.toml").write_text(
            f'name = "{name}"\nhome = "https://{name}.example"\n'
        )
    (folder / "copydesk.toml").write_text(
        f"database = {json.dumps(address)}\n[select]\nnames = {json.dumps(names)}\n"
    )


def _generate(database: Database, names: list[str], options: argparse.Namespace) -> None:
    now = datetime.now(UTC)
    long_ago = now - timedelta(days=365)
    _insert(
        database,
        sources,
        (
            {"name": name, "home": f"https://{name}.example", "first_seen_at": long_ago,
             "last_run_at": now, "last_success_at": now, "failures": 0,
             "next_due_at": now + timedelta(minutes=5)}
            for name in names
        ),
    )  # fmt: skip
    gap = timedelta(days=365) / options.articles
    _insert(
        database,
        articles,
        (_article(n, names[n % len(names)], long_ago + gap * n) for n in range(options.articles)),
    )
    _insert(
        database,
        links,
        (_link(n, names[n % len(names)], long_ago + gap * n) for n in range(options.articles)),
    )
    hour = now.replace(minute=0, second=0, microsecond=0)
    _insert(
        database,
        source_hours,
        (_hour(name, hour - timedelta(hours=h)) for name in names for h in range(14 * 24)),
    )
    database.write(
        lambda c: (
            c.execute(
                sa.insert(runs).values(
                    id=1,
                    kind="daemon",
                    started_at=long_ago,
                    state="ok",
                    host="h",
                    pid=1,
                    process="p",
                )
            )
            and None
        )
    )
    number = options.passes
    gap = timedelta(days=90) / number
    _insert(
        database,
        passes,
        (_pass(names[0], now - gap * (number - n), n % 3 == 0) for n in range(number)),
    )
    from ingest.health.judge import judge_source

    for name in names:
        database.write(lambda c, name=name: judge_source(c, name, now) and None)


def _insert(database: Database, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    chunk: list[dict[str, Any]] = []

    def write() -> None:
        done = list(chunk)
        database.write(lambda c: c.execute(sa.insert(table), done) and None)
        chunk.clear()

    for row in rows:
        chunk.append(row)
        if len(chunk) >= _CHUNK:
            write()
    if chunk:
        write()


def _article(number: int, source: str, at: datetime) -> dict[str, Any]:
    key = f"{source}.example/{number}"
    return {
        "source": source, "url": f"https://{key}", "key": key, "title": f"Bridge {number}",
        "text": "A bridge is opened.", "words": 4, "blocks": [], "authors": [], "tags": [],
        "published": at.isoformat(), "published_at": at, "published_precision": "instant",
        "language": "en", "kind": "article", "complete": True, "extractor": "generic",
        "fingerprint": str(number), "filed_at": at, "updated_at": at, "revision": 1,
    }  # fmt: skip


def _link(number: int, source: str, at: datetime) -> dict[str, Any]:
    key = f"{source}.example/{number}"
    state = "done" if number % 50 else ("pending", "refused", "failed", "planned")[number // 50 % 4]
    return {
        "source": source, "key": key, "url": f"https://{key}", "authors": [], "state": state,
        "attempts": 0, "announced_at": at, "discovered_at": at, "fetched_at": at,
    }  # fmt: skip


def _hour(source: str, hour: datetime) -> dict[str, Any]:
    counts = dict.fromkeys("passes_failed revised duplicate refused gone robots failed".split(), 0)
    return {
        "source": source,
        "hour": hour,
        "passes": 4,
        "requests": 6,
        "links_new": 2,
        "filed": 2,
    } | counts


def _pass(source: str, at: datetime, brings: bool) -> dict[str, Any]:
    filed = 3 if brings else 0
    return {
        "run_id": 1, "source": source, "started_by": "schedule", "started_at": at,
        "finished_at": at + timedelta(seconds=9), "outcome": "ok", "documents": 1,
        "links_new": filed, "fetched": filed, "filed": filed, "errors": [], "announced": 20,
        "known": 20 - filed, "appeared": filed, "tried": filed, "words": 900 * bool(filed),
        "untitled": 0, "undated": 0, "authorless": 0, "by_template": filed, "struck": 2,
        "garbled": 0, "incomplete": 0, "delays": filed, "delay": 300 if filed else None,
        "reasons": None, "troubles": None,
    }  # fmt: skip


def _process(arguments: list[str], times: int) -> float:
    """Seconds of ``copydesk ...``, the best of several."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "ingest", *arguments], capture_output=True, check=False
        )
        best = min(best, time.perf_counter() - began)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr.decode())
    return best


def _cpu(arguments: list[str], times: int) -> float:
    """CPU seconds of ``copydesk ...``, the best of several: what a busy machine does not change."""
    best = float("inf")
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _process(arguments, 1)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, used)
    return best


def _questions(database: Database, names: list[str]) -> float:
    """Milliseconds of what the overview asks."""
    from ingest.health.kept import kept_healths
    from storage.reading.overview import overview_of

    def ask() -> None:
        with database.reading() as connection:
            overview_of(connection, datetime.now(UTC))
            kept_healths(connection, names)

    return _median(ask, 7)


def _ends(database: Database, source: str) -> dict[str, float]:
    """CPU milliseconds of judging a source: well, failing, silent for long."""
    from ingest.health.judge import judge_source

    def judge() -> float:
        def timed(connection: Any) -> float:
            began = time.thread_time()
            judge_source(connection, source, datetime.now(UTC))
            return 1000 * (time.thread_time() - began)

        return database.write(timed)

    def usual() -> float:
        return round(statistics.median(judge() for _ in range(_TIMES)), 2)

    found = {"well": usual()}
    last = sa.select(sa.func.max(passes.c.id)).where(passes.c.source == source).scalar_subquery()

    def change(**values: Any) -> None:
        database.write(
            lambda c: (
                c.execute(sa.update(passes).where(passes.c.id > last - 5).values(values)) and None
            )
        )

    change(outcome="failed", cause="http_403", error="the server answered 403")
    found["failing"] = usual()
    change(outcome="ok", cause=None, error=None, tried=0, links_new=0, appeared=0, filed=0)
    found["silent"] = usual()
    change(tried=4, links_new=4, appeared=4, filed=4)
    return found


def _median(do: Callable[[], None], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            do()
        taken.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(taken), 2)


if __name__ == "__main__":
    main()
