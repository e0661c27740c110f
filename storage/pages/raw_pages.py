"""Raw pages: what was downloaded for an article, kept so that it can be read again without a request.

A page is kept as an HTTP message (status line, header fields, body with its codings undone), under
the link that it answers, compressed with the dictionary of its source (``storage.pages.compression``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine.inserts import insert_rows
from storage.engine.statements import run, run_listed, stored_time
from storage.engine.stored_text import clean_text
from storage.links.link import NOT_ITS_OWN
from storage.pages.archive import NEWEST_DICTIONARY, NewDictionary, PackedPage, PageArchive, RawPage
from storage.schema import articles, links, page_dictionaries, raw_pages
from storage.transaction import Transaction

__all__ = [
    "NewDictionary",
    "PackedPage",
    "PageArchive",
    "RawPage",
    "get_page",
    "keep_dictionary",
    "keep_page",
    "newest_pages",
    "page_ids",
    "page_of_article",
    "pages_read_by",
    "prune_pages",
]

_DICTIONARIES = "SELECT id, made_at FROM page_dictionaries WHERE id IN (??)"
_DIGESTS = (
    "SELECT link_id, digest FROM raw_pages WHERE id IN"
    " (SELECT max(id) FROM raw_pages WHERE link_id IN (??) GROUP BY link_id)"
)


def keep_page(transaction: Transaction, archive: PageArchive, page: PackedPage) -> None:
    """Store a page under its link, unless the link's newest page is the same already."""
    transaction.gather(_write_pages, [(archive, page)])


def _write_pages(
    connection: sa.Connection, pages: Sequence[tuple[PageArchive, PackedPage]]
) -> None:
    answered = {page.link_id for _, page in pages}
    digests: dict[int, str] = dict(run_listed(connection, _DIGESTS, answered).all())
    numbers = {page.dictionary[0] for _, page in pages if page.dictionary is not None}
    there = {
        (number, stored_time(made_at))
        for number, made_at in run_listed(connection, _DICTIONARIES, numbers)
    }
    rows: list[dict[str, Any]] = []
    for archive, packed in pages:
        if digests.get(packed.link_id) == packed.digest:
            continue
        digests[packed.link_id] = packed.digest
        if packed.dictionary is not None and packed.dictionary not in there:
            # Pruned since, together with the last page that it was good for.
            archive.forget(packed.source)
            present = archive.pack(
                lambda: nullcontext(connection), packed.source, packed.link_id, packed.page
            )
        else:
            present = packed
        rows.append(
            {
                "source": present.source,
                "link_id": present.link_id,
                "url": clean_text(present.page.url),
                "fetched_at": present.page.fetched_at,
                "status": present.page.status,
                "digest": present.digest,
                "bytes": present.size,
                "stored_bytes": len(present.data),
                "dictionary_id": present.dictionary[0] if present.dictionary is not None else None,
                "page": present.data,
            }
        )
    insert_rows(connection, raw_pages, rows)


def keep_dictionary(connection: sa.Connection, new: NewDictionary, now: datetime) -> None:
    """Store a dictionary, unless another process was quicker."""
    if (run(connection, NEWEST_DICTIONARY, (new.source,)).scalar() or 0) == new.after:
        connection.execute(
            sa.insert(page_dictionaries).values(
                source=new.source, data=new.data, share=new.share, made_at=now
            )
        )


def get_page(connection: sa.Connection, archive: PageArchive, page_id: int) -> RawPage | None:
    """The page of this number, if it is kept."""
    try:
        return archive.restore(connection, page_id)
    except LookupError:
        return None


def page_of_article(connection: sa.Connection, article_id: int) -> int | None:
    """The number of the newest page that is kept of an article."""
    found: int | None = connection.execute(
        sa.select(sa.func.max(raw_pages.c.id))
        .join_from(links, raw_pages, raw_pages.c.link_id == links.c.id)
        .where(
            links.c.article_id == article_id,
            sa.func.coalesce(links.c.reason, "").not_in(NOT_ITS_OWN),
        )
    ).scalar()
    return found


def newest_pages(connection: sa.Connection, source: str, limit: int) -> list[int]:
    """Numbers of the newest kept pages of ``source``, one of a link, the newest first."""
    # A link that is looked at again and again has a few pages, not many.
    rows = connection.execute(
        sa.select(raw_pages.c.id, raw_pages.c.link_id)
        .where(raw_pages.c.source == source)
        .order_by(raw_pages.c.id.desc())
        .limit(3 * limit)
    )
    return _one_of_each(((row.id, row.link_id) for row in rows), limit)


def pages_read_by(
    connection: sa.Connection, source: str, extractor: str, limit: int
) -> list[tuple[int, int]]:
    """(page, article) of the newest articles of ``source`` that ``extractor`` made."""
    rows = connection.execute(
        sa.select(raw_pages.c.id, articles.c.id.label("article_id"))
        .join_from(articles, links, links.c.article_id == articles.c.id)
        .join(raw_pages, raw_pages.c.link_id == links.c.id)
        .where(
            articles.c.source == source,
            articles.c.extractor == extractor,
            sa.func.coalesce(links.c.reason, "").not_in(NOT_ITS_OWN),
        )
        .order_by(articles.c.filed_at.desc(), raw_pages.c.id.desc())
        .limit(3 * limit)
    ).all()
    pages = {row.id: row.article_id for row in rows}
    return [(number, pages[number]) for number in _one_of_each(pages.items(), limit)]


def _one_of_each(rows: Iterable[tuple[int, int]], limit: int) -> list[int]:
    """The first number of each of what they belong to."""
    first: dict[int, int] = {}
    for number, owner in rows:
        first.setdefault(owner, number)
    return list(first.values())[:limit]


def page_ids(
    connection: sa.Connection,
    sources: Sequence[str],
    since: datetime | None,
    *,
    after: int,
    last: int,
    limit: int,
) -> list[int]:
    """Numbers of kept pages above ``after`` and up to ``last``, rising; of every source for none."""
    query = sa.select(raw_pages.c.id).where(raw_pages.c.id > after, raw_pages.c.id <= last)
    if sources:
        query = query.where(raw_pages.c.source.in_(sources))
    if since is not None:
        query = query.where(raw_pages.c.fetched_at >= since)
    return list(connection.execute(query.order_by(raw_pages.c.id).limit(limit)).scalars())


def prune_pages(
    connection: sa.Connection, *, before: datetime | None, most_bytes: int | None, limit: int = 500
) -> int:
    """Remove up to ``limit`` pages that are older than ``before``, or too many; how many.

    What is removed goes oldest first. A dictionary that no page needs, and that is not its source's
    newest, goes too.
    """
    doomed: list[int] = []
    if before is not None:
        doomed = list(_oldest(connection, raw_pages.c.fetched_at < before, limit))
    if not doomed and most_bytes is not None:
        total = connection.execute(sa.select(sa.func.sum(raw_pages.c.stored_bytes))).scalar() or 0
        over = int(total) - most_bytes
        rows = connection.execute(
            sa.select(raw_pages.c.id, raw_pages.c.stored_bytes)
            .order_by(raw_pages.c.fetched_at, raw_pages.c.stored_bytes)
            .limit(limit)
        )
        for number, size in rows:
            if over <= 0:
                break
            doomed.append(number)
            over -= size
    if not doomed:
        return 0
    connection.execute(sa.delete(raw_pages).where(raw_pages.c.id.in_(doomed)))
    newest = sa.select(sa.func.max(page_dictionaries.c.id)).group_by(page_dictionaries.c.source)
    used = sa.select(raw_pages.c.dictionary_id).where(raw_pages.c.dictionary_id.is_not(None))
    connection.execute(
        sa.delete(page_dictionaries).where(
            page_dictionaries.c.id.not_in(newest), page_dictionaries.c.id.not_in(used)
        )
    )
    return len(doomed)


def _oldest(
    connection: sa.Connection, condition: sa.ColumnElement[bool], limit: int
) -> Iterator[int]:
    query = sa.select(raw_pages.c.id).where(condition).order_by(raw_pages.c.fetched_at)
    yield from connection.execute(query.limit(limit)).scalars()
