"""Chrome by contrast: what many articles of one source hold is the site's, not theirs.

A source's lines are counted by how many of its articles hold each. A line that returns in article
after article was not written for any of them, whatever its language and however it reads. So the
fifth article of a source is cleaner than the first, and ``clean_again`` cleans the first four.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from ingest.extract.page.folding import letters
from storage.article import Article, Block, Struck

__all__ = [
    "SiteLines",
    "clean_again",
    "fewest_of_a_site",
    "line_keys",
    "standing_of",
    "strike_site_lines",
]

#: Letters of a line that is counted: shorter ones ("Yes.") return in texts of every author.
LEAST = 6
LONGEST = 300
#: In how many articles a line must stand at least, and in which share of all that were counted.
ARTICLES = 2
SHARE = 0.3
#: A line in so many articles is the site's at a smaller share, too: a box that not every page has.
MANY = 8
SHARE_OF_MANY = 0.02
#: Headings inside a text ("Background") return by right; they are struck at the edges only.
_EDGE = 2
#: Characters of prose, which wire stories repeat as their background: it takes more to be the site's.
_PROSE = 200


@dataclass(frozen=True, slots=True)
class SiteLines:
    """In how many articles of one source each line stood."""

    #: Articles counted.
    articles: int = 0
    #: ``line_key`` to number of articles, at least those with two.
    counts: Mapping[str, int] = field(default_factory=dict)
    #: Whether the article that is being read is among those counted: then its own line counts for
    #: nothing.
    includes_this: bool = False

    def with_article(self, keys: frozenset[str]) -> SiteLines:
        """With one more article, whose lines are ``keys``."""
        counts = dict(self.counts)
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        return SiteLines(self.articles + 1, counts)


def line_key(text: str) -> str | None:
    """What a line is counted under, 16 hexadecimal digits of its letters' BLAKE2b; ``None`` uncounted."""
    if len(text) > LONGEST:
        return None
    plain = letters(text)
    return blake2b(plain.encode(), digest_size=8).hexdigest() if len(plain) >= LEAST else None


def line_keys(article: Article) -> frozenset[str]:
    """The lines of ``article`` that are counted: its blocks, and what was struck from its text."""
    texts = [block.text for block in article.blocks]
    texts += [struck.text for struck in article.struck]
    return frozenset(key for text in texts if (key := line_key(text)) is not None)


def strike_site_lines(
    blocks: tuple[Block, ...], site: SiteLines
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into the article's and those that the site repeats.

    Args:
        blocks: of one article of the site.
        site: counts of its articles.
    """
    own = 1 if site.includes_this else 0
    kept: list[Block] = []
    struck: list[Struck] = []
    for number, block in enumerate(blocks):
        key = line_key(block.text) if block.type not in ("code", "table") else None
        others = site.counts.get(key, 0) - own if key else 0
        of = site.articles - own
        inside = _EDGE <= number < len(blocks) - _EDGE
        if not _is_sites(others, of, len(block.text)) or (block.type == "heading" and inside):
            kept.append(block)
        else:
            struck.append(Struck(block.text, "site_line", f"in {others} of {of} other articles"))
    if not any(block.type in ("paragraph", "list_item", "quote") for block in kept):
        return blocks, ()
    return tuple(kept), tuple(struck)


def clean_again(article: Article, site: SiteLines) -> Article:
    """``article``, one of those counted, without the lines that turned out to be the site's.

    One that the operator's own selectors picked is left as it is.
    """
    if article.extractor == "source":
        return article
    kept, struck = strike_site_lines(article.blocks, replace(site, includes_this=True))
    return replace(article, blocks=kept, struck=(*article.struck, *struck)) if struck else article


def standing_of(count: int, articles: int) -> int:
    """How far a line that ``count`` of ``articles`` hold is the site's in an article that is one of them.

    0 not at all, 1 where it is short, 2 however long it is.
    """
    others, of = count - 1, articles - 1
    if not _is_sites(others, of, 0):
        return 0
    return 2 if _is_sites(others, of, LONGEST) else 1


def fewest_of_a_site(articles: int) -> int:
    """In how many of ``articles`` a line stands at least that may be the site's."""
    small_share = max(MANY, math.ceil(SHARE_OF_MANY * articles))
    return max(ARTICLES, min(math.ceil(SHARE * articles), small_share))


def _is_sites(others: int, of: int, size: int) -> bool:
    if others < ARTICLES or (size > _PROSE and others < 2 * ARTICLES):
        return False
    return others >= SHARE * of or (others >= MANY and others >= SHARE_OF_MANY * of)
