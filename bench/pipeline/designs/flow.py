"""The flow of a text in a design's own markup, and boxes that every design has in some form."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Protocol

from bench.pipeline.made_articles import Item, MadeArticle
from bench.pipeline.page_parts import Part
from bench.pipeline.papers import Paper

__all__ = ["SECTIONS", "Design", "Marks", "comments", "flow_markup", "related", "tags"]

SECTIONS = {
    "en": "Region Politics Business Culture Science Sport Opinion Travel Weather Podcasts Video Puzzles "
    "Obituaries Property Motoring Food Books Music Film Gardening Letters Archive Jobs Notices Events "
    "Newsletters Subscriptions Shop Contact Imprint Privacy Terms Accessibility Careers".split(),
    "de": "Region Politik Wirtschaft Kultur Wissen Sport Meinung Reise Wetter Podcast Video Rätsel "
    "Traueranzeigen Immobilien Auto Essen Bücher Musik Film Garten Leserbriefe Archiv Stellen Termine "
    "Newsletter Abo Shop Kontakt Impressum Datenschutz AGB Barrierefreiheit Karriere".split(),
}


class Design(Protocol):
    """How a paper's article pages look."""

    def __init__(self, paper: Paper) -> None: ...

    def page(self, article: MadeArticle) -> list[Part]:
        """The page of ``article``."""


@dataclass(frozen=True)
class Marks:
    """Markup of each thing in the flow: format strings with ``text``, and what else their use says."""

    paragraph: str
    heading: str
    quote: str
    #: Around the entries.
    list: str
    item: str
    pull_quote: str
    #: ``n``: place in the flow.
    ad: str
    newsletter: str
    #: ``url`` and ``text``: another article.
    more: str
    #: ``text``: caption; ``photographer``; ``src``.
    image: str
    #: Below the text: whom it is credited to.
    credit: str
    question: str = ""
    link: str = '<a href="/topic/{n}">{text}</a>'
    stress: str = "<em>{text}</em>"
    #: A paragraph as it comes from a word processor, where the system lets it through.
    pasted: str = ""


def flow_markup(paper: Paper, article: MadeArticle, marks: Marks) -> str:
    """The text of ``article`` with all that stands in it."""
    out = [_item(paper, article, marks, n, item) for n, item in enumerate(article.flow)]
    if article.credit:
        out.append(marks.credit.format(text=escape(article.credit[1], quote=False)))
    return "".join(out)


def _item(paper: Paper, article: MadeArticle, marks: Marks, n: int, item: Item) -> str:
    match item.part:
        case "paragraph":
            text = _with_marks(item, marks, article.number * 31 + n)
            pasted = marks.pasted if article.number % 5 == 2 else ""
            return (pasted or marks.paragraph).format(text=text, n=n)
        case "question":
            mark = marks.question or marks.paragraph.replace("{text}", "<strong>{text}</strong>")
            return mark.format(text=escape(item.lines[0], quote=False), n=n)
        case "list":
            entries = (marks.item.format(text=escape(line, quote=False)) for line in item.lines)
            return marks.list.format(text="".join(entries), n=n)
        case "ad" | "newsletter":
            return str(getattr(marks, item.part)).format(n=n)
        case "more":
            other = article.related[n % len(article.related)]
            return marks.more.format(
                url=paper.path_of(other), text=escape(paper.headline(other), quote=False), n=n
            )
        case "image":
            caption, photographer = item.lines
            src = f"/media/{article.number}-{n}.jpg"
            return marks.image.format(text=caption, photographer=photographer, src=src, n=n)
        case part:
            return str(getattr(marks, part)).format(text=escape(item.lines[0], quote=False), n=n)


def _with_marks(item: Item, marks: Marks, n: int) -> str:
    """The words of a paragraph with a link and what is set apart in it, where it has them."""
    text = item.lines[0]
    places: list[tuple[int, int, str]] = []
    for words, mark in ((item.linked, marks.link), (item.stressed, marks.stress)):
        start = text.find(words) if words else -1
        if words and start >= 0:
            end = start + len(words)
            if all(end < one or start > other for one, other, _ in places):
                places.append((start, end, mark))
    out, done = "", 0
    for start, end, mark in sorted(places):
        marked = mark.format(text=escape(text[start:end], quote=False), n=n)
        out += escape(text[done:start], quote=False) + marked
        done = end
    return out + escape(text[done:], quote=False)


def related(paper: Paper, article: MadeArticle, item: str, count: int = 6) -> str:
    """Other articles; ``item`` is formatted with ``url``, ``text`` and ``n``."""
    return "".join(
        item.format(url=paper.path_of(n), text=escape(paper.headline(n), quote=False), n=n)
        for n in article.related[-count:]
    )


def tags(article: MadeArticle, item: str) -> str:
    """The tags; ``item`` is formatted with ``path`` and ``text``."""
    return "".join(
        item.format(path=f"/tag/{tag.lower().replace(' ', '-')}", text=tag) for tag in article.tags
    )


def comments(article: MadeArticle, item: str) -> str:
    """What readers wrote; ``item`` is formatted with ``name`` and ``text``."""
    return "".join(item.format(name=name, text=text) for name, text in article.comments)
