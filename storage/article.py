"""The article as downstream readers see it: its values and its one JSON shape.

The shape is the same wherever an article leaves Copydesk (``copydesk extract --json``, ``show``,
export); it is made from the fields of :class:`Article`, so a new field leaves everywhere at once.
``docs/json.md`` explains each key, ``docs/database.md`` says which columns hold which field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Literal

__all__ = [
    "JSON_KEYS",
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
    #: Of a house that is known, as the gazetteer spells it; of any other as the page does.
    name: str
    #: The words of the page that say so, as they stand there.
    evidence: str
    where: CreditPlace
    #: The name as the page writes it, where it differs from ``name``.
    stated: str | None = None
    #: Which house of the gazetteer it is, such as ``"afp"``; ``None`` where unknown, or a person.
    house: str | None = None
    #: How likely it is a credit of this role to this name, 0 to 1; ``None`` where nothing was weighed.
    probability: float | None = None
    #: What kind of words or place said so: ``"source_label"``, ``"dateline"``, ``"sign_off"``, ...
    cue: str | None = None

    @property
    def said(self) -> tuple[str | None, ...]:
        """What it says: all but how sure that is and by what it was told."""
        return (self.role, self.name, self.evidence, self.where, self.stated, self.house)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it goes by: its spelling, what the page wrote, the house's identifier."""
        return tuple(filter(None, (self.name, self.stated, self.house)))


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
    #: How likely its page was held for an article, 0 to 1; ``None`` where nothing was weighed: read by
    #: the operator's selectors or a template, or a text dump.
    probability: float | None = None

    @property
    def text(self) -> str:
        """The body: its text blocks joined by a blank line."""
        return "\n\n".join(block.text for block in self.blocks if block.type not in NOT_TEXT)

    def as_json(self) -> dict[str, Any]:
        """The article as a JSON object: :data:`JSON_KEYS` in their order."""
        return {name: _JSON_VALUES[name](getattr(self, name)) for name in JSON_KEYS}


def _as_is(value: Any) -> Any:
    return value


def _parts_as_json(part: type[Block | Credit | Struck]) -> Callable[[tuple[Any, ...]], Any]:
    names = tuple(each.name for each in fields(part))
    values = attrgetter(*names)
    return lambda parts: [dict(zip(names, values(each))) for each in parts]  # noqa: B905


#: What a person looks for first.
_FIRST = ("url", "title", "standfirst", "text", "blocks")
#: The keys of an article's JSON, in their order.
JSON_KEYS: tuple[str, ...] = (
    *_FIRST,
    *(each.name for each in fields(Article) if each.name not in _FIRST),
)
_JSON_VALUES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(JSON_KEYS, _as_is),
    **{each.name: list for each in fields(Article) if str(each.type).startswith("tuple[")},
    "blocks": _parts_as_json(Block),
    "credits": _parts_as_json(Credit),
    "struck": _parts_as_json(Struck),
}
