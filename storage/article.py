"""The article as downstream readers see it: its values and its one JSON shape.

The shape is the same wherever an article leaves Copydesk (``copydesk extract --json``, export,
change feed); ``docs/database.md`` says which columns hold which field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "Article",
    "ArticleKind",
    "Block",
    "BlockType",
    "Credit",
    "CreditPlace",
    "CreditRole",
    "Struck",
]

BlockType = Literal["paragraph", "heading", "list_item", "quote", "table", "caption", "code"]
CreditRole = Literal["agency", "original_publisher", "contributor", "translator", "source"]
CreditPlace = Literal["byline", "dateline", "head", "body", "tail", "meta"]
ArticleKind = Literal["article", "live_blog", "gallery", "video", "opinion", "press_release"]

#: Block types that are not part of ``Article.text``.
NOT_TEXT: frozenset[str] = frozenset({"caption"})


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, ... of the body, in reading order."""

    type: BlockType
    text: str

    def __reduce__(self) -> tuple[Any, ...]:
        # An article has dozens: what dataclasses with slots do by themselves takes twice as long.
        return Block, (self.type, self.text)


@dataclass(frozen=True, slots=True)
class Credit:
    """One attribution of the text beyond its author byline."""

    role: CreditRole
    name: str
    #: The words of the page that say so, as they stand there.
    evidence: str
    where: CreditPlace


@dataclass(frozen=True, slots=True)
class Struck:
    """A line that stood on the page and is not part of the article, with the reason."""

    text: str
    #: Kind of chrome, such as ``"page_anchor"``, ``"ad"``, ``"doubled_title"``, ``"credit"``.
    reason: str
    #: What said so: a phrase of the tables, what the elements around it are called, how often the
    #: site repeats it; ``None`` where the reason says it all.
    rule: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # As of blocks.
        return Struck, (self.text, self.reason, self.rule)


@dataclass(frozen=True, slots=True)
class Article:
    """What extraction made of a page.

    ``published_at`` and ``modified_at`` are ISO 8601 exactly as precise as the page was: a day
    (``2026-11-20``), a time without a zone, or an instant (``2026-11-20T10:00:00+04:00``).
    """

    #: Canonical address; ``None`` only for a text without one (a dump on disk).
    url: str | None
    title: str | None
    blocks: tuple[Block, ...]
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    modified_at: str | None = None
    #: ISO 639-1, lower case.
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    #: Absolute address of the lead image.
    image: str | None = None
    credits: tuple[Credit, ...] = ()
    struck: tuple[Struck, ...] = ()
    kind: ArticleKind = "article"
    #: False where the page shows that text is missing (paywall, teaser, cut feed item).
    complete: bool = True
    #: Name of the source, where one is known.
    source: str | None = None
    #: Which layer made it, such as ``"platform:wix"`` or ``"generic"``.
    extractor: str = "generic"
    #: Those of ``authors`` that are organisations.
    organisations: tuple[str, ...] = ()
    image_caption: str | None = None
    image_credit: str | None = None
    #: The house that publishes the page, by its own word.
    publisher: str | None = None
    #: Whether the page says that somebody paid for it.
    paid: bool = False
    #: What page and headers say about reuse, such as ``"noarchive"`` or ``"tdm-reservation=1"``.
    reuse: tuple[str, ...] = ()
    #: ISO 639-1 as the page declares it; ``language`` is what its text is in.
    declared_language: str | None = None

    @property
    def text(self) -> str:
        """The body: its text blocks joined by a blank line."""
        return "\n\n".join(block.text for block in self.blocks if block.type not in NOT_TEXT)

    def as_json(self) -> dict[str, Any]:
        """The article as a JSON object (design: one shape everywhere), keys in fixed order."""
        return {
            "url": self.url,
            "title": self.title,
            "standfirst": self.standfirst,
            "text": self.text,
            "blocks": [{"type": block.type, "text": block.text} for block in self.blocks],
            "authors": list(self.authors),
            "published_at": self.published_at,
            "modified_at": self.modified_at,
            "language": self.language,
            "section": self.section,
            "tags": list(self.tags),
            "image": self.image,
            "credits": [
                {"role": c.role, "name": c.name, "evidence": c.evidence, "where": c.where}
                for c in self.credits
            ],
            "struck": [{"text": s.text, "reason": s.reason, "rule": s.rule} for s in self.struck],
            "kind": self.kind,
            "complete": self.complete,
            "source": self.source,
            "extractor": self.extractor,
            "organisations": list(self.organisations),
            "image_caption": self.image_caption,
            "image_credit": self.image_credit,
            "publisher": self.publisher,
            "paid": self.paid,
            "reuse": list(self.reuse),
            "declared_language": self.declared_language,
        }
