"""A database, open for reading: by programs that must not change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ingest.houses import credited_to
from ingest.periods import Period, read_period
from storage.changes import Change, ChangeKind, read_changes
from storage.database import Database
from storage.errors import StorageError
from storage.reading.article_filter import CreditedHouse
from storage.reading.queries import ArticleFilter, StoredArticle, get_article, read_articles
from storage.search.search import SearchHit, search

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["Reader", "open"]

_AT_ONCE = 1000


def open(database: str | Path) -> Reader:
    """Open a database for reading.

    It is never created, migrated or written to; SQLite and PostgreSQL themselves refuse a write.

    Args:
        database: path of a SQLite file, ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.

    Raises:
        StorageError: it is not there or cannot be read, or its schema is of another release of
            Copydesk (``storage.errors.SchemaError``); the text is one line for a person.
    """
    return Reader(Database.open(database, create=False, read_only=True))


class Reader:
    """What is filed; ``copydesk.open`` makes one, ``with`` or :meth:`close` ends it. Thread-safe.

    ``since`` and ``until`` take what the command line takes (``"2024"``, ``"2024-05"``, ``"90d"``: see
    ``docs/json.md``), a day, or a time (UTC where it has no zone): from the beginning of the first, to
    the end of the second. A name that nothing bears finds nothing.
    """

    def __init__(self, database: Database) -> None:
        """Use ``copydesk.open`` instead."""
        self._database = database
        self._closed = False

    @property
    def address(self) -> str:
        """Where the database is, without a password."""
        return self._database.address

    def article(self, article_id: int) -> StoredArticle | None:
        """The article of this number; ``None`` where there is none."""
        with self._reading() as connection:
            return get_article(connection, article_id)

    def articles(
        self,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        source: str | None = None,
        language: str | None = None,
        kind: str | None = None,
        credited: str | None = None,
        author: str | None = None,
        text: str | None = None,
        changed_after: int | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[StoredArticle]:
        """Articles that meet every condition, in the order of their filing, read as they are asked for.

        All are as the database held them at the first one, however long the loop takes.

        Args:
            since: published from then on.
            until: published by its end.
            source: name of the source.
            language: ISO 639-1, of the text.
            kind: ``article``, ``opinion``, ``live_blog``, ...
            credited: a house that the text is credited to, by any name, identifier or host that the
                gazetteer has of it (``"dpa"``, ``"Reuters"``, ``"tass.com"``); any other is looked for
                as part of a name.
            author: part of an author's name.
            text: stands in title or text, letter by letter.
            changed_after: something has happened to them after this change (:attr:`Change.id`).
            newest_first: those filed last come first.
            limit: how many at most.

        Raises:
            ValueError: a time cannot be read; the text names the accepted forms.
            StorageError: the database cannot be read.
        """
        chosen = ArticleFilter(
            since=_begin(since),
            until=_end(until),
            source=source,
            language=language,
            kind=kind,
            credited=_credited(credited),
            author=author,
            text=text,
            changed_after=changed_after,
        )

        def read() -> Iterator[StoredArticle]:
            with self._reading() as connection:
                yield from read_articles(connection, chosen, newest_first=newest_first, limit=limit)

        return read()

    def changes(
        self,
        since: int = 0,
        *,
        source: str | None = None,
        kinds: Sequence[ChangeKind] = (),
        limit: int | None = None,
    ) -> Iterator[Change]:
        """What happened to articles after a change, in the order of the commits, each thing once.

        A program keeps the ``id`` of the last change that it has dealt with, and gives it as ``since``
        the next time: it misses nothing and sees nothing twice.

        Args:
            since: ``id`` of the last change seen; 0 for all of them.
            source: only of articles of this source.
            kinds: only these, such as ``("filed", "revised")``.
            limit: how many at most.

        Raises:
            StorageError: the database cannot be read.
        """
        last, left = since, limit
        while left is None or left > 0:
            at_once = _AT_ONCE if left is None else min(left, _AT_ONCE)
            with self._reading() as connection:
                found = read_changes(connection, last, at_once, source=source, kinds=kinds)
            yield from found
            if len(found) < at_once:
                return
            last = found[-1].id
            left = None if left is None else left - len(found)

    def search(
        self,
        query: str,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        source: str | None = None,
        language: str | None = None,
        kind: str | None = None,
        credited: str | None = None,
        author: str | None = None,
        newest_first: bool = False,
        limit: int = 20,
        offset: int = 0,
    ) -> list[SearchHit]:
        """Articles that have every word of a query, the best first.

        Args:
            query: words, ``"phrases"``, ``-not``, ``title:``, ``text:``, ``author:``, ``credit:``,
                ``begin*``.
            since: as of :meth:`articles`, like the six that follow.
            until: published by its end.
            source: name of the source.
            language: ISO 639-1, of the text.
            kind: of article.
            credited: house, or part of a name, that the text is credited to.
            author: part of an author's name.
            newest_first: those filed last come first, unranked.
            limit: how many at most.
            offset: how many to pass over.

        Raises:
            ValueError: a time cannot be read.
            StorageError: the query asks for nothing (``storage.errors.QueryError``), or the database
                cannot be read.
        """
        chosen = ArticleFilter(
            since=_begin(since),
            until=_end(until),
            source=source,
            language=language,
            kind=kind,
            credited=_credited(credited),
            author=author,
        )
        with self._reading() as connection:
            return search(
                connection,
                query,
                chosen,
                order="newest" if newest_first else "rank",
                limit=limit,
                offset=offset,
            )

    def close(self) -> None:
        """Close every connection; a second time does nothing."""
        self._closed = True
        self._database.close()

    def _reading(self) -> AbstractContextManager[sa.Connection]:
        if self._closed:
            raise StorageError(f"{self.address}: is closed")
        return self._database.snapshot()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _credited(name: str | None) -> CreditedHouse | str | None:
    return None if name is None else credited_to(name)


def _begin(when: str | date | None) -> datetime | None:
    return None if when is None else _period(when).begin


def _end(when: str | date | None) -> datetime | None:
    return None if when is None else _period(when).end


def _period(when: str | date) -> Period:
    if isinstance(when, datetime):
        at = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        return Period(at, at)
    return read_period(when if isinstance(when, str) else when.isoformat())
