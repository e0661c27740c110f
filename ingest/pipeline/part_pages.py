"""The further pages of an article that its site divides over several: fetched, read and joined.

They are asked for as every page is, politely and with robots.txt obeyed, one after another: each may
name the next. What cannot be had leaves an article that is not complete, and that is asked for again
when it is looked at next.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ingest.errors import ExtractionCrashed
from ingest.extract.page_context import PageContext
from ingest.extract.parts import MOST_PARTS
from ingest.pipeline.link_rows import key_of_page
from ingest.pipeline.page_getter import judge_page
from ingest.workers.tasks import JoinParts, ReadPart
from sources.errors import FetchError
from storage.links.parts import record_parts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.extract.parts.joining import Part
    from ingest.pipeline.page_keeper import PageKeeper
    from ingest.workers.pool import ExtractionPool
    from sources.page import Page
    from sources.source import Source
    from storage.article import Article
    from storage.articles.prepared import PreparedArticle
    from storage.async_store import AsyncStore
    from storage.links import DueLink

__all__ = ["join_further_parts", "keep_parts"]


async def join_further_parts(
    article: Article,
    named: tuple[str, ...],
    *,
    first: str,
    source: Source | None,
    site: SiteLines | None,
    fetch: Callable[[str], Awaitable[Page]],
    pool: ExtractionPool,
) -> tuple[PreparedArticle, tuple[Page, ...]]:
    """``article`` with the text of its further parts, ready for the store; their pages.

    Args:
        article: as its first page has it.
        named: addresses of the further parts, as that page names them.
        first: address of that page.
        source: whose pages they are.
        site: the lines that other articles of the source hold.
        fetch: gets a page; what it raises as ``FetchError`` is a part that is missing.
        pool: where pages are read.

    Raises:
        ExtractionCrashed: the parts could not be joined.
    """
    waiting = dict(enumerate(named, 2))
    parts: list[Part] = []
    pages: list[Page] = []
    missing = False
    number = 2
    while number in waiting and number <= MOST_PARTS:
        address = waiting.pop(number)
        number += 1
        try:
            page = await fetch(address)
            if judge_page(page, source, address) is not None:
                missing = True
                continue
            about = PageContext.of(page, source, None, site)
            part = await pool.submit(ReadPart(page.body, about, first))
        except (FetchError, ExtractionCrashed):
            missing = True
            continue
        parts.append(part)
        pages.append(page)
        for further, named_there in part.named.further.items():
            if further >= number:
                waiting.setdefault(further, named_there)
    all_there = not missing and not waiting
    return await pool.submit(JoinParts(article, tuple(parts), all_there)), tuple(pages)


async def keep_parts(
    store: AsyncStore,
    keeper: PageKeeper,
    due: DueLink,
    article_id: int,
    pages: Sequence[Page],
    now: datetime,
) -> None:
    """Make the addresses of ``pages`` lead to the article that they are parts of, and keep them.

    Args:
        store: the database.
        keeper: of pages.
        due: the link of the first part.
        article_id: of the article.
        pages: its further parts.
        now: aware.

    Raises:
        StorageError: the database cannot go on.
    """
    by_key: dict[str, Page] = {}
    for page in pages:
        try:
            by_key.setdefault(key_of_page(page.requested_url, due), page)
        except ValueError:
            continue
    by_key.pop(due.key, None)
    named = {key: page.requested_url for key, page in by_key.items()}
    numbers = await store.write(lambda c: record_parts(c, due.source, article_id, named, now))
    for key, number in numbers.items():
        packed = await keeper.pack(due.source, number, by_key[key])
        await store.write(partial(keeper.keep, packed=packed))
