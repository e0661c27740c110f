"""Copying one database into another, of the same kind or not; an interrupted copy goes on.

Every table is compared in stretches of its primary key, and a stretch that differs is written anew:
so the first copy inserts, a repeated one only reads where all is the same already, and the last
pass proves that both hold the same. The search index is made anew in the target.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.articles.backlog import work_off
from storage.database import Database
from storage.engine.column_types import AnyRow
from storage.engine.upsert import insert_or_replace, insert_or_update
from storage.errors import StorageError
from storage.schema import articles, index_backlogs, metadata

__all__ = ["CopiedTable", "copy_database"]

#: Rows compared at once, and of a table with large values.
_STRETCH, _SMALL_STRETCH = 1000, 50
_LARGE = frozenset({"raw_pages", "page_dictionaries", "robots_files"})
#: What waits for its indices, and who is at work, is the target's own affair.
_OWN = frozenset({"index_backlogs", "leases"})


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table, copied and compared; the checksum is the same in both, SHA-256 over its rows."""

    name: str
    rows: int
    #: Rows that were not in the target before.
    written: int
    checksum: str


def copy_database(
    origin: Database, target: Database, observe: Callable[[str, int], None] = lambda *_: None
) -> Iterator[CopiedTable]:
    """Copy every table; ``observe`` is told its name and how many rows have been compared.

    Raises:
        StorageError: the target holds something else than an earlier copy, or a table differs in
            the end, since somebody wrote to one of the two meanwhile.
    """
    with origin.snapshot() as source:
        _check_target(source, target)
        written: dict[str, int] = {}
        for table in _tables():
            written[table.name] = _copy_table(source, target, table, observe)
            if table is articles:
                fresh = written[table.name] > 0
                target.write(lambda c, fresh=fresh: _order_search(c, anew=fresh))  # type: ignore[misc]
        target.write(_set_sequences)
        done = 0
        while found := target.write(work_off):
            done += found
            observe("article_search", done)
        for table in _tables():
            with target.snapshot() as copied:
                there, rows = _checksum(source, table)
                here, count = _checksum(copied, table)
            if here != there:
                raise StorageError(
                    f"{table.name}: {rows} rows in {origin.address}, {count} in {target.address},"
                    " and they differ: did a program write to one meanwhile?"
                    " copy again, into an empty database"
                )
            yield CopiedTable(table.name, rows, written[table.name], there)


def _tables() -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if table.name not in _OWN]


def _check_target(source: sa.Connection, target: Database) -> None:
    """A target with articles has to be an earlier copy: its newest articles are the source's too."""
    with target.reading() as connection:
        rows = connection.execute(
            sa.select(articles.c.id, articles.c.key).order_by(articles.c.id.desc()).limit(20)
        ).all()
    for row in rows:
        key = source.execute(sa.select(articles.c.key).where(articles.c.id == row.id)).scalar()
        if key != row.key:
            raise StorageError(
                f"{target.address}: holds other articles already; copy into an empty database"
            )


def _stretches(connection: sa.Connection, table: sa.Table) -> Iterator[list[AnyRow]]:
    """All rows in the order of the key, some at a time."""
    keys = list(table.primary_key)
    size = _SMALL_STRETCH if table.name in _LARGE else _STRETCH
    last: tuple[Any, ...] | None = None
    while True:
        rows = list(connection.execute(_after(table, keys, last).limit(size)))
        if not rows:
            return
        yield rows
        last = tuple(getattr(rows[-1], key.name) for key in keys)


def _after(
    table: sa.Table, keys: list[sa.Column[Any]], last: tuple[Any, ...] | None
) -> sa.Select[tuple[Any, ...]]:
    query = sa.select(table).order_by(*keys)
    if last is None:
        return query
    # (a, b) > (x, y), spelled out.
    either = []
    for place, key in enumerate(keys):
        same = [k == value for k, value in zip(keys[:place], last, strict=False)]
        either.append(sa.and_(*same, key > last[place]))
    return query.where(sa.or_(*either))


def _copy_table(
    source: sa.Connection,
    target: Database,
    table: sa.Table,
    observe: Callable[[str, int], None],
) -> int:
    keys = [key.name for key in table.primary_key]
    compared = written = 0
    for rows in _stretches(source, table):
        with target.reading() as connection:
            there = _same_keys(connection, table, rows)
        wanted = {tuple(getattr(row, key) for key in keys): row for row in rows}
        new = [row for key, row in wanted.items() if there.get(key) != tuple(row)]
        if new:
            target.write(lambda c, new=new: _write(c, table, keys, new))  # type: ignore[misc]
            written += len(new)
        compared += len(rows)
        observe(table.name, compared)
    return written


def _same_keys(
    connection: sa.Connection, table: sa.Table, rows: list[AnyRow]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    keys = list(table.primary_key)
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    values = [tuple(getattr(row, key.name) for key in keys) for row in rows]
    for start in range(0, len(values), 200):
        part = values[start : start + 200]
        condition = (
            keys[0].in_([value[0] for value in part])
            if len(keys) == 1
            else sa.or_(
                *(
                    sa.and_(*(key == one for key, one in zip(keys, value, strict=True)))
                    for value in part
                )
            )
        )
        for row in connection.execute(sa.select(table).where(condition)):
            found[tuple(getattr(row, key.name) for key in keys)] = tuple(row)
    return found


def _write(connection: sa.Connection, table: sa.Table, keys: list[str], rows: list[AnyRow]) -> None:
    values = [dict(row._mapping) for row in rows]
    insert = insert_or_replace(connection, table, keys)
    connection.execute(insert, values)


def _order_search(connection: sa.Connection, *, anew: bool) -> None:
    """Have the search index made: of all articles where some are new, else what is left of it."""
    if not anew:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("DELETE FROM article_search"))
    else:
        connection.execute(
            sa.text("INSERT INTO article_search (article_search) VALUES ('delete-all')")
        )
    last = connection.execute(sa.select(sa.func.max(articles.c.id))).scalar() or 0
    connection.execute(
        insert_or_update(connection, index_backlogs, ["name"], {"done_id": 0, "last_id": last}),
        {"name": "search", "done_id": 0, "last_id": last},
    )


def _set_sequences(connection: sa.Connection) -> None:
    """Let PostgreSQL go on counting where the source stood; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _tables():
        if "id" in table.c and table.c.id.primary_key:
            last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar()
            if last is not None:
                sequence = sa.func.pg_get_serial_sequence(table.name, "id")
                connection.execute(sa.select(sa.func.setval(sequence, last)))


def _checksum(connection: sa.Connection, table: sa.Table) -> tuple[str, int]:
    """Of all rows, whatever their order; and how many there are."""
    total = count = 0
    for rows in _stretches(connection, table):
        for row in rows:
            digest = hashlib.sha256(repr(tuple(map(_plain, row))).encode()).digest()
            total = (total + int.from_bytes(digest, "big")) % (1 << 256)
            count += 1
    return f"{total:064x}", count


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
