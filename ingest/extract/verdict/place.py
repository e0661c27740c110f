"""What an address says of the page behind it."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from ingest.extract.verdict.words import segments
from sources.address_parameters import counting_parameters
from sources.endpoints.addresses.article_address import kind_of_address

__all__ = ["address_says"]

_LISTS = frozenset(["section", "tag", "author", "search", "pagination", "calendar", "account"])
_DATED = re.compile(
    r"/(?:19|20)[0-9]{2}[/_-](?:0?[1-9]|1[0-2])(?:[/_-]|$)|/(?:19|20)[0-9]{6}(?:[/_-]|$)"
)
_LONG_NUMBER = re.compile(r"[0-9]{5,}")
_BETWEEN_WORDS = re.compile(r"[-_+.\s]+")
#: Discourse: /t/slug/123; Flarum: /d/123-slug; Stack Exchange: /questions/123.
_TOPIC = re.compile(
    r"/(?:t/[^/]+/[0-9]+|d/[0-9]+-|questions/[0-9]+|threads/[^/]+\.[0-9]+|topic/[0-9]+)"
)


@lru_cache(maxsize=64)
def address_says(url: str | None, home: str | None) -> dict[str, float]:
    """The columns of what ``url`` says, of a source whose ``home`` may be known; all -1 without address."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return dict.fromkeys(_NAMES, -1.0)
    try:
        parts = urlsplit(url)
    except ValueError:
        return dict.fromkeys(_NAMES, -1.0)
    if parts.fragment.startswith("!"):  # the address of an application's view, or one of our own
        return dict.fromkeys(_NAMES, -1.0)
    path = unquote(parts.path).lower()
    words = [segment for segment in path.split("/") if segment]
    kind = kind_of_address(url, home or f"{parts.scheme}://{parts.netloc}/")
    last = words[-1] if words else ""
    before = frozenset(words[:-1])
    host = (parts.hostname or "").split(".")[:-1]
    return {
        "address_depth": float(len(words)),
        "address_words": float(len(_BETWEEN_WORDS.split(last.strip("-_+. "))) if last else 0),
        "address_article": float(kind == "article"),
        "address_list": float(kind in _LISTS),
        "address_dated": float(bool(_DATED.search(path))),
        "address_number": float(bool(_LONG_NUMBER.search(last))),
        "address_parameters": float(len(counting_parameters(parts.query, path))),
        "address_product": float(bool(before & segments("product"))),
        "address_collection": float(bool(frozenset(words) & segments("collection"))),
        "address_forum": float(
            bool(frozenset(words) & segments("forum"))
            or bool(frozenset(host) & segments("forum_host"))
            or bool(_TOPIC.search(path))
        ),
    }


_NAMES = (
    "address_depth",
    "address_words",
    "address_article",
    "address_list",
    "address_dated",
    "address_number",
    "address_parameters",
    "address_product",
    "address_collection",
    "address_forum",
)
