"""What happened, as JSON: a change, the difference between two texts of an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.views.json_values import json_object, json_value
from ingest.views.word_diff import ParagraphDiff
from storage.changes import Change
from storage.reading.queries import Version

__all__ = ["change_json", "diff_json"]


def change_json(change: Change, *, url: str | None, title: str | None) -> dict[str, Any]:
    """A row of the change feed with the article's address and title now: ``copydesk changes``."""
    return {**json_object(change), "url": url, "title": title}


def diff_json(
    article_id: int, old: Version, new: Version, paragraphs: Sequence[ParagraphDiff]
) -> dict[str, Any]:
    """What changed from one text of an article to another: ``copydesk diff --json``.

    When, by whom and in which fields is said of the change that followed the ``old`` text.
    """
    return {
        "article_id": article_id,
        "from": old.number,
        "to": new.number,
        "at": json_value(old.replaced_at),
        "cause": old.cause,
        "changed": json_value(old.changed),
        "paragraphs": json_value(tuple(paragraphs)),
    }
