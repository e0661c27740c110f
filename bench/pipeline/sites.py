"""Which host serves what: papers with their designs, redesigns, and the hostile ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from html import escape
from typing import Literal

from bench.pipeline.designs import DESIGNS, Design
from bench.pipeline.made_articles import NEWEST, PACE, Item, MadeArticle, made_article
from bench.pipeline.page_parts import Part
from bench.pipeline.papers import Paper
from bench.pipeline.variety import FEATURES, as_feature, copied, is_copy

__all__ = ["HOSTILE", "PAPERS", "Site", "hostile_sites", "redesigned_site", "sites"]

#: Each kind of paper, and the design of its site. The first five stand for the rest: together they cost
#: trafilatura and the generic path what the pages of five large publishers do.
PAPERS: tuple[tuple[Paper, str], ...] = (
    (Paper("north-courier", "The North Courier", "en", "/{date}/{slug}-{number}/"), "wordpress-classic"),
    (Paper("dale-observer", "The Dale Observer", "en", "/news/{slug}-{number}"), "next-js"),
    (Paper("unter-anzeiger", "Unterländer Anzeiger", "de", "/lokales/{slug}-{number}.html"), "german-regional"),
    (Paper("capital-dispatch", "The Capital Dispatch", "en", "/news/{slug}-{number}.html"), "styled-components"),
    (Paper("valley-echo", "The Valley Echo", "en", "/article/{slug}-{number}"), "drupal"),
    (Paper("coast-standard", "The Coast Standard", "en", "/news/{date}/{slug}-{number}/"), "fusion"),
    (Paper("the-ledger-post", "The Ledger Post", "en", "/{slug}-{number}/"), "ghost"),
    (Paper("old-tribune", "The Old Tribune", "en", "/{date}/{slug}-{number}.htm"), "hand-made"),
    (Paper("daily-meridian", "The Daily Meridian", "en", "/story/{slug}-{number}"), "amp"),
    (Paper("mercury-on-sunday", "The Mercury on Sunday", "en", "/{date}/{slug}-{number}/"), "wordpress-blocks"),
)  # fmt: skip

Hostility = Literal["same_text", "empty", "own_markup"]
HOSTILE: tuple[Hostility, ...] = ("same_text", "empty", "own_markup")


@dataclass(frozen=True)
class Site:
    """The site of one paper."""

    paper: Paper
    design: str
    #: Design of the articles from number ``redesigned_from`` on, and of all once it has changed.
    redesign: str | None = None
    redesigned_from: int | None = None
    hostility: Hostility | None = None
    #: The paper that it takes articles from.
    copies: Paper | None = None
    #: Whether longer pieces stand in a frame of their own.
    features: bool = False

    @cached_property
    def _designs(self) -> tuple[Design, Design | None]:
        new = DESIGNS[self.redesign](self.paper) if self.redesign else None
        return DESIGNS[self.design](self.paper), new

    def article(self, number: int) -> MadeArticle:
        """Article ``number``; of a hostile site what its page has of one."""
        made = made_article(self.paper.name, self.paper.language, number)
        if self.copies is not None and is_copy(self.paper.name, number):
            return copied(made, self.paper.name, self.copies.name, self.copies.title)
        match self.hostility:
            case "same_text":
                first = made_article(self.paper.name, self.paper.language, 0)
                return replace(made, flow=first.flow, standfirst=first.standfirst, credit=None)
            case "empty":
                return replace(made, flow=(), credit=None, standfirst="")
            case _:
                return made

    def page(self, number: int, *, redesigned: bool = False) -> list[Part]:
        """The page of article ``number``; ``redesigned`` once the site has changed its design."""
        article = self.article(number)
        if self.hostility == "own_markup":
            return [_page_of_its_own(self.paper, article)]
        old, new = self._designs
        if self.redesigned_from is not None:
            redesigned = redesigned or number >= self.redesigned_from
        parts = (new if redesigned and new is not None else old).page(article)
        return as_feature(parts) if self.features and article.kind in FEATURES else parts

    def sitemap(self, start: int, end: int) -> str:
        """The addresses of articles ``start`` to ``end``."""
        entries = "".join(
            f"<url><loc>{escape(self.paper.url_of(n))}</loc><lastmod>{_announced(n)}</lastmod></url>"
            for n in range(start, end)
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'

    def sitemap_index(self, files: int) -> str:
        """The index of so many files."""
        entries = "".join(
            f"<sitemap><loc>{self.paper.home}/sitemap-{n}.xml</loc></sitemap>" for n in range(files)
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'

    def feed(self, start: int, end: int) -> str:
        """The thirty newest of them as an RSS feed."""
        items = "".join(
            f"<item><title>{escape(self.paper.headline(n))}</title><link>{escape(self.paper.url_of(n))}</link><guid>{escape(self.paper.url_of(n))}</guid></item>"
            for n in range(start, min(end, start + 30))
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(self.paper.title)}</title><link>{self.paper.home}/</link>{items}</channel></rss>'

    def source_file(self, *, concurrency: int = 8) -> str:
        """The source file that an operator would write for it."""
        return (
            f'name = "{self.paper.name}"\ntitle = "{self.paper.title}"\nhome = "{self.paper.home}"\n'
            f'language = "{self.paper.language}"\n\n[[endpoint]]\nkind = "sitemap"\nurl = "/sitemap.xml"\n\n'
            f"[fetch]\ndelay = 0\nconcurrency = {concurrency}\n"
        )


def _announced(number: int) -> str:
    return (NEWEST - timedelta(minutes=PACE * number)).isoformat()


def sites(count: int) -> list[Site]:
    """So many papers; beyond the ten kinds there are, further papers of the same designs.

    Each but the first of its language takes articles from that one; every second has features.
    """
    found: list[Site] = []
    first: dict[str, Paper] = {}
    for n in range(count):
        paper, design = PAPERS[n % len(PAPERS)]
        edition = n // len(PAPERS) + 1
        if edition > 1:
            paper = replace(paper, name=f"{paper.name}-{edition}", title=f"{paper.title} {edition}")
        copies = first.setdefault(paper.language, paper)
        found.append(
            Site(
                paper,
                design,
                copies=None if copies is paper else copies,
                features=n % 2 == 1,
            )
        )
    return found


def redesigned_site(start: int | None = None) -> Site:
    """A paper that moves from WordPress to Next.js: all of it at some time, or from an article on."""
    paper, design = PAPERS[0]
    return Site(paper, design, redesign="next-js", redesigned_from=start)


def hostile_sites() -> list[Site]:
    """The same text on every page; headlines without a text; each page in markup of its own."""
    return [
        Site(
            Paper(kind.replace("_", "-"), kind.replace("_", " ").title(), "en", "/{slug}-{number}"),
            "wordpress-classic",
            hostility=kind,
        )
        for kind in HOSTILE
    ]


def _page_of_its_own(paper: Paper, article: MadeArticle) -> str:
    """Names and nesting that no other page has."""
    n = article.number
    word = "".join("abcdefghklmnprst"[int(digit, 16)] for digit in f"{n * 2654435761 % 2**32:08x}")
    tag = ("div", "section", "article", "main")[n % 4]
    depth = 1 + n % 5
    opening = "".join(
        f'<{tag} class="{word[level:]}{level} w{n}-{level}">' for level in range(depth)
    )
    body = "".join(
        f'<{"p" if n % 3 else "div"} class="{word}-{place}">{escape(line, quote=False)}</{"p" if n % 3 else "div"}>'
        for item in article.flow
        for place, line in enumerate(_own_lines(item))
    )  # fmt: skip
    related = "".join(
        f'<li><a href="{paper.path_of(other)}">{escape(paper.headline(other))}</a></li>'
        for other in article.related
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{paper.metas(article)}{paper.json_ld(article)}</head><body class="{word}">'
        f'<nav class="n{word}"><a href="/">{paper.title}</a></nav>{opening}<h1 class="h{word}">{escape(article.title)}</h1>{body}{f"</{tag}>" * depth}'
        f'<aside class="{word[::-1]}"><ul>{related}</ul></aside><footer class="f{word}">Copyright {paper.title}</footer></body></html>'
    )


def _own_lines(item: Item) -> tuple[str, ...]:
    own = ("paragraph", "heading", "question", "list", "quote")
    return item.lines if item.part in own else ()
