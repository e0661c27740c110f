"""What the markup of a page says of times, statement by statement: JSON-LD, ``meta``, elements, scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ingest.extract.metadata.times.stated_times import stated_time
from ingest.extract.metadata.times.visible_dates import visible_time
from ingest.extract.page.json_ld import ARTICLE_TYPES, text_of, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.html_page import HtmlPage

__all__ = [
    "MARKED",
    "Origin",
    "Statement",
    "in_head",
    "in_scripts",
    "of_element",
    "read_time",
    "says_changed",
]

#: Where a statement stands. ``own`` is the JSON-LD object of the page's article, ``other`` another's,
#: ``meta`` a name that means publication by its specification, ``weak_meta`` one that often does.
Origin = Literal[
    "own_published", "own_created", "own_modified", "page_published", "page_modified", "other_published",
    "other_modified", "meta", "weak_meta", "meta_modified", "prop", "prop_modified", "time", "shown", "script", "script_created",
    "script_modified", "address",
]  # fmt: skip

_META = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "dc.date.issued", "dcterms.issued", "article.published", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "bt:pubdate", "article_date_original", "originalpublicationdate", "citation_publication_date",
    "citation_online_date", "rnews:datepublished", "article:post_date", "og:pubdate", "publish_time", "published-date",
    "published_time", "published", "shareaholic:article_published_time", "article.publishdate", "og:publish_date",
    "date.release", "release_date", "published_date", "publicationdate", "publish-time", "pub_date", "pub-date",
    "publisheddate", "article:publish_date", "dc.date.published", "dcterms.date.issued", "vr:published_time",
)  # fmt: skip
_WEAK_META = (
    "dcterms.created", "dc.date", "dcterms.date", "dc.date.created", "date", "lastmod_date", "article:date", "created",
    "article:create_at", "datecreated", "article:created", "datetime", "dc.created", "creation_date", "og:date",
    "displaydate", "article_date", "date_created", "dcsext.articlefirstpublished", "uploaddate", "time", "timestamp",
    "video:release_date", "book:release_date", "music:release_date", "article.created", "posted", "news_date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "article:modified", "datemodified",
    "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "cxenseparse:recs:modifiedtime", "revised",
    "dc.modified", "article.updated", "modified_time", "last-updated", "article:updated_time", "date.updated",
)  # fmt: skip
#: Elements that state a time in their markup, in one query.
MARKED = (
    'time, abbr[title], [itemprop="datePublished"], [itemprop="dateModified"], [itemprop="dateCreated"], '
    '[itemprop="uploadDate"], [property$="datePublished"], [property$="dateModified"], [property="dc:date"]'
)
_MODIFIED = re.compile(r"updat|modif|chang|geaendert|actuali", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,300}>")
_IN_TAG = re.compile(r"(?:datetime|content)=[\"']?([^\"'<>]{8,40})")
#: A name and a value in a script, an attribute (``&quot;``) or a comment of RDF; the first letters of the
#: name are few, which keeps the search quick.
_SCRIPT = re.compile(
    r"(?:date|Date|pub|Pub|first|creat|Creat|modif|updat|post|display)([A-Za-z_-]{0,20})(?:\\{0,2}[\"']|&quot;)?\s{0,3}[:=(]"
    r"\s{0,3}(?:(?:\\{0,2}[\"']|&quot;)([^\"'\\&<>]{8,40})(?:\\{0,2}[\"']|&quot;)|(1[0-9]{9}(?:[0-9]{3})?)\b)"
)
_END_OF_NAME = re.compile(r"[^A-Za-z_-]")
_NAMES = re.compile(
    r"(?:date|(?:first_?)?pub(?:lish(?:ed)?|lication)?_?(?:at|date|on|time|up)?(?:_?time)?|date_?(?:published|created|modified)|"
    r"created?_?(?:at|on|date|time)|(?:modified|updated?)_?(?:at|on|date|time)?|post(?:ed)?_?(?:at|on|date|time)|display_?date)",
    re.IGNORECASE,
)
_MOST_SCRIPTS = 200
_MOST_OTHERS = 20
_LONGEST_TEXT = 500_000


@dataclass(frozen=True, slots=True)
class Statement:
    """One time that the page's markup or its address states."""

    #: ISO 8601, as exact as it stands.
    stated: str
    origin: Origin
    #: Where it stands, for people: ``JSON-LD datePublished``, ``meta article:published_time``.
    name: str


def read_time(text: str | None, language: str | None) -> str | None:
    """ISO 8601 of a value in markup: exact, in words, or inside a tag of its own."""
    if not text:
        return None
    found = stated_time(text)
    if found is None and "<" in text:
        inside = _IN_TAG.search(text[:400])
        found = stated_time(inside[1]) if inside else None
        text = _TAGS.sub(" ", text[:400])
    return found or visible_time(text, language)


def in_head(page: HtmlPage, language: str | None) -> tuple[Statement, ...]:
    """What JSON-LD and ``meta`` state; read once a page."""
    return page.once(f"times_in_head_{language}", lambda: tuple(_in_head(page, language)))


def _in_head(page: HtmlPage, language: str | None) -> Iterator[Statement]:
    own = page.article_node
    others = 0
    for node in page.json_ld:
        kinds = types_of(node)
        for key in ("datePublished", "dateCreated", "uploadDate", "dateModified"):
            if key not in node:
                continue
            found = read_time(text_of(node[key]), language)
            if found is None:
                continue
            changed = key == "dateModified"
            if node is own:
                origin: Origin = (
                    "own_modified"
                    if changed
                    else "own_published"
                    if key == "datePublished"
                    else "own_created"
                )
            elif key in ("dateCreated", "uploadDate") and any("page" in kind for kind in kinds):
                origin = "own_created"
            elif kinds & ARTICLE_TYPES or not any("page" in kind for kind in kinds):
                others += 1
                if others > _MOST_OTHERS:
                    continue
                origin = "other_modified" if changed else "other_published"
            else:
                origin = "page_modified" if changed else "page_published"
            yield Statement(found, origin, f"JSON-LD {key}")
    # "Town buys bridge | River Post | 12.03.2024"
    last = re.split(r"\s[|–—]\s", page.head_title or "")[-1]
    if 6 <= len(last) <= 20 and any(char.isdigit() for char in last):
        found = read_time(last, language)
        if found:
            yield Statement(found, "weak_meta", "title")
    kinds_of_meta: tuple[tuple[Origin, tuple[str, ...]], ...] = (
        ("meta", _META),
        ("weak_meta", _WEAK_META),
        ("meta_modified", _MODIFIED_META),
    )
    for origin, names in kinds_of_meta:
        for name in names:
            for value in page.meta.get(name, ())[:2]:
                found = read_time(value, language)
                if found:
                    yield Statement(found, origin, f"meta {name}")


def of_element(node: LexborNode, language: str | None) -> tuple[str, Origin] | None:
    """What a ``MARKED`` element states, and as what."""
    attributes = node.attributes
    meaning = f"{attributes.get('itemprop') or ''} {attributes.get('property') or ''}".lower()
    machine = attributes.get("datetime") or attributes.get("content") or attributes.get("title")
    found = read_time(machine, language)
    if found is None:
        text = node.text(deep=True, separator=" ")
        found = read_time(text, language) if len(text) <= 120 else None
    if found is None:
        return None
    if "date" not in meaning:
        return found, "time"
    return found, "prop_modified" if "modified" in meaning else "prop"


def says_changed(node: LexborNode) -> bool:
    """Whether an element's own names call its time that of a change."""
    attributes = node.attributes
    return bool(_MODIFIED.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"))


def in_scripts(page: HtmlPage) -> Iterator[Statement]:
    """What scripts, attributes and comments carry under names of publication; asked where markup states nothing."""
    found: set[tuple[str, Origin]] = set()
    for match in _SCRIPT.finditer(page.text[:_LONGEST_TEXT]):
        name = _END_OF_NAME.split(match[0], maxsplit=1)[0]
        if _NAMES.fullmatch(name) is None:
            continue
        stated = stated_time(match[2] or match[3])
        if stated is None:
            continue
        changed = _MODIFIED.search(name) is not None
        created = name.lower().startswith("creat")
        origin: Origin = "script_modified" if changed else "script_created" if created else "script"
        if (stated, origin) not in found:
            found.add((stated, origin))
            yield Statement(stated, origin, f"script {name}")
        if len(found) >= _MOST_SCRIPTS:
            return
