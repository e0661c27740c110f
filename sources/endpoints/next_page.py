"""The next page of a list: what its markup says, what its addresses count, what its scripts ask for.

In the order of how sure it is: ``rel="next"`` (HTML Living Standard, 4.6.6.17), an address whose page
number is the next one, a link that says "next" or "older" by its words or its class, a button that
carries the address, an address in a script that ends with a page number to come.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from sources.hosting import same_site

__all__ = ["find_next_page", "numbered"]

#: Links of one page that are looked at.
MOST_LINKS = 5000
#: A list that is longer repeats itself.
LAST_PAGE = 20_000
LONGEST_LABEL = 60
_PAGE_WORDS = "page|paged|pg|p|pagina|pagenum|pagenumber|page_number|pn|seite|sida|side|sivu|strona|stranka|str|oldal|sayfa|trang|pag|currentpage|hal"
_OFFSET_WORDS = "start|offset|from|skip|b_start:int|startindex|start-index|first"
_QUERY = re.compile(
    rf"(?P<head>[?&](?:[a-z0-9_]{{0,30}}\[)?(?P<name>{_PAGE_WORDS}|{_OFFSET_WORDS})\]?=)(?P<number>\d{{1,6}})(?=&|$)",
    re.IGNORECASE,
)
_PATH = re.compile(
    rf"(?P<head>/(?P<name>{_PAGE_WORDS})[/_-]?)(?P<number>\d{{1,5}})(?=/|\.html?$|$|\?)",
    re.IGNORECASE,
)
_NEXT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:next|nextpage|next-page|older|older-posts|load-?more|show-?more|pagination__next"
    r"|pager__item--next|pagination-next|weiter)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MORE = re.compile(r"load|more|next|older|pag", re.IGNORECASE)
_BUTTON_ADDRESSES = ("data-href", "data-url", "data-next", "data-next-url", "data-next-page", "data-nextpage", "data-link", "data-endpoint")  # fmt: skip
#: "/news?page=" + n, or `/news?page=${n}`, in a script of the page's own.
_SCRIPTED = re.compile(
    rf"""["'`]((?:https?:/)?/[^"'`\s<>$]{{0,200}}[?&](?:{_PAGE_WORDS})=)(?:["']\s{{0,5}}\+|\$\{{)""",
    re.IGNORECASE,
)
_EDGES = " \t\r\n\xa0«»‹›<>→←➔➜▸►▶…·.:|+-–—()[]"


def find_next_page(tree: LexborHTMLParser, url: str, base: str | None = None) -> str | None:
    """The address of the page after ``url`` in its list; ``None`` where it is the last, or no list.

    Never an address of a page number that is not higher. ``base``: what the page's relative addresses
    count from, where that is not ``url``.
    """
    here = numbered(url)
    for finder in (_by_rel, _by_number, _by_words, _by_button, _by_script):
        found = finder(tree, url, base or url)
        if found is None or not _is_ahead(found, url, here):
            continue
        return found
    return None


def numbered(url: str) -> tuple[str, str, int] | None:
    """(address without its page number, the number's name, the number); ``None`` without one."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    match = None
    for match in _QUERY.finditer(query):  # noqa: B007 - the last one counts
        pass
    if match is not None:
        rest = (query[: match.start()] + query[match.end() :]).strip("?&")
        return _pattern(parts.netloc, parts.path, rest), match["name"].lower(), int(match["number"])
    match = _PATH.search(parts.path)
    if match is None:
        return None
    path = parts.path[: match.start()] + parts.path[match.end() :]
    return _pattern(parts.netloc, path, parts.query), match["name"].lower(), int(match["number"])


def _pattern(host: str, path: str, query: str) -> str:
    return f"{host.lower()}{path.rstrip('/').removesuffix('.html')}?{query}"


def _is_ahead(found: str, url: str, here: tuple[str, str, int] | None) -> bool:
    if not found.startswith(("http://", "https://")) or not same_site(found, url):
        return False
    if found.partition("#")[0] == url.partition("#")[0]:
        return False
    there = numbered(found)
    if there is None:
        return here is None
    return there[2] > (here[2] if here is not None else 0) and there[2] <= LAST_PAGE * 100


def _by_rel(tree: LexborHTMLParser, url: str, base: str) -> str | None:
    for node in tree.css('link[rel~="next"][href], a[rel~="next"][href]'):
        return _absolute(node, base)
    return None


def _by_number(tree: LexborHTMLParser, url: str, base: str) -> str | None:
    """A link to the same list with the next number: of offsets, the smallest one ahead."""
    here = numbered(url)
    parts = urlsplit(url)
    pattern = here[0] if here is not None else _pattern(parts.netloc, parts.path, parts.query)
    current = here[2] if here is not None else None
    best: tuple[int, str] | None = None
    for node in tree.css("a[href]")[:MOST_LINKS]:
        address = _absolute(node, base)
        there = numbered(address) if address is not None else None
        if address is None or there is None or there[0] != pattern:
            continue
        number = there[2]
        # Without a number this is the first page: its next one is 2, or 1 where counting begins at 0.
        if number <= (current if current is not None else 0):
            continue
        if best is None or number < best[0]:
            best = (number, address)
    if best is None:
        return None
    offsets = re.fullmatch(_OFFSET_WORDS, numbered(best[1])[1]) is not None  # type: ignore[index]
    # The last number of a list (1 2 3 ... 90) is not the next one.
    near = best[0] <= (current if current is not None else 1) + 1
    return best[1] if near or offsets else None


def _by_words(tree: LexborHTMLParser, url: str, base: str) -> str | None:
    words = _words()
    for node in tree.css("a[href]")[:MOST_LINKS]:
        attributes = node.attributes
        label = attributes.get("aria-label") or attributes.get("title") or ""
        text = node.text(deep=True)
        said = {
            " ".join(part.split()).strip(_EDGES).lower()
            for part in (label, text)
            if part and len(part) <= LONGEST_LABEL
        }
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if said & words or _NEXT_CLASS.search(named[:300]):
            address = _absolute(node, base)
            # A "more" under a teaser leads to its article: only a list's own address counts.
            if address is not None and _same_list(address, url):
                return address
    return None


def _same_list(address: str, url: str) -> bool:
    """Whether two addresses are of one list: the same path but for a number, or one within the other."""
    there, here = numbered(address), numbered(url)
    if there is not None:
        parts = urlsplit(url)
        own = here[0] if here is not None else _pattern(parts.netloc, parts.path, parts.query)
        return there[0].partition("?")[0] == own.partition("?")[0]
    one, other = urlsplit(address), urlsplit(url)
    return one.path.rstrip("/") == other.path.rstrip("/") and one.query != other.query


def _by_button(tree: LexborHTMLParser, url: str, base: str) -> str | None:
    for name in _BUTTON_ADDRESSES:
        for node in tree.css(f"[{name}]")[:50]:
            named = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''} {name}"
            value = (node.attributes.get(name) or "").strip()
            if _MORE.search(named[:300]) and value.startswith(("/", "?", "http://", "https://")):
                return _join(base, value)
    return None


def _by_script(tree: LexborHTMLParser, url: str, base: str) -> str | None:
    here = numbered(url)
    for node in tree.css("script:not([src])")[:50]:
        match = _SCRIPTED.search((node.text(deep=True) or "")[:200_000])
        if match is not None:
            return _join(base, f"{match[1]}{(here[2] if here is not None else 1) + 1}")
    return None


def _absolute(node: LexborNode, url: str) -> str | None:
    href = (node.attributes.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    return _join(url, href)


def _join(url: str, address: str) -> str | None:
    try:
        return urljoin(url, address)
    except ValueError:
        return None


@cache
def _words() -> frozenset[str]:
    text = resources.files("sources.endpoints").joinpath("data", "next_page.toml")
    return frozenset(tomllib.loads(text.read_text("utf-8"))["words"])
