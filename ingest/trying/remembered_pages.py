"""A client that asks for nothing twice: looking a site over leads back to the same few pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sources.errors import FetchError, TooLarge
from sources.source import FetchRules

if TYPE_CHECKING:
    from sources.client import Client
    from sources.page import Page, Validators

__all__ = ["RememberedPages"]

#: Bytes of bodies that are remembered; what comes beyond is asked for again.
MOST_BYTES = 64 * 1024 * 1024
_BY_DEFAULT = FetchRules()


class RememberedPages:
    """What ``client`` answered stands for as long as this lives: minutes, one command."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._pages: dict[tuple[str, str], Page | FetchError] = {}
        self._bytes = 0

    async def fetch(
        self,
        url: str,
        *,
        rules: FetchRules = _BY_DEFAULT,
        validators: Validators | None = None,
        accept: str = "page",
        max_body: int | None = None,
    ) -> Page:
        """As ``Client.fetch``, from memory where it was asked before.

        Raises:
            FetchError: no page came, now or before.
        """
        known = self._pages.get((url, accept))
        if isinstance(known, FetchError):
            raise known
        if known is not None:
            return known
        try:
            page = await self._client.fetch(
                url, rules=rules, validators=validators, accept=accept, max_body=max_body
            )
        except FetchError as error:
            # With another cap it may come.
            if not isinstance(error, TooLarge):
                self._pages[url, accept] = error
            raise
        if self._bytes + len(page.body) <= MOST_BYTES and not page.not_modified:
            self._bytes += len(page.body)
            self._pages[url, accept] = page
        return page

    def remember(self, page: Page, accept: str, *urls: str) -> None:
        """``page`` is also what asking for one of ``urls``, or with ``accept``, would bring."""
        for url in {page.url, page.requested_url, *urls}:
            self._pages.setdefault((url, accept), page)

    async def robots_sitemaps(self, url: str, rules: FetchRules = _BY_DEFAULT) -> tuple[str, ...]:
        """As ``Client.robots_sitemaps``, which remembers by itself."""
        return await self._client.robots_sitemaps(url, rules)
