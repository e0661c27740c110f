"""An article as a person reads it on a terminal, or in a file that a command was redirected to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from storage.article import Article, Credit

__all__ = ["article_lines", "cell", "console", "credit_line", "plain", "print_article"]

#: What a hostile page could use against the operator: control characters of the terminal, and those
#: that turn the direction of what follows (Unicode's embeddings, overrides and isolates, UAX 9), so
#: that it reads as something else. Marks of direction, which Arabic and Hebrew need, stay.
_CONTROLS = {
    code: None
    for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if code not in (9, 10)
}


def plain(text: str) -> str:
    """``text`` without control characters and overrides of direction: a page is read, and no more."""
    return text.translate(_CONTROLS)


def cell(text: str | None) -> Text:
    """A cell of a table: ``text`` as it is, without Rich taking ``[...]`` in it for markup."""
    from rich.text import Text

    return Text(plain(text or ""))


def console(stream: TextIO | None = None) -> Console:
    """A Rich console on ``stream`` (standard output), which knows whether it is a terminal."""
    from rich.console import Console

    out = stream or sys.stdout
    # Where no terminal says how wide it is, wide enough for titles; COLUMNS says otherwise.
    width = None if out.isatty() else int(os.environ.get("COLUMNS") or 160)
    return Console(file=out, width=width, highlight=False)


def print_article(article: Article, *, struck: bool, heading: str | None = None) -> None:
    """Print ``article``: title, what is known of it, text, credits, and what was struck."""
    if heading:
        print(f"== {heading}")
    for line in article_lines(article, struck=struck):
        print(plain(line))


def credit_line(credit: Credit) -> str:
    """A credit for a person: who, where it says so and how sure that is, as far as it is known."""
    stated = f", written {credit.stated!r}" if credit.stated is not None else ""
    known = (
        f"house {credit.house}" if credit.house is not None else None,
        f"told by {credit.cue}" if credit.cue is not None else None,
        f"likely {credit.probability:.2f}" if credit.probability is not None else None,
    )
    more = "".join(f"; {each}" for each in known if each is not None)
    return f"{credit.role} {credit.name}{stated} ({credit.where}: {credit.evidence!r}{more})"


def article_lines(article: Article, *, struck: bool) -> Iterator[str]:
    """The lines that ``print_article`` prints."""
    yield article.title or "(no title)"
    if article.standfirst:
        yield article.standfirst
    facts = {
        "by": ", ".join(article.authors),
        "published": article.published_at,
        "modified": article.modified_at if article.modified_at != article.published_at else None,
        "section": article.section,
        "tags": ", ".join(article.tags),
        "language": article.language,
        "kind": article.kind if article.kind != "article" else None,
        "complete": None if article.complete else "no: part of the text is missing on the page",
        "address": article.url,
        "publisher": article.publisher,
        "paid": "yes, by the page's own word" if article.paid else None,
        "reuse": ", ".join(article.reuse),
        "image": article.image,
        "image by": article.image_credit,
        "made by": article.extractor,
    }
    yield from (f"  {name}: {value}" for name, value in facts.items() if value)
    for credit in article.credits:
        yield f"  credit: {credit_line(credit)}"
    marks = {"heading": "## ", "list_item": "- ", "quote": "> ", "caption": "[caption] "}
    for block in article.blocks:
        yield ""
        yield marks.get(block.type, "") + block.text
    if struck and article.struck:
        yield ""
        yield "struck:"
        yield from (f"  {line.reason}: {line.text!r}" for line in article.struck)
