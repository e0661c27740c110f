"""Pages kept beside their articles, so that they can be read again without a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from storage.pages.raw_pages import PackedPage, PageArchive, RawPage, keep_dictionary, keep_page

if TYPE_CHECKING:
    from sources.page import Page
    from storage.async_store import AsyncStore
    from storage.transaction import Transaction

__all__ = ["PageKeeper"]

#: Bytes of a page that is compressed on the spot: in the tenth of a millisecond that a thread costs.
_AT_ONCE = 200_000


class PageKeeper:
    """Packs the pages of all sources; does nothing where they are not to be kept."""

    def __init__(
        self,
        store: AsyncStore,
        now: Callable[[], datetime],
        *,
        enabled: bool,
    ) -> None:
        self._store = store
        self._now = now
        self._enabled = enabled
        self._archive = PageArchive()

    async def pack(self, source: str, link_id: int, page: Page) -> PackedPage | None:
        """The page that answers the link of this number, of ``source``, as it is kept."""
        if not self._enabled:
            return None
        raw = RawPage(
            url=page.url,
            fetched_at=page.fetched_at,
            status=page.status,
            headers=page.headers,
            body=page.body,
        )
        pack = partial(self._archive.pack, self._store.database.reading, source, link_id, raw)
        if len(page.body) > _AT_ONCE or self._archive.asks(source):
            return await self._store.call(pack)
        return pack()

    def keep(self, connection: Transaction, packed: PackedPage | None) -> None:
        """Store a page, in the transaction that stores what was read on it."""
        if packed is not None:
            keep_page(connection, self._archive, packed)

    async def learn(self, source: str) -> None:
        """Make the dictionary of its pages where one is wanted, outside of the writer's time."""
        if self._archive.wants_dictionary(source):
            new = await self._store.read(lambda c: self._archive.new_dictionary(c, source))
            if new is not None:
                now = self._now()
                await self._store.write(lambda c: keep_dictionary(c, new, now))
