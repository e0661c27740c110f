"""What reading endpoints, archives and drawn pages needs of the client, and no more.

``sources.client.Client`` is all of it; a test has a fake of its own, and a trial remembers pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sources.page import Page, Validators
from sources.source import FetchRules

__all__ = ["Fetcher", "StreamFetcher"]


class Fetcher(Protocol):
    """Downloads pages, and knows what robots.txt names."""

    async def fetch(
        self,
        url: str,
        *,
        rules: FetchRules = ...,
        validators: Validators | None = None,
        accept: str = "page",
        max_body: int | None = None,
    ) -> Page:
        """Download ``url``; raises ``FetchError``."""

    async def robots_sitemaps(self, url: str, rules: FetchRules = ...) -> tuple[str, ...]:
        """The ``Sitemap:`` lines of the robots.txt of ``url``'s host."""


class StreamFetcher(Protocol):
    """Downloads large files."""

    def stream(
        self, url: str, *, rules: FetchRules = ..., start: int = 0
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The bytes of a file of any size from ``start`` on, as they come, no coding undone.

        Where the server ignores the ``Range`` that is asked for, the first ``start`` bytes are
        passed over here; where the file has no more than ``start`` bytes nothing comes. Raises
        ``FetchError``, also while iterating, and ``EndpointError`` for a status that brings no file.
        """
