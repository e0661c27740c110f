"""Whether two readings of one page agree, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ingest.extract.page.folding import letters
from storage.article import NOT_TEXT, Article, Credit

if TYPE_CHECKING:
    from ingest.extract.refusal import Refusal

__all__ = ["FIELDS", "LEAST_IN_COMMON", "agreement", "differences", "text_in_common"]

#: Share of the letters of two texts that both have, from which they are the same text.
LEAST_IN_COMMON = 0.97
#: Letters by which a block is known among a page's metadata, and of what was struck.
_TELLING = 40
#: Fields of an article that two readings are not compared in: either reading takes them from the same
#: markup by the same reader, or they say which reading it was.
_NOT_COMPARED = frozenset(
    [
        "url",
        "struck",
        "complete",
        "source",
        "extractor",
        "organisations",
        "image_caption",
        "image_credit",
        "publisher",
        "paid",
        "reuse",
        "declared_language",
        "probability",
    ]
)


def _equal(one: object, other: object) -> bool:
    return one == other


def _same_letters(one: str | None, other: str | None) -> bool:
    return letters(one or "") == letters(other or "")


def _same_credits(one: tuple[Credit, ...], other: tuple[Credit, ...]) -> bool:
    return {(c.role, c.name) for c in one} == {(c.role, c.name) for c in other}


#: How the values of a field are compared, where it is not by being equal.
_SAME: dict[str, Callable[[Any, Any], bool]] = {
    "title": _same_letters,
    "standfirst": _same_letters,
    "credits": _same_credits,
}
_COMPARED = tuple(
    each.name for each in fields(Article) if each.name not in {*_NOT_COMPARED, "blocks"}
)
#: What two readings are compared in, as people are told: ``text`` stands for the blocks.
FIELDS = ("text", *(name.removesuffix("_at") for name in _COMPARED))


def agreement(one: Article, other: Article) -> dict[str, bool]:
    """For each of ``FIELDS`` whether both say the same.

    A field that is added to ``Article`` is compared, unless it is named above.
    """
    same = [text_in_common(one, other) >= LEAST_IN_COMMON]
    same += [
        _SAME.get(name, _equal)(getattr(one, name), getattr(other, name)) for name in _COMPARED
    ]
    return dict(zip(FIELDS, same, strict=True))


def differences(
    one: Article, other: Article | Refusal, *, stated: str | None = None
) -> tuple[str, ...]:
    """The fields in which a template's article is worse than the generic path's may be.

    A standfirst that the generic path does not see, and the template does, is none of them; nor is a
    text for lines that the page's own metadata bears out, nor that of a live blog for entries.

    Args:
        one: by the template.
        other: by the generic path.
        stated: the text that the page states in its metadata (JSON-LD ``articleBody``).
    """
    if not isinstance(other, Article):
        return ("refused",)
    return tuple(
        name
        for name, same in agreement(one, other).items()
        if not same
        and not (name == "standfirst" and other.standfirst is None)
        and not (name == "text" and stated and _is_borne_out(one, other, letters(stated)))
        and not (name == "text" and one.kind == "live_blog" and _lacks_entries(one, other))
    )


def _lacks_entries(one: Article, other: Article) -> bool:
    """Whether ``other`` has only more of what was left out of ``one`` at places that the template knows.

    The entries of a live blog look alike: the generic path keeps some of them on some pages.
    """
    kept = {letters(block.text) for block in one.blocks}
    left = {letters(struck.text) for struck in one.struck if struck.reason == "template"}
    begun = tuple(key for key in left if len(key) >= _TELLING)
    rest = tuple(
        block
        for block in other.blocks
        if (key := letters(block.text)) in kept or not (key in left or key.startswith(begun))
    )
    return len(rest) < len(other.blocks) and (
        text_in_common(one, replace(other, blocks=rest)) >= LEAST_IN_COMMON
    )


def _is_borne_out(one: Article, other: Article, stated: str) -> bool:
    """Whether both say the same but for blocks of ``one`` that the page states, in ``letters``."""
    missing = Counter(letters(block.text) for block in one.blocks)
    missing.subtract(letters(block.text) for block in other.blocks)
    lost = tuple(
        block
        for block in one.blocks
        if missing[key := letters(block.text)] > 0 and len(key) >= _TELLING and key in stated
    )
    whole = replace(other, blocks=(*other.blocks, *lost))
    return bool(lost) and text_in_common(one, whole) >= LEAST_IN_COMMON


def text_in_common(one: Article, other: Article) -> float:
    """F1 of the letters of two texts, block by block; 0 to 1.

    A block that one of them struck because the site repeats it counts for neither; nor do captions,
    which either path keeps or leaves out for what stands around them.
    """
    known = {
        letters(struck.text)
        for article in (one, other)
        for struck in article.struck
        if struck.reason == "site_line"
    }
    # What was struck is told by its beginning.
    cut = tuple(key for key in known if len(key) >= _TELLING)
    blocks = [
        Counter(
            key
            for block in article.blocks
            if block.type not in NOT_TEXT
            and (key := letters(block.text)) not in known
            and not key.startswith(cut)
        )
        for article in (one, other)
    ]
    size = [sum(len(key) * n for key, n in counts.items()) for counts in blocks]
    if not size[0] or not size[1]:
        return 1.0 if size[0] == size[1] else 0.0
    shared = sum(len(key) * n for key, n in (blocks[0] & blocks[1]).items())
    return 2 * shared / (size[0] + size[1])
