"""What a page says of its article beside title, authors and times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ingest.extract.metadata.labels import is_opinion
from ingest.extract.page.folding import collapse, fold, letters
from ingest.extract.page.json_ld import names_of, text_of, types_of
from ingest.extract.refusal import is_front_page
from sources.endpoints.addresses.article_address import AddressKind, kind_of_address
from sources.hosting import same_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.page.html_page import HtmlPage
    from sources.source import Source
    from storage.article import ArticleKind, Block

__all__ = [
    "SELDOM",
    "canonical_address",
    "is_live_blog",
    "kind_of",
    "publisher_of",
    "section_of",
    "site_names_of",
    "standfirst_of",
    "stands_apart",
    "tags_of",
]

#: Lines among which a standfirst is looked for.
_FIRST_LINES = 400
MOST_TAGS = 40
LONGEST_TAG = 80
LONGEST_NAME = 120
_STANDFIRSTS = (
    '[itemprop="alternativeHeadline"]',
    ".standfirst",
    ".article__standfirst",
    ".article-standfirst",
    ".dek",
    ".article-dek",
    ".subheadline",
    ".article-subtitle",
    ".entry-subtitle",
    "h2.subtitle",
    ".article__lead",
    ".chapo",
)
#: One query for all of them: few pages have any.
#: Queries of a whole page that may be saved where it is known that its like have no answer.
SELDOM = {
    "marked_standfirst": ", ".join(_STANDFIRSTS),
    "breadcrumbs": '[typeof="BreadcrumbList"], [class*="breadcrumb"]',
}
_LIVE = re.compile(r"/(?:live|liveblog|live-blog|live-updates|liveticker|ticker)(?:[/-]|$)")
#: Templates say it in the classes of what holds the whole article.
_LIVE_CLASSES = re.compile(r"live[-_]?blog|LiveBlog")
_GALLERY = re.compile(
    r"/(?:gallery|galleries|fotostrecke|bilder|photos|galerie|fotogalerie|diaporama)(?:[/-]|$)"
)
_VIDEO = re.compile(r"/(?:video|videos|watch|mediathek)/")

#: What a template leaves that was given nothing to fill in.
_UNFILLED = re.compile(
    r"\{\{|\{%|<%|\$\{|%7B%7B|%7B%25|%24%7B|%5Bobject(?:%20|\+)Object%5D|\[object |"
    r"[/=](?:undefined|null|none|nan)(?=[/?#&]|$)",
    re.IGNORECASE,
)
#: Hosts on which a site is tried out before readers see it.
_REHEARSAL = re.compile(
    r"(?:^|[.-])(?:staging|stage|stg|dev|devel|development|test|testing|preview|preprod|uat|qa|local"
    r"|origin|wip|sandbox)\d?(?=[.-])",
    re.IGNORECASE,
)
#: The address that a web archive keeps a copy of.
_COPIED = re.compile(r"/web/\d{4,14}[a-z_]{0,5}/(?:https?://?)?([^/?#]{1,250})")
#: Letters of a host's label from which a name that has it is the site's.
_LEAST_LABEL = 4
_LISTS: frozenset[AddressKind] = frozenset(["section", "tag", "author", "search", "calendar"])


def canonical_address(page: HtmlPage, url: str | None) -> str | None:
    """The page's own address: its canonical link where that is sane, else where it came from.

    What leads to another house, to the front page, to a list of articles or to an address that a
    template left unfilled says nothing of this page's address.
    """
    for value in (
        page.canonical,
        page.first_meta("og:url"),
        text_of((page.article_node or {}).get("url")),
    ):
        address = page.absolute(value, url)
        if address is None:
            continue
        if url is None:
            return address
        if same_site(address, url) and _may_be_article(address, url):
            return address
    return url


def _may_be_article(address: str, url: str) -> bool:
    """Whether an article that was fetched at ``url`` may stand at ``address``, by the two alone."""
    if address == url:
        return True
    host, fetched = (urlsplit(each).hostname or "" for each in (address, url))
    if _REHEARSAL.search(host) and not _REHEARSAL.search(fetched):
        return False
    if _UNFILLED.search(address) or (is_front_page(address) and not is_front_page(url)):
        return False
    return not _is_list(address) or _is_list(url)


def _is_list(address: str) -> bool:
    return kind_of_address(address, urljoin(address, "/")) in _LISTS


def site_names_of(page: HtmlPage, source: Source | None, address: str | None) -> tuple[str, ...]:
    """What the site is called, best first: its own word, its publisher's, its host's.

    Single page applications fill ``application-name`` and the like with the page's own title: what the
    headline and ``<title>`` say is no name of a site that is called differently.
    """
    node = page.article_node or {}
    names = [
        page.first_meta("og:site_name", "application-name", "apple-mobile-web-app-title", "cre"),
        *(name for name, _ in names_of(node.get("publisher"), page.json_ld)),
        *(
            text_of(other.get("name"))
            for other in page.json_ld
            if types_of(other) & {"website", "organization", "newsmediaorganization"}
        ),
    ]
    host = _host_of(address)
    names = [name for name in names if name and not _is_own_title(page, name, host)]
    names.insert(0, source.title if source else None)
    names += [host, host.rpartition(".")[0], host.split(".")[0]] if host else []
    twitter = page.first_meta("twitter:site")
    names.append(twitter.lstrip("@") if twitter else None)
    return tuple(dict.fromkeys(collapse(name) for name in names if name and len(name) <= 80))


def _host_of(address: str | None) -> str:
    """The host of ``address``; of a page in an archive the host that it was copied from."""
    try:
        parts = urlsplit(address or "")
        host = parts.hostname or ""
        if host == "web.archive.org" and (copied := _COPIED.search(parts.path)):
            host = urlsplit("//" + copied.group(1)).hostname or host
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _is_own_title(page: HtmlPage, name: str, host: str) -> bool:
    """Whether ``name`` is what this page is called: its headline and its ``<title>`` both say it whole."""
    key = letters(name)
    label = letters(host.rpartition(".")[0].rpartition(".")[2])
    if not key or key == label or (len(label) >= _LEAST_LABEL and label in key):
        return False
    headings = {letters(text) for text in page.headings}
    return key in headings and key == letters(page.head_title or "")


def section_of(page: HtmlPage, selectors: tuple[str, ...], *, crumbs: bool = True) -> str | None:
    """The section that the article stands in.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform.
        crumbs: whether the page may have breadcrumbs.
    """
    node = page.first(selectors)
    if node is not None:
        text = collapse(node.text(deep=True, separator=" "))
        if text:
            return text[:LONGEST_TAG]
    value = (page.article_node or {}).get("articleSection")
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    found = text_of(value) or page.first_meta(
        "article:section", "parsely-section", "section", "cxenseparse:section"
    )
    if found:
        return found[:LONGEST_TAG]
    if not crumbs or page.tree.css_first(SELDOM["breadcrumbs"]) is None:
        return None
    links = page.tree.css('[typeof="BreadcrumbList"] a, [class*="breadcrumb"] a')[:6]
    names = [collapse(link.text(deep=True)) for link in links]
    names = [
        name
        for name in names
        if name and fold(name) not in ("home", "start", "startseite", "accueil", "inicio")
    ]
    return names[0][:LONGEST_TAG] if names else None


def tags_of(page: HtmlPage, selectors: tuple[str, ...]) -> tuple[str, ...]:
    """Tags and keywords, each once, in the page's order."""
    found: list[str] = []
    for selector in selectors:
        found += [collapse(node.text(deep=True)) for node in page.tree.css(selector)[:MOST_TAGS]]
    found += page.meta.get("article:tag", ())
    value = (page.article_node or {}).get("keywords")
    for item in value if isinstance(value, list) else [value]:
        text = text_of(item)
        if text:
            found += re.split(r"[,;]", text)
    if not found:
        found += re.split(
            r"[,;]",
            page.first_meta("news_keywords", "keywords", "parsely-tags", "sailthru.tags") or "",
        )
    tags: dict[str, str] = {}
    for tag in found:
        text = collapse(tag).strip("#")
        if text and len(text) <= LONGEST_TAG:
            tags.setdefault(fold(text), text)
    return tuple(tags.values())[:MOST_TAGS]


def publisher_of(page: HtmlPage) -> str | None:
    """The house that publishes the page, by its own word: JSON-LD ``publisher``, else the site's name."""
    nodes = [page.article_node or {}, *page.json_ld]
    for node in nodes:
        for name, _ in names_of(node.get("publisher"), page.json_ld):
            text = collapse(name)
            if 1 < len(text) <= LONGEST_NAME and "://" not in text:
                return text
    stated = page.first_meta("og:site_name", "publisher", "dc.publisher", "citation_publisher")
    return stated if stated and len(stated) <= LONGEST_NAME and "://" not in stated else None


def standfirst_of(
    page: HtmlPage,
    selectors: tuple[str, ...],
    blocks: Sequence[Block],
    title: str | None,
    *,
    marked: bool = True,
) -> str | None:
    """The standfirst that the page shows apart from the text.

    Args:
        page: the parsed page.
        selectors: of the source file or the platform.
        blocks: the text.
        title: of the article.
        marked: whether the page may have an element that marks a standfirst.
    """
    node = page.first(selectors)
    if node is None and marked and page.tree.css_first(SELDOM["marked_standfirst"]) is not None:
        node = page.first(_STANDFIRSTS)
    text = collapse(node.text(deep=True, separator=" ")) if node is not None else None
    if not text:
        described = text_of((page.article_node or {}).get("description")) or page.first_meta(
            "og:description", "description"
        )
        # A description counts only where the page shows it, whole, to its readers.
        text = described if described and len(described) > 20 and _shows(page, described) else None
    return text if text and stands_apart(text, blocks, title) else None


def stands_apart(text: str, blocks: Sequence[Block], title: str | None) -> bool:
    """Whether ``text`` can be a standfirst: neither part of the first blocks nor the title."""
    if len(text) > 1000:
        return False
    folded = letters(text)
    body = letters(" ".join(block.text for block in blocks[:4]))
    return bool(folded) and folded not in body and not (title and folded == letters(title))


def _shows(page: HtmlPage, text: str) -> bool:
    """Whether one of the page's first lines holds ``text``, whatever its punctuation."""
    key = letters(text)
    least = 0.8 * len(text)
    # Those around an article are few: none of them is beyond the first lines.
    nearby = page.nearby
    lines = page.lines[:_FIRST_LINES] if nearby is None else nearby.in_any_order()
    return any(key in letters(line.text) for line in lines if len(line.text) >= least)


def kind_of(page: HtmlPage, address: str | None, *, live: bool | None = None) -> ArticleKind:
    """What kind of article the page says it is.

    Args:
        page: the parsed page.
        address: of the page.
        live: what ``is_live_blog`` said, where it was asked before.
    """
    kinds: set[str] = (
        set().union(*(types_of(node) for node in page.json_ld)) if page.json_ld else set()
    )
    path = _path_of(address)
    if is_live_blog(page, address) if live is None else live:
        return "live_blog"
    if is_opinion(page, address):
        return "opinion"
    if kinds & {"imagegallery", "mediagallery"} or _GALLERY.search(path):
        return "gallery"
    if (page.first_meta("og:type") or "").startswith("video") or _VIDEO.search(path):
        return "video"
    return "article"


def is_live_blog(page: HtmlPage, address: str | None) -> bool:
    """Whether the page is a live blog, by its types, its address or the classes of its frame."""
    return (
        any("liveblogposting" in types_of(node) for node in page.json_ld)
        or _LIVE.search(_path_of(address)) is not None
        or _is_of_live_template(page)
    )


def _path_of(address: str | None) -> str:
    return (urlsplit(address).path.lower() + "/") if address else ""


def _is_of_live_template(page: HtmlPage) -> bool:
    body = [page.tree.body] if page.tree.body is not None else []
    return any(
        _LIVE_CLASSES.search(node.attributes.get("class") or "") for node in (*body, *page.frames)
    )
