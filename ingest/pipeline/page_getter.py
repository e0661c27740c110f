"""One way to get a page of a source, and to see whether it may be read.

Runs, backfills, ``sources check``, the trials of ``add`` and ``extract ADDRESS`` ask here, so that
each gives the answer that the others give: drawn by a browser where the source wants that, an
archive's copy for the page that it is a copy of, refused where redirects lead out of the source.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.pipeline.verdict import Verdict, judge_status
from sources.hosting import Sites
from sources.rendering import Renderer
from sources.source import FetchRules

if TYPE_CHECKING:
    from sources.endpoints import Fetcher
    from sources.page import Page, Validators
    from sources.source import Source

__all__ = ["PageGetter", "judge_page"]

_BY_DEFAULT = FetchRules()


class PageGetter:
    """Gets pages with one client, and with one browser where a source needs it."""

    def __init__(self, client: Fetcher) -> None:
        self._client = client
        self._renderer = Renderer(client)

    async def aclose(self) -> None:
        """End the browser, where there is one."""
        await self._renderer.aclose()

    async def get(
        self,
        url: str,
        source: Source | None,
        *,
        fetch_url: str | None = None,
        validators: Validators | None = None,
        client: Fetcher | None = None,
    ) -> Page:
        """The page at ``url``, whatever its status.

        Args:
            url: of the link.
            source: whose page it is; ``None`` for one of no source that is known.
            fetch_url: where an archive keeps a copy that stands for it.
            validators: of the answer before; the server may then say that nothing changed.
            client: asks, where it is not the usual one: one that counts for a pass.

        Raises:
            NoBrowser: the source is to be drawn by a browser, and there is none.
            FetchError: no page came.
        """
        rules = source.fetch if source is not None else _BY_DEFAULT
        client = client or self._client
        if rules.render and fetch_url is None:
            return await self._renderer.fetch(
                url, rules=rules, validators=validators, client=client
            )
        page = await client.fetch(
            fetch_url or url, rules=rules, accept="page", validators=validators
        )
        if fetch_url is not None:
            # An archive's copy stands for the page at the address that it is a copy of.
            page = replace(page, requested_url=url, url=url, redirects=())
        return page


def judge_page(page: Page, source: Source | None, asked: str) -> Verdict | None:
    """Why ``page`` is not worth reading; ``None`` where it is.

    By its status, and by where redirects led: out of ``source``, to a house that neither the link
    ``asked`` for nor the source file names. 304 is to be dealt with before.
    """
    verdict = judge_status(page)
    if verdict is not None or source is None or not page.redirects:
        return verdict
    if Sites((source.home, asked), source.links.hosts).has(page.url):
        return None
    return Verdict("refused", "off_site", f"redirects to {page.url}, which is not {source.title}")
