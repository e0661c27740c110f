"""An article as JSON: as extraction made it, as it is filed, in short, as a search found it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ingest.views.json_values import json_object, json_value
from storage.article import JSON_KEYS, Article
from storage.reading.queries import ArticleSummary, StoredArticle
from storage.search.search import SearchHit

__all__ = ["STORED_KEYS", "article_json", "hit_json", "stored_json", "summary_json"]

_STORED = tuple(each.name for each in fields(StoredArticle))


def article_json(article: Article) -> dict[str, Any]:
    """An article: ``copydesk extract --json``."""
    return article.as_json()


def stored_json(stored: StoredArticle) -> dict[str, Any]:
    """An article that is filed, :data:`STORED_KEYS`: ``copydesk show --json``, export."""
    found: dict[str, Any] = {}
    for name in _STORED:
        value = getattr(stored, name)
        if name == "article":
            found.update(article_json(value))
        else:
            found[name] = json_value(value)
    return found


def summary_json(summary: ArticleSummary) -> dict[str, Any]:
    """An article without its text: ``copydesk articles --json``."""
    return json_object(summary)


def hit_json(hit: SearchHit) -> dict[str, Any]:
    """An article that a search found, with the place in it: ``copydesk search --json``."""
    return json_object(hit)


#: The keys of a filed article, in their order; those of export too.
STORED_KEYS: tuple[str, ...] = tuple(
    key for name in _STORED for key in (JSON_KEYS if name == "article" else (name,))
)
