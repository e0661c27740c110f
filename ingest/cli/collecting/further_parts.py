"""The further pages of an article that ``copydesk extract ADDRESS`` was asked for."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from ingest.errors import ExtractionCrashed
from ingest.extract import Refusal

if TYPE_CHECKING:
    from ingest.settings import Settings
    from sources.source import Source
    from storage.article import Article

__all__ = ["with_further_parts"]


def with_further_parts(
    first: Article, body: bytes, url: str, source: Source | None, settings: Settings
) -> Article:
    """``first`` with the text of the pages that it goes on at, fetched as a run would; itself without any.

    Args:
        first: the article as its first page has it.
        body: of that page.
        url: of that page.
        source: whose it is, where that is known.
        settings: of the client.
    """
    if first.complete:
        return first
    from ingest.extract.extraction import text_of_body
    from ingest.extract.page.html_page import HtmlPage
    from ingest.extract.parts.named_parts import named_parts
    from ingest.pipeline.page_getter import PageGetter
    from ingest.pipeline.part_pages import join_further_parts
    from ingest.workers.pool import ExtractionPool
    from sources.client import Client

    text = text_of_body(body, url=url)
    if isinstance(text, Refusal) or not text.is_html:
        return first
    named = tuple(named_parts(HtmlPage.parse(text.markup), url).further.values())
    if not named:
        return first

    async def join() -> Article:
        async with (
            Client(settings.client) as client,
            contextlib.aclosing(PageGetter(client)) as getter,
            ExtractionPool(0) as pool,
        ):
            prepared, _ = await join_further_parts(
                first,
                named,
                first=url,
                source=source,
                site=None,
                fetch=lambda address: getter.get(address, source),
                pool=pool,
            )
            return prepared.article

    try:
        return asyncio.run(join())
    except ExtractionCrashed:
        return first
