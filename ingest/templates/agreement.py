"""Whether two readings of one page agree, field by field."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from storage.article import Article

if TYPE_CHECKING:
    from ingest.extract.refusal import Refusal

__all__ = ["FIELDS", "LEAST_IN_COMMON", "agreement", "differences", "text_in_common"]

FIELDS = (
    "text",
    "title",
    "authors",
    "published",
    "modified",
    "standfirst",
    "credits",
    "language",
    "section",
    "tags",
    "image",
    "kind",
)
#: Share of the letters of two texts that both have, from which they are the same text.
LEAST_IN_COMMON = 0.97


def agreement(one: Article, other: Article) -> dict[str, bool]:
    """For each of ``FIELDS`` whether both say the same."""
    return {
        "text": text_in_common(one, other) >= LEAST_IN_COMMON,
        "title": letters(one.title or "") == letters(other.title or ""),
        "authors": one.authors == other.authors,
        "published": one.published_at == other.published_at,
        "modified": one.modified_at == other.modified_at,
        "standfirst": letters(one.standfirst or "") == letters(other.standfirst or ""),
        "credits": {(c.role, c.name) for c in one.credits}
        == {(c.role, c.name) for c in other.credits},
        "language": one.language == other.language,
        "section": one.section == other.section,
        "tags": one.tags == other.tags,
        "image": one.image == other.image,
        "kind": one.kind == other.kind,
    }


def differences(one: Article, other: Article | Refusal) -> tuple[str, ...]:
    """The fields in which a template's article is worse than the generic path's may be.

    A standfirst that the generic path does not see, and the template does, is none of them.
    """
    if not isinstance(other, Article):
        return ("refused",)
    return tuple(
        name
        for name, same in agreement(one, other).items()
        if not same and not (name == "standfirst" and other.standfirst is None)
    )


def text_in_common(one: Article, other: Article) -> float:
    """F1 of the letters of two texts, block by block; 0 to 1.

    A block that one of them struck because the site repeats it counts for neither.
    """
    known = {
        letters(struck.text)
        for article in (one, other)
        for struck in article.struck
        if struck.reason == "site_line"
    }
    blocks = [
        Counter(key for block in article.blocks if (key := letters(block.text)) not in known)
        for article in (one, other)
    ]
    size = [sum(len(key) * n for key, n in counts.items()) for counts in blocks]
    if not size[0] or not size[1]:
        return 1.0 if size[0] == size[1] else 0.0
    shared = sum(len(key) * n for key, n in (blocks[0] & blocks[1]).items())
    return 2 * shared / (size[0] + size[1])
