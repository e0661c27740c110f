"""The papers whose sites are generated: their names, addresses and what a page of theirs says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

from bench.pipeline.made_articles import NEWEST, PACE, MadeArticle, headline_of, teaser_of

__all__ = ["Paper", "long_date", "number_in", "short_date"]

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NUMBER = re.compile(r"-(\d+)(?:\.html?|/|\.amp)?$")


@dataclass(frozen=True)
class Paper:
    """One publisher with a site of its own."""

    name: str
    title: str
    language: str
    #: Where its articles are; ``{date}``, ``{slug}`` and ``{number}`` are filled in.
    path: str

    @property
    def host(self) -> str:
        """Host of its site."""
        return f"www.{self.name}.example"

    @property
    def home(self) -> str:
        """Address of its front page."""
        return f"http://{self.host}"

    def headline(self, number: int) -> str:
        """The headline of article ``number``."""
        return _headline(self.name, self.language, number)

    def teaser(self, number: int) -> tuple[str, str, str]:
        """Section, standfirst and author of article ``number``, as other pages announce it."""
        return _teaser(self.name, self.language, number)

    def path_of(self, number: int) -> str:
        """The path of article ``number``."""
        slug = _NOT_SLUG.sub("-", self.headline(number).lower().translate(_UMLAUTS)).strip("-")
        date = NEWEST - timedelta(minutes=PACE * number)
        return self.path.format(date=f"{date:%Y/%m/%d}", slug=slug, number=number)

    def url_of(self, number: int) -> str:
        """The address of article ``number``."""
        return self.home + self.path_of(number)

    # What pages say of an article, whatever their design

    def json_ld(self, article: MadeArticle, kind: str = "NewsArticle") -> str:
        """The article as schema.org has it, in a script element, and what stands beside it in others."""
        return _script(self._news_article(article, kind)) + self._around(article)

    def json_ld_graph(self, article: MadeArticle) -> str:
        """The same as one node of a graph, as a WordPress plugin writes it."""
        url = self.url_of(article.number)
        authors = [
            {"@type": "Person", "@id": f"{self.home}/#/person/{n}", "name": name}
            for n, name in enumerate(article.authors)
        ]
        node = self._news_article(article, "Article") | {
            "@id": f"{url}#article",
            "author": [{"@id": author["@id"]} for author in authors],
            "isPartOf": {"@id": url},
        }
        page = {"@type": "WebPage", "@id": url, "url": url, "name": f"{article.title} - {self.title}"}  # fmt: skip
        site = {"@type": "WebSite", "@id": f"{self.home}/#website", "name": self.title, "url": f"{self.home}/"}  # fmt: skip
        graph = {"@context": "https://schema.org", "@graph": [node, page, site, *authors]}
        return _script(graph) + self._around(article)

    def _around(self, article: MadeArticle) -> str:
        """The way to the article, the paper, and other articles, for search engines."""
        steps = [("Home", f"{self.home}/"), (article.section, f"{self.home}/section/")]
        others = [
            {
                "@type": "ListItem",
                "position": place,
                "url": self.url_of(number),
                "name": self.headline(number),
                "image": f"{self.home}/media/{number}-320.jpg",
            }
            for place, number in enumerate(article.related, 1)
        ]
        lists = [
            {
                "@context": "https://schema.org",
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": place, "name": name, "item": url}
                    for place, (name, url) in enumerate(steps, 1)
                ],
            },
            {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": others},
        ]
        return "".join(map(_script, lists))

    def _news_article(self, article: MadeArticle, kind: str) -> dict[str, object]:
        return {
            "@context": "https://schema.org",
            "@type": kind,
            "mainEntityOfPage": self.url_of(article.number),
            "headline": article.title,
            "description": article.standfirst,
            "datePublished": article.published.isoformat(),
            "dateModified": (article.modified or article.published).isoformat(),
            "author": [{"@type": "Person", "name": name} for name in article.authors],
            "publisher": {
                "@type": "NewsMediaOrganization",
                "name": self.title,
                "logo": {"@type": "ImageObject", "url": f"{self.home}/logo.png"},
            },
            "image": [f"{self.home}/media/{article.number}-1200.jpg"],
            "articleSection": article.section,
            "keywords": list(article.tags),
            "inLanguage": article.language,
            "isAccessibleForFree": True,
        }

    def metas(self, article: MadeArticle, *, times: bool = True) -> str:
        """Title, canonical address and the properties of Open Graph."""
        title = escape(article.title)
        lead = escape(article.standfirst)
        url = self.url_of(article.number)
        stamps = (
            f'<meta property="article:published_time" content="{article.published.isoformat()}">'
            f'<meta property="article:section" content="{article.section}">'
            if times
            else ""
        )
        return (
            f'<title>{title} | {escape(self.title)}</title><link rel="canonical" href="{url}">'
            f'<meta name="description" content="{lead}"><meta property="og:type" content="article">'
            f'<meta property="og:title" content="{title}"><meta property="og:description" content="{lead}">'
            f'<meta property="og:url" content="{url}"><meta property="og:site_name" content="{escape(self.title)}">'
            f'<meta property="og:image" content="{self.home}/media/{article.number}-1200.jpg">'
            f'<meta name="twitter:card" content="summary_large_image">{stamps}'
        )


def _script(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


@lru_cache(4096)
def _headline(name: str, language: str, number: int) -> str:
    return headline_of(name, language, number)


@lru_cache(4096)
def _teaser(name: str, language: str, number: int) -> tuple[str, str, str]:
    return teaser_of(name, language, number)


def number_in(address: str) -> int | None:
    """The number of the article at an address or path."""
    found = _NUMBER.search(address)
    return int(found[1]) if found else None


def long_date(moment: datetime, language: str) -> str:
    """``November 22, 2026``, ``22. November 2026``."""
    month = _MONTHS[language].split()[moment.month - 1]
    if language == "de":
        return f"{moment.day}. {month} {moment.year}"
    return f"{month} {moment.day}, {moment.year}"


def short_date(moment: datetime) -> str:
    """``22.11.2026, 18:05 Uhr``."""
    return f"{moment:%d.%m.%Y, %H:%M} Uhr"
