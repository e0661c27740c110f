"""Papers on loopback that are polled again and again, and histories that are written, not lived."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import sqlalchemy as sa

from ingest.health.judge import judge_source
from ingest.health.kept import kept_health
from ingest.health.state import SourceHealth
from sources.source import Source
from storage.articles.saving import save_article
from storage.database import Database
from storage.runs import PassNotes, RunCounts, StartedBy, finish_source, start_run, start_source
from storage.schema import health_changes
from tests.conftest import LoopbackSite
from tests.ingest.conftest import HOST
from tests.storage.conftest import (  # noqa: F401 - fixtures
    filled_postgres,
    filled_sqlite,
    make_article,
    postgres_server,
    ready_address,
)

#: Entries of the paper's feed, and articles from one poll to the next.
FEED_LENGTH, A_POLL = 20, 4
SENTENCES = (
    "The ferry of berth {n} was painted green by the pupils of the {m}th form in one afternoon.",
    "Nobody at the harbour office had counted the {n} gulls before the auditor asked for it.",
    "A baker of Quay Street keeps {m} loaves for those who come off the night boat.",
    "The lighthouse keeper wrote {n} letters to the council, of which {m} were answered.",
    "Rain fell on {m} days, and the regatta of the {n} oldest boats was held all the same.",
    "What the diver found below pier {n} will be shown in the school hall for {m} weeks.",
)


@dataclass
class Paper:
    """A paper that publishes a few articles between two polls."""

    site: LoopbackSite
    collect: Callable[..., Any]
    database: Database
    source: Source
    published: list[int] = field(default_factory=list)
    #: Makes the page of an article, by its number.
    page: Callable[[int], str | bytes] = field(default=lambda number: usual_page(number))
    #: Entries of its feed that are no articles.
    others: list[str] = field(default_factory=list)

    def publish(self, articles: int = A_POLL) -> None:
        """So many more articles, and the feed with them."""
        for _ in range(articles):
            number = len(self.published) + 1
            self.published.append(number)
            self.site.put(f"{HOST}/story/{number}", self.page(number))
        self.announce()

    def announce(self) -> None:
        """The feed as it is."""
        paths = [f"/story/{n}" for n in reversed(self.published[-FEED_LENGTH:])]
        self.site.put(f"{HOST}/feed", feed_of(*paths, *self.others))

    def poll(self, polls: int = 1, articles: int = A_POLL) -> SourceHealth:
        """Publish, and be polled; so often. How it is then."""
        for _ in range(polls):
            if articles:
                self.publish(articles)
            self.collect(self.source)
        return self.health

    @property
    def health(self) -> SourceHealth:
        """How it was judged last."""
        with self.database.reading() as connection:
            found = kept_health(connection, self.source.name)
        assert found is not None
        return found

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """State and reason of each change."""
        return changes_of(self.database, self.source.name)


def changes_of(database: Database, source: str) -> list[tuple[str, str | None]]:
    """State and reason of each change of a source's health."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(health_changes.c.state, health_changes.c.reason)
            .where(health_changes.c.source == source)
            .order_by(health_changes.c.id)
        )
        return [(row.state, row.reason) for row in rows]


def usual_page(number: int, **changes: str) -> str:
    """A page with an article of its own text."""
    title = changes.get("title", f"Berth {number} of the harbour")
    data = {
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": datetime.now(UTC).isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": "Anna Berg"},
    }
    said = "".join(f"<p>{each}</p>" for each in texts_of(number))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} | Courier</title>"
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body>'
        f"<nav><a href=/>Home</a></nav><main><article class=story><h1>{title}</h1>"
        f"<p class=by>By Anna Berg</p><div class=text>{changes.get('text', said)}</div></article>"
        "</main><footer>Copyright Mill Lane Courier</footer></body></html>"
    )


def texts_of(number: int) -> list[str]:
    """The paragraphs of an article."""
    return [
        each.format(n=number * 7 + place, m=number * 3 + place)
        for place, each in enumerate(SENTENCES)
    ]


def feed_of(*paths: str) -> str:
    """An RSS feed of these paths."""
    items = "".join(
        f"<item><title>{path}</title><link>{HOST}{path}</link>"
        f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"
        for path in paths
    )
    return f'<rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'


@pytest.fixture
def paper(
    site: LoopbackSite, source: Source, database: Database, collect: Callable[..., Any]
) -> Paper:
    """The Mill Lane Courier, which nobody has polled yet."""
    return Paper(site, collect, database, source)


# Histories that are written


class History:
    """A source whose passes are booked without having been."""

    def __init__(
        self, database: Database, now: datetime, make: Callable[..., Any], name: str = "gazette"
    ) -> None:
        self.database = database
        self.now = now
        self.name = name
        self._make = make
        self._run = database.write(lambda c: start_run(c, "daemon", now))
        self._articles = 0

    def poll(
        self,
        *,
        tried: int = 0,
        bad: int = 0,
        duplicate: int = 0,
        reason: str = "login_wall",
        error: str | None = None,
        cause: str | None = None,
        started_by: StartedBy = "schedule",
        every: timedelta = timedelta(hours=1),
        dated: bool = True,
        **notes: Any,
    ) -> SourceHealth:
        """A pass that looks at ``tried`` new pages, ``bad`` of which bring nothing.

        ``dated``: whether its articles say when they were published.
        """
        began, good = self.now, tried - bad
        article = None
        if good:
            self._articles += 1
            article = self._make(
                f"Text {self._articles} of the gazette. " * 9,
                source=self.name,
                url=f"https://g.example/{began:%m%d%H%M%S}",
                published_at=began.isoformat() if dated else None,
            )
        noted = PassNotes(
            **(
                {
                    "announced": None if error else 20,
                    "known": None if error else 20 - tried,
                    "appeared": tried,
                    "tried": tried,
                    "reasons": {reason: bad} if bad else {},
                    "words": 300 * good,
                    "by_template": good,
                }
                | notes
            )
        )
        counts = RunCounts(documents=1, links_new=tried, filed=good - duplicate, refused=bad)
        counts.duplicate = duplicate
        end = began + timedelta(seconds=20)
        self.now += every

        def book(connection: Any) -> SourceHealth:
            number = start_source(connection, self._run, self.name, began, started_by=started_by)
            if article is not None:
                save_article(
                    connection, None, article, key=article.url, fetched_key=None, now=began
                )
            finish_source(
                connection,
                self._run,
                self.name,
                counts,
                error,
                end,
                pass_id=number,
                cause=cause,
                notes=noted,
            )
            return judge_source(connection, self.name, end)

        return self.database.write(book)

    def polls(self, number: int, **how: Any) -> SourceHealth:
        """Several alike; how it is after the last."""
        found = SourceHealth()
        for _ in range(number):
            found = self.poll(**how)
        return found

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """State and reason of each change."""
        return changes_of(self.database, self.name)


@pytest.fixture
def stored(ready_address: str) -> Iterator[Database]:  # noqa: F811
    """A database without rows, on each kind of server."""
    with Database.open(ready_address) as opened:
        yield opened


@pytest.fixture
def history(database: Database, make_article: Callable[..., Any]) -> History:  # noqa: F811
    """A source of a SQLite database: what is judged of it is the same wherever it is kept."""
    return History(database, datetime(2026, 11, 20, 6, tzinfo=UTC), make_article)


@pytest.fixture
def history_of_each(stored: Database, make_article: Callable[..., Any]) -> History:  # noqa: F811
    """The same on a database of each kind."""
    return History(stored, datetime(2026, 11, 20, 6, tzinfo=UTC), make_article)
