"""What is killed: each operation with the database that it begins on, and what must be there at its end."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.kills.children import Ended, answer_of, command
from bench.kills.databases import Databases, old_database
from bench.kills.paper import APPEAL, ARTICLES, HOST, note, title
from storage.database import Database
from storage.schema import metadata

__all__ = ["Operation", "contents", "operations", "operations_that_check"]

_SOURCE = "herald"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on one kind of database."""

    name: str
    databases: Databases
    #: The database that each round begins with a copy of; ``None``: with an empty one.
    template: str | None
    #: The command, for a database.
    work: Callable[[str], Callable[[], int]]
    #: What is wrong with a database on which it came to its end.
    check: Callable[[str], list[str]]
    #: Whether its end is the same each time, to the letter.
    exact: bool = True


def operations(folder: Path, databases: Databases, port: int) -> list[Operation]:
    """All of them, on one kind of database; makes their templates.

    Raises:
        Ended: a template could not be made.
    """
    plain = _settings(folder, "plain", port)
    cleared = _settings(
        folder, "cleared", port, extract='[extract]\nbody = "article"\nremove = [".note"]\n'
    )

    def copydesk(config: Path, *words: str) -> Callable[[str], Callable[[], int]]:
        return lambda address: command("--config", str(config), "--database", address, *words)

    def made(make: Callable[[str], Any], origin: str | None = None) -> str:
        address = databases.new(origin)
        answer_of(lambda: [make(address)], folder)
        return address

    empty = made(lambda address: Database.open(address).close())
    filed = made(lambda address: _collect(plain, address), empty)
    old = made(old_database)
    run = copydesk(plain, "-q", "run")
    archive = copydesk(plain, "-q", "backfill", _SOURCE, "--via", "sitemap")

    def copy(address: str) -> Callable[[], int]:
        return command("--config", str(plain), "-q", "db", "copy", filed, address)

    return [
        Operation("run", databases, empty, run, _all_filed, exact=False),
        Operation("backfill", databases, empty, archive, _all_filed, exact=False),
        Operation("clean", databases, filed, copydesk(plain, "clean"), _all_clean),
        Operation("reextract", databases, filed, copydesk(cleared, "reextract"), _all_revised),
        Operation("db copy", databases, None, copy, lambda address: _same(filed, address)),
        Operation("upgrade", databases, old, copydesk(plain, "db", "upgrade"), _all_upgraded),
    ]


def operations_that_check() -> dict[str, Callable[[str], list[str]]]:
    """What must be there at the end of an operation, by its name; of `db copy` by itself nothing."""
    return {
        "run": _all_filed,
        "clean": _all_clean,
        "reextract": _all_revised,
        "upgrade": _all_upgraded,
    }


def _settings(folder: Path, name: str, port: int, extract: str = "") -> Path:
    publishers = folder / f"{name}-publishers"
    publishers.mkdir(exist_ok=True)
    (publishers / f"{_SOURCE}.toml").write_text(
        f'name = "{_SOURCE}"\nhome = "http://{HOST}"\n'
        '[[endpoint]]\nkind = "feed"\nurl = "/feed.xml"\n'
        '[[endpoint]]\nkind = "sitemap"\nurl = "/sitemap.xml"\narchive = true\n'
        "[fetch]\ndelay = 0\nconcurrency = 4\n"
        f'[links]\ninclude = ["/story/*"]\n{extract}'
    )
    path = folder / f"{name}.toml"
    path.write_text(
        f"sources_folder = {json.dumps(str(publishers))}\n[select]\nnames = [{json.dumps(_SOURCE)}]\n"
        "[collect]\nworkers = 0\n[client]\ndelay = 0\nretries = 0\n"
        f'[client.connect_to]\n"{HOST}" = "127.0.0.1:{port}"\n'
    )
    return path


def _collect(config: Path, address: str) -> None:
    """Run once, and leave the site's own lines where they are."""
    from ingest.catalogue.selection import load_catalogue, selected_sources
    from ingest.pipeline import collect, filing
    from ingest.run import run_sources
    from ingest.settings import load_settings

    collect.CLEAN_LATEST, filing.LEARN_EVERY = 0, 10**6
    settings = load_settings(config, database=address)
    settings = replace(settings, collect=replace(settings.collect, templates=False))
    sources = selected_sources(settings, load_catalogue(settings))
    with Database.open(address) as database:
        report = asyncio.run(run_sources(sources, database, settings))
    (finished,) = report.sources
    if finished.counts.filed != ARTICLES:
        raise Ended(f"{finished.counts.filed} of {ARTICLES} articles filed: {finished}")


# What must be there


def _all_filed(address: str) -> list[str]:
    with Database.open(address, read_only=True) as database, database.snapshot() as c:
        wrong = _checked(c)
        titles = Counter(c.execute(sa.text("SELECT title FROM articles")).scalars())
        expected = {title(number) for number in range(ARTICLES)}
        wrong += [f"missing: {each}" for each in sorted(expected - set(titles))]
        wrong += [f"not expected: {each}" for each in sorted(set(titles) - expected)]
        wrong += [f"{count} times: {each}" for each, count in titles.items() if count > 1]
        states = dict(c.execute(sa.text("SELECT state, count(*) FROM links GROUP BY state")).all())
        if states != {"done": ARTICLES}:
            wrong.append(f"links: {states}, expected {ARTICLES} done")
        wrong += _once(c, "SELECT article_id FROM changes WHERE kind = 'filed'", "change 'filed'")
        wrong += _once(c, "SELECT link_id FROM raw_pages", "kept page")
        return wrong


def _all_clean(address: str) -> list[str]:
    with Database.open(address, read_only=True) as database, database.snapshot() as c:
        wrong = _checked(c)
        texts = c.execute(sa.text("SELECT text FROM articles")).scalars().all()
        if len(texts) != ARTICLES or any(APPEAL in text for text in texts):
            wrong.append(f"{sum(APPEAL in t for t in texts)} of {len(texts)} are not clean")
        return wrong + _once(c, "SELECT article_id FROM changes WHERE kind = 'cleaned'", "cleaning")


def _all_revised(address: str) -> list[str]:
    with Database.open(address, read_only=True) as database, database.snapshot() as c:
        wrong = _checked(c)
        notes = [note(number) for number in range(ARTICLES)]
        texts = c.execute(sa.text("SELECT text FROM articles")).scalars().all()
        if len(texts) != ARTICLES or any(line in text for text in texts for line in notes):
            wrong.append(f"not all of {len(texts)} articles were read again")
        return wrong + _once(c, "SELECT article_id FROM revisions", "revision")


def contents(address: str) -> list[str]:
    """What is in a database of its articles, in an order of its own: the same, however it came there."""
    with Database.open(address, read_only=True) as database, database.snapshot() as c:
        return sorted(
            f"{name}: {tuple(row)}"
            for name, query in {
                "article": "SELECT id, key, title, text, revision FROM articles",
                "struck": "SELECT article_id, text, reason FROM struck",
                "revision": "SELECT article_id, number, cause, words_removed FROM revisions",
                "change": "SELECT article_id, kind FROM changes",
                "page": "SELECT link_id, digest FROM raw_pages",
                "line": "SELECT source, line, articles FROM site_lines",
            }.items()
            for row in c.execute(sa.text(query))
        )


def _all_upgraded(address: str) -> list[str]:
    with Database.open(address, read_only=True) as database, database.snapshot() as c:
        wrong = _checked(c)
        for table, expected in (("articles", 42), ("article_search", 42)):
            count = c.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar()
            if count != expected:
                wrong.append(f"{count} rows in {table}, expected {expected}")
        filed = "SELECT article_id FROM changes WHERE kind = 'filed'"
        return wrong + _once(c, filed, "change 'filed'", 42)


def _same(origin: str, address: str) -> list[str]:
    """A copy that came to its end has compared itself; here rows are counted again."""
    with (
        Database.open(origin, read_only=True) as source,
        Database.open(address, read_only=True) as copy,
        source.snapshot() as here,
        copy.snapshot() as there,
    ):
        wrong = _checked(there)
        for table in metadata.sorted_tables:
            if table.name == "index_backlogs":
                continue
            query = sa.select(sa.func.count()).select_from(table)
            counts = here.execute(query).scalar(), there.execute(query).scalar()
            if counts[0] != counts[1]:
                wrong.append(f"{table.name}: {counts[0]} rows, {counts[1]} in the copy")
        return wrong


def _checked(connection: sa.Connection) -> list[str]:
    """What `copydesk db check` finds."""
    from storage.care.checks import check_database

    return [
        f"db check: {found.name}: {found.problems} times, {found.examples}"
        for found in check_database(connection)
        if found.problems
    ]


def _once(
    connection: sa.Connection,
    query: str | sa.TextClause,
    what: str,
    expected: int = ARTICLES,
) -> list[str]:
    """What ``query`` names, each of as many as expected once."""
    statement = sa.text(query) if isinstance(query, str) else query
    counts = Counter(connection.execute(statement).scalars())
    wrong = [f"{what}: {count} times for {key}" for key, count in counts.items() if count > 1]
    if len(counts) != expected:
        wrong.append(f"{what}: for {len(counts)}, expected {expected}")
    return wrong
