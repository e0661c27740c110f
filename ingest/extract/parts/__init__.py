"""Articles that a site divides over several pages: which pages those are, and one text of them."""

from __future__ import annotations

__all__ = ["MOST_PARTS"]

#: Parts of an article that are read at most; more are a gallery, or a list.
MOST_PARTS = 20
