"""Copydesk for programs: read an article from a page, read what is filed. Nothing here writes.

    import copydesk

    article = copydesk.extract(html, url="https://www.example.org/a-story")
    with copydesk.open("copydesk.sqlite3") as news:
        for stored in news.articles(since="2026-11", language="en"):
            print(stored.article.title)

These few names are the face of the packages ``ingest``, ``sources`` and ``storage``; each is loaded when
it is first used. ``docs/python.md`` explains them with examples. Times are aware and in UTC; every
value is a frozen dataclass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copydesk.extraction import extract
    from copydesk.reader import Reader, open
    from ingest.extract.refusal import Refusal
    from storage.article import Article, Block, Credit, Struck
    from storage.changes import Change
    from storage.errors import StorageError
    from storage.reading.queries import ArticleSummary, StoredArticle
    from storage.search.search import SearchHit

__all__ = [
    "Article",
    "ArticleSummary",
    "Block",
    "Change",
    "Credit",
    "Reader",
    "Refusal",
    "SearchHit",
    "StorageError",
    "StoredArticle",
    "Struck",
    "extract",
    "open",
]

_HOMES = {
    "Article": "storage.article",
    "ArticleSummary": "storage.reading.queries",
    "Block": "storage.article",
    "Change": "storage.changes",
    "Credit": "storage.article",
    "Reader": "copydesk.reader",
    "Refusal": "ingest.extract.refusal",
    "SearchHit": "storage.search.search",
    "StorageError": "storage.errors",
    "StoredArticle": "storage.reading.queries",
    "Struck": "storage.article",
    "extract": "copydesk.extraction",
    "open": "copydesk.reader",
}


def __getattr__(name: str) -> Any:
    """Load a name of this face when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
