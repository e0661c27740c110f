"""Trying articles of a site: some of its pages, extracted as the pipeline does, without a database."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.extract.chrome.site_lines import SiteLines, clean_again, line_keys
from ingest.pipeline.page_getter import PageGetter
from ingest.pipeline.verdict import Verdict
from ingest.trying.page_trial import said_of, try_page
from sources.address import address_key

if TYPE_CHECKING:
    from ingest.workers.pool import ExtractionPool
    from sources.endpoints import Fetcher
    from sources.link import Link
    from sources.source import Source
    from storage.article import Article

__all__ = ["ArticleTrial", "try_articles"]

#: Pages fetched beyond the articles asked for: some turn out to be videos or section pages.
MORE_TRIES = 5


@dataclass(frozen=True, slots=True)
class ArticleTrial:
    """One page of the site: the article on it, or why there is none."""

    url: str
    article: Article | None = None
    #: ``ADDRESS: refused (listing): ...``, or why it could not be fetched; one line.
    problem: str | None = None


async def try_articles(
    source: Source,
    links: Sequence[Link],
    client: Fetcher,
    pool: ExtractionPool,
    *,
    most: int,
    first: str | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> list[ArticleTrial]:
    """Pages of ``source``, the newest first, until ``most`` have given an article.

    Args:
        source: its platform's preset applied.
        links: what its endpoints announce.
        client: fetches.
        pool: extracts.
        most: articles wanted; a few pages more are tried.
        first: address of an article that is to come first, announced or not.
        say: is told what is being done.

    Nothing is raised for what a site does wrong.
    """
    by_key = {link.key: link for link in links}
    newest = sorted(by_key.values(), key=lambda link: link.published or link.modified or "")
    waiting: deque[tuple[str, Link | None]] = deque((link.url, link) for link in reversed(newest))
    if first is not None:
        announced = by_key.get(address_key(first))
        waiting = deque(
            entry for entry in waiting if announced is None or entry[1] is not announced
        )
        waiting.appendleft((first, announced))
    tried: list[ArticleTrial] = []
    site = SiteLines()
    async with contextlib.aclosing(PageGetter(client)) as getter:
        while waiting and _count(tried) < most and len(tried) < most + MORE_TRIES:
            url, link = waiting.popleft()
            say(f"article {_count(tried) + 1} of {most}: {url} …")
            trial = await _try(url, link, source, getter, pool, site)
            tried.append(trial)
            if trial.article is not None:
                site = site.with_article(line_keys(trial.article))
    # As after every run: later articles have shown what the site repeats.
    return [
        replace(trial, article=clean_again(trial.article, site)) if trial.article else trial
        for trial in tried
    ]


def _count(trials: Iterable[ArticleTrial]) -> int:
    return sum(trial.article is not None for trial in trials)


async def _try(
    url: str,
    link: Link | None,
    source: Source,
    getter: PageGetter,
    pool: ExtractionPool,
    site: SiteLines,
) -> ArticleTrial:
    found = await try_page(url, link, source, getter, pool, site)
    if isinstance(found, Verdict):
        return ArticleTrial(url, problem=said_of(url, found))
    return ArticleTrial(url, found)
