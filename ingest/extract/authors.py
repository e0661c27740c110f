"""Author names: separate, clean, people before houses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.extract.folding import collapse, fold
from ingest.extract.json_ld import names_of

if TYPE_CHECKING:
    from ingest.extract.html_page import HtmlPage

__all__ = ["authors_of", "clean_names", "raw_bylines"]

_LEAD = re.compile(
    r"^(?:written by|reported by|story by|posted by|words by|text by|by|von|text|autor(?:in)?|par|por|de|di|da|door|av|af|"
    r"przez|autor|автор|текст|tekst|yazan|بقلم|كتب|από|writer|author|from|szerző|írta|reporter|editor)\s{0,2}[:.]?\s+(?=\S)",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|/•·\n]|\s[–—-]\s|,\s|、|，|\s(?:and|und|et|y|e|en|og|och|oraz|i|и|та|ve|και|&|with|mit)\s)\s*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\S{1,100}@\S{1,100}")
_ADDRESS = re.compile(r"(?:https?:)?//|www\.|\.(?:com|de|org|net)/|^/")
_NOT_A_NAME = re.compile(
    r"\d{3,}|[<>{}\[\]=@#]|\b(?:min read|updated|published|posted|ago)\b", re.IGNORECASE
)
_ROLES = re.compile(
    r"\s*[,(–—-]\s*(?:(?:senior|chief|staff|deputy|associate|managing|political|foreign|business|sports?|science|technology|"
    r"freelance|special|contributing|assistant|lead|executive|global|health|world|news|national|data|investigative)\s){0,3}"
    r"(?:editor|reporter|correspondent|writer|journalist|columnist|contributor|producer|author|photographer|redakteur(?:in)?|"
    r"redaktion|journaliste|rédacteur|redactor[ae]?|periodista|giornalista|korrespondent(?:in)?|staff)\b.{0,80}$",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    """
    staff admin administrator editor editors editorial editorial staff staff writer staff reporter staff writers newsroom news desk
    newsdesk news web desk online desk desk guest guest author guest post anonymous unknown author redaktion die redaktion
    redaktion online onlineredaktion la redazione redazione redacción redaccion la rédaction rédaction redactie redaksjonen
    redaktionen toimitus redakcja redakce redakcia redakció szerkesztőség редакция редакція агентство super user webmaster team
    editorial board editorial team the editors contributor contributors agencies none null n/a user root nobody writer
    """.replace("\n", "  ").split("  ")
) | frozenset(
    [
        "staff",
        "admin",
        "administrator",
        "editor",
        "editors",
        "editorial",
        "newsroom",
        "newsdesk",
        "desk",
        "guest",
        "anonymous",
        "unknown",
        "author",
        "redaktion",
        "redazione",
        "redacción",
        "redactie",
        "redakcja",
        "redakce",
        "редакция",
        "team",
        "contributor",
        "contributors",
        "none",
        "null",
        "user",
        "root",
    ]
)
_AUTHOR_META = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "citation_author",
    "cxenseparse:author",
    "article:author:name",
    "authors",
    "twitter:data1",
)
_MARKED = (
    '[itemprop="author"] [itemprop="name"]',
    '[itemprop="author"]',
    'a[rel~="author"]',
    ".byline__name",
    ".author-name",
    ".byline-name",
    ".author__name",
    ".article__author",
    ".article-author",
    ".byline a",
    ".byline",
    ".author",
    ".autor",
    ".auteur",
)
MOST = 30


def authors_of(
    page: HtmlPage, selectors: tuple[str, ...], announced: tuple[str, ...], own_names: Iterable[str]
) -> tuple[str, ...]:
    """The authors as the page names them, else as its endpoint did.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform.
        announced: names that the endpoint gave.
        own_names: what the site itself is called: no author.
    """
    own = {fold(name) for name in own_names if name}
    own |= {name.removeprefix("the ") for name in own}
    for names in (*_statements(page, selectors), list(announced)):
        kept = tuple(
            name
            for name in clean_names(names)
            if fold(name) not in own and fold(name).removeprefix("the ") not in own
        )
        if kept:
            return kept[:MOST]
    return ()


def raw_bylines(page: HtmlPage) -> tuple[str, ...]:
    """What the page says of its authors, uncleaned: agencies and other houses stand there too."""
    found: list[str] = []
    for names in _statements(page, ()):
        for name in names:
            text = collapse(name)[:200]
            if text and text not in found:
                found.append(text)
    return tuple(found[:40])


def _statements(page: HtmlPage, selectors: tuple[str, ...]) -> Iterator[list[str]]:
    for selector in selectors:
        yield [node.text(deep=True, separator=" ") for node in page.tree.css(selector)[:10]]
    node = page.article_node or {}
    named = names_of(node.get("author") or node.get("creator"), page.json_ld)
    people = [name for name, organisation in named if not organisation]
    yield people
    for key in _AUTHOR_META:
        if key == "twitter:data1" and fold(page.first_meta("twitter:label1") or "") not in (
            "written by",
            "verfasst von",
            "écrit par",
            "escrito por",
            "scritto da",
            "geschreven door",
        ):
            continue
        yield [value for value in page.meta.get(key, ()) if not _ADDRESS.search(value)]
    for selector in _MARKED:
        yield [node.text(deep=True, separator=" ") for node in page.tree.css(selector)[:6]]
    yield [name for name, organisation in named if organisation]


def clean_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Separate names out of bylines; what is no name is dropped, each is given once."""
    found: dict[str, str] = {}
    for text in texts:
        if _ADDRESS.search(text):
            continue
        text = collapse(_MAIL.sub(" ", text))[:300]  # noqa: PLW2901
        text = _ROLES.sub("", _LEAD.sub("", text))  # noqa: PLW2901
        for part in _SPLIT.split(text):
            name = _one_name(part)
            if name:
                found.setdefault(fold(name), name)
    return tuple(found.values())[:MOST]


def _one_name(text: str) -> str | None:
    name = _ROLES.sub("", _LEAD.sub("", collapse(text))).strip(" .,;:|()*-–—\"'")
    if "%" in name:
        name = unquote(name)
    if not 2 <= len(name) <= 60 or _NOT_A_NAME.search(name) or _ADDRESS.search(name):
        return None
    if fold(name) in _GENERIC or len(name.split()) > 6 or not any(char.isalpha() for char in name):
        return None
    return name
