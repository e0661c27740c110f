"""What the store makes of an article before it asks the database: all that takes an article alone.

It needs no connection, so it can be made anywhere (another thread, the process that extracted the
article) and sent: the writer's thread, of which there is one, then only writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from json.encoder import encode_basestring
from typing import TypeVar, cast

from storage.article import Article, Block, Credit, Struck
from storage.engine.stored_text import clean_text, is_clean
from storage.text.fingerprint import fingerprint
from storage.text.searchable import Searchable
from storage.text.sketch import SketchedText
from storage.text.tokens import tokens_of

__all__ = ["PreparedArticle", "block_values", "prepare_article", "storable_article"]

T = TypeVar("T")

_FIELDS = tuple(each.name for each in fields(Article))
#: The fields of what an article is made of, a block's text alone.
_PARTS: dict[type, tuple[str, ...]] = {
    Block: ("text",),
    **{made_of: tuple(each.name for each in fields(made_of)) for made_of in (Credit, Struck)},
}


@dataclass(frozen=True, slots=True)
class PreparedArticle:
    """An article and what is stored beside it; pickles to about three times its text."""

    #: As the database will give it back: without what a database refuses.
    article: Article
    fingerprint: str
    #: Words of its text.
    words: int
    #: Its blocks as they are stored.
    blocks_json: str
    searchable: Searchable
    #: By which its text is found as a candidate for a story.
    marks: tuple[int, ...]
    #: By which it is compared with those.
    sketch: bytes
    #: Keys under which its lines are counted at its source, where it is filed.
    lines: tuple[str, ...]

    @property
    def sketched(self) -> SketchedText:
        """Its text as stories compare it."""
        return SketchedText(marks=self.marks, sketch=self.sketch, fingerprint=self.fingerprint)


def prepare_article(article: Article, lines: Collection[str] = ()) -> PreparedArticle:
    """Do for ``article`` what ``save_article`` would have to do; ``lines``: keys of its lines."""
    article = storable_article(article)
    text = article.text
    tokens = tokens_of(text)
    sketched = SketchedText(tokens)
    return PreparedArticle(
        article=article,
        fingerprint=fingerprint(text),
        words=len(text.split()),
        blocks_json=_blocks_json(article),
        searchable=Searchable.of(
            title=article.title,
            standfirst=article.standfirst,
            body=tokens,
            authors=article.authors,
            credits=[name for credit in article.credits for name in credit.names],
        ),
        marks=sketched.marks,
        sketch=sketched.sketch,
        lines=tuple(sorted(lines)),
    )


def block_values(article: Article) -> list[dict[str, str]]:
    """The blocks of ``article`` as JSON has them."""
    # Spelled out, since an article has dozens: ``asdict`` takes ten times as long.
    return [{"type": each.type, "text": each.text} for each in article.blocks]


def _blocks_json(article: Article) -> str:
    """``encode_json(block_values(article))``, without the objects between, in a third of the time."""
    written = [
        f'{{"type":{encode_basestring(each.type)},"text":{encode_basestring(each.text)}}}'
        for each in article.blocks
    ]
    return f"[{','.join(written)}]"


def storable_article(article: Article) -> Article:
    """``article`` as the database will give it back, so that comparing the two is fair."""
    # Nearly every article is: one look at all of its strings at once.
    return article if is_clean("".join(_strings(article))) else _storable(article)


def _strings(article: Article) -> Iterator[str]:
    for name in _FIELDS:
        value = getattr(article, name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, str):
                    yield item
                else:
                    for part in _PARTS[type(item)]:
                        held = getattr(item, part)
                        if isinstance(held, str):
                            yield held


def _storable(value: T) -> T:
    if isinstance(value, str):
        return cast("T", clean_text(value))
    if isinstance(value, tuple):
        return cast("T", tuple(_storable(item) for item in value))
    if isinstance(value, Article | Block | Credit | Struck):
        cleaned = {each.name: _storable(getattr(value, each.name)) for each in fields(value)}
        return cast("T", replace(value, **cleaned))
    return value
