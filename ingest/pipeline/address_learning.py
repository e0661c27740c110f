"""What a source's own pages teach about its addresses: which shapes never lead to an article.

A shape whose pages were all something else is no longer fetched, but for every twentieth, so that a
mistake, or a site that has changed, is noticed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from sources.address_parameters import counted_in
from sources.endpoints.addresses.article_address import address_shape

__all__ = ["TEACHES", "LearnedAddresses"]

#: Refusals that say of a page that it is of another kind; an error page says nothing.
TEACHES = frozenset({"front_page", "listing", "product", "forum", "no_text", "not_html"})
#: Pages of a shape before it is judged.
LEAST_PAGES = 10
#: Share of articles at or below which a shape is left alone.
MOST_ARTICLES = 0.01
#: One of so many is fetched all the same.
SAMPLE = 20


@dataclass(frozen=True, slots=True)
class LearnedAddresses:
    """Pages that were (articles, something else) by the shape of their address."""

    shapes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def is_hopeless(self, url: str, key: str = "") -> bool:
        """Whether addresses of this shape have turned out to be no articles.

        ``key``: of the link, which says what counts in its address.
        """
        articles, others = self.shapes.get(address_shape(url, counted_in(key)), (0, 0))
        if others < LEAST_PAGES or articles > MOST_ARTICLES * (articles + others):
            return False
        # By the address itself, so that the same ones are tried whoever asks.
        return zlib.crc32(url.encode("utf-8", "replace")) % SAMPLE != 0
