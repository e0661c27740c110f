"""How a source is, judged from its history: broken, dry, or merely without news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.articles.saving import save_article
from storage.links import NewLink, due_links
from storage.links.documents import record_document
from storage.links.marks import mark_fetched_failure
from storage.reading.health import FEWEST_PAGES, SourceHealth, health_of
from storage.runs import RunCounts, StartedBy, finish_source, start_run, start_source
from storage.schema import links

HOUR = timedelta(hours=1)
FEED = "https://g.example/feed"


class History:
    """A source whose passes follow one another by the hour."""

    def __init__(self, database: Any, now: datetime, make_article: Callable[..., Any]) -> None:
        self.database = database
        self.now = now
        self._make = make_article
        self._run = database.write(lambda c: start_run(c, "daemon", now))
        self._number = 0

    def health(self) -> SourceHealth:
        with self.database.reading() as connection:
            return health_of(connection, "gazette")

    def poll(
        self,
        new: int = 0,
        good: int = 0,
        *,
        reason: str = "login_wall",
        error: str | None = None,
        state: str = "refused",
        announced: int = 20,
        kind: str = "feed",
        started_by: StartedBy = "schedule",
    ) -> datetime:
        """A pass that looks at ``new`` new pages, ``good`` of which are articles; when it began."""
        began = self.now
        run, write = self._run, self.database.write
        number = write(lambda c: start_source(c, run, "gazette", began, started_by=started_by))
        made = [self._link() for _ in range(new)]
        if error is None:
            self._announce(made, announced, kind)
        with self.database.reading() as connection:
            due = [d for d in due_links(connection, "gazette", began, 500) if d.key in made]
        counts = RunCounts()
        for place, link in enumerate(due):
            if place < good:
                article = self._make(f"Text of {link.key}. " * 9, source="gazette", url=link.url)
                write(
                    lambda c, a=article, li=link: save_article(
                        c, li.id, a, key=li.key, fetched_key=li.key, now=began
                    )
                )
                counts.filed += 1
            else:
                write(lambda c, li=link: self._refuse(c, li.id, state, reason, began))
                counts.refused += state == "refused"
                counts.failed += state == "failed"
                counts.gone += state == "gone"
        self._finish(number, counts, error)
        return began

    def try_again(self, times: int, *, pages: int) -> None:
        """Passes that find nothing new, and look at ``pages`` that failed before."""
        for _ in range(times):
            self._try_again(pages)

    def _try_again(self, pages: int) -> None:
        run, began, write = self._run, self.now, self.database.write
        number = write(lambda c: start_source(c, run, "gazette", began))
        with self.database.reading() as connection:
            query = sa.select(links.c.id).where(links.c.state == "failed").limit(pages)
            failed = connection.execute(query).scalars().all()
        for link in failed:
            write(lambda c, li=link: self._refuse(c, li, "failed", "http", began))
        self._finish(number, RunCounts(failed=len(failed)), None)

    def _refuse(self, c: Any, link: int, state: Any, reason: str, now: datetime) -> None:
        mark_fetched_failure(
            c,
            link,
            state=state,
            reason=reason,
            detail=f"because of {reason}",
            retry_at=now + HOUR if state == "failed" else None,
            status=200,
            now=now,
        )

    def _link(self) -> str:
        self._number += 1
        return f"g.example/{self._number}"

    def _announce(self, keys: list[str], announced: int, kind: str) -> None:
        old = [f"g.example/{n + 1}" for n in range(self._number)] if announced else []
        listed = [NewLink(key=key, url=f"https://{key}") for key in dict.fromkeys((*old, *keys))]
        self.database.write(
            lambda c: record_document(
                c,
                "gazette",
                FEED,
                kind=kind,
                etag=None,
                last_modified=None,
                status=200,
                error=None,
                links=listed,
                now=self.now,
            )
        )

    def _finish(self, number: int, counts: RunCounts, error: str | None) -> None:
        end, run = self.now + HOUR / 2, self._run
        self.database.write(
            lambda c: finish_source(c, run, "gazette", counts, error, end, pass_id=number)
        )
        self.now += HOUR


@pytest.fixture
def history(database: Any, now: datetime, make_article: Callable[..., Any]) -> History:
    return History(database, now, make_article)


def test_a_source_that_nobody_has_collected_is_healthy(history: History) -> None:
    assert history.health() == SourceHealth("healthy")


def test_a_source_whose_passes_fail_is_broken_since_the_first_of_them_and_keeps_its_cause(
    history: History,
) -> None:
    history.poll(3, 3)
    first = history.poll(error="connection refused")
    for _ in range(7):
        history.poll(error="connection refused")
    assert history.health() == SourceHealth("broken", first, "connection refused", 8)
    history.poll()
    assert history.health() == SourceHealth("healthy")
    second = history.poll(error="time-out")
    assert history.health() == SourceHealth("broken", second, "time-out", 1)


def test_a_source_from_which_nothing_comes_through_any_more_says_so_with_the_main_reason(
    history: History,
) -> None:
    history.poll(8, 8)
    since = history.poll(4)
    history.poll()
    history.poll(FEWEST_PAGES - 5)
    history.poll(0)
    assert history.health().state == "healthy"
    history.poll(3, reason="error_page")
    health = history.health()
    assert (health.state, health.since, health.passes) == ("broken", since, 3)
    assert "none of the last 12 new pages" in str(health.why)
    assert "9 of them: login_wall (because of login_wall)" in str(health.why)
    history.poll(3, 1)
    assert history.health().state == "healthy"


def test_a_source_that_never_gave_an_article_is_not_called_broken_for_that(
    history: History,
) -> None:
    history.poll(30)
    assert history.health().state == "healthy"


def test_a_source_without_news_is_healthy_however_often_it_is_asked(history: History) -> None:
    history.poll(8, 8)
    for _ in range(30):
        history.poll()
    assert history.health().state == "healthy"


def test_two_pages_that_are_tried_again_and_again_are_two_pages(history: History) -> None:
    history.poll(8, 8)
    history.poll(2, state="failed", reason="http")
    history.try_again(20, pages=2)
    assert history.health().state == "healthy"


def test_pages_that_a_backfill_finds_gone_say_nothing_of_what_is_new(history: History) -> None:
    history.poll(8, 8)
    history.poll(30, state="gone", reason="http", started_by="backfill")
    assert history.health().state == "healthy"


@pytest.mark.parametrize("kind", ["feed", "listing", "wordpress"])
def test_an_endpoint_that_answers_and_announces_nothing_at_all_is_told(
    history: History, kind: str
) -> None:
    since = history.poll(8, 8, kind=kind)
    assert history.health().state == "healthy"
    history.poll(announced=0, kind=kind)
    health = history.health()
    assert (health.state, health.since) == ("broken", since)
    assert health.why == f"its {kind} announces nothing any more"
    history.poll(kind=kind)
    assert history.health().state == "healthy"


def test_a_sitemap_of_news_may_be_empty(history: History) -> None:
    history.poll(8, 8, kind="sitemap")
    history.poll(announced=0, kind="sitemap")
    assert history.health().state == "healthy"
