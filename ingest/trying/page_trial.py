"""Trying one page of a source as a run would take it, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import ExtractionCrashed
from ingest.extract import Refusal
from ingest.extract.page_context import PageContext
from ingest.pipeline.page_getter import judge_page
from ingest.pipeline.verdict import Verdict, judge_crash, judge_error, judge_refusal
from ingest.workers.tasks import ExtractPage
from sources.errors import FetchError

if TYPE_CHECKING:
    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.pipeline.page_getter import PageGetter
    from ingest.workers.pool import ExtractionPool
    from sources.link import Link
    from sources.source import Source
    from storage.article import Article

__all__ = ["said_of", "try_page"]


async def try_page(
    url: str,
    link: Link | None,
    source: Source,
    getter: PageGetter,
    pool: ExtractionPool,
    site: SiteLines | None = None,
) -> Article | Verdict:
    """The article that a run would file from ``url``, or what it would say instead.

    Args:
        url: address of the page.
        link: what an endpoint says of it, where one does.
        source: its platform's preset applied.
        getter: gets the page.
        pool: extracts, within the limits that a run has.
        site: the lines that the source repeats, as far as they are known.
    """
    try:
        page = await getter.get(url, source, fetch_url=link.fetch_url if link is not None else None)
    except FetchError as error:
        return judge_error(error)
    verdict = judge_page(page, source, url)
    if verdict is not None:
        return verdict
    try:
        about = PageContext.of(page, source, link, site)
        found = await pool.submit(ExtractPage(page.body, about))
    except ExtractionCrashed as error:
        return judge_crash(error)
    return judge_refusal(found) if isinstance(found, Refusal) else found


def said_of(url: str, verdict: Verdict) -> str:
    """One line for a person: ``ADDRESS: refused (listing): ...``, or what went wrong."""
    if verdict.state == "refused":
        return f"{url}: refused ({verdict.reason}): {verdict.detail}"
    return f"{url}: {verdict.detail}"
