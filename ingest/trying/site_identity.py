"""Where a site is at home, what it is called, and which language and country are its own, from what it says of itself."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ingest.extract.page.folding import collapse, letters
from ingest.extract.page.json_ld import names_of, text_of, types_of
from sources.address import registrable_domain
from sources.hosting import country_suffix, same_site, site_of

if TYPE_CHECKING:
    from ingest.extract.page.html_page import HtmlPage
    from sources.endpoints.feed_head import FeedHead
    from sources.page import Page
    from sources.source import Endpoint
    from storage.article import Article

__all__ = [
    "common_title",
    "country_of",
    "free_name",
    "home_of",
    "likeliest_language",
    "site_title",
    "slug",
]

LONGEST_TITLE = 80
LONGEST_NAME = 50
_SEPARATOR = re.compile(r"\s[|–—·•»«:›/~_-]{1,2}\s|\s?[|｜│：»]\s?|:\s")
#: What titles of feeds and of front pages say beside the name.
_BESIDE = re.compile(
    r"(?:the )?(?:(?:rss|atom|xml|json|full|main|site|news|blog|web)?[ -]?feeds?|rss(?: ?2\.0)?|atom"
    r"|(?:all|latest|top|breaking|recent) (?:news|articles|posts|stories|headlines)|latest|news|articles"
    r"|posts|blog|home(?:page)?|front ?page|start(?:seite)?|accueil|inicio|in[íi]cio|ana sayfa"
    r"|главная|головна|գլխավոր|blog posts|comments|aktuelle nachrichten|nachrichten|actualités"
    r"|noticias|notícias|notizie|nyheter|nieuws|новости)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s|–—·•»:›-]{1,3}(?:RSS|Atom|XML)?[ -]?(?:RSS|[Ff]eed|newsfeed)s?$")
_HOST_LIKE = re.compile(r"(?:https?://)?(?:[\w-]{1,63}\.){1,5}[a-z]{2,20}/?", re.IGNORECASE)
#: JSON-LD types whose name is the site's.
_HOUSES = frozenset({"website", "newsmediaorganization", "organization"})
#: Country codes that are bought for how they read (.tv, .io), and those that are no country's.
_FOR_SALE = frozenset(
    "ac ag ai as bz cc cd co cx dj eu fm gd gg gl gs gy ht im in io is je la lc li ly me mn ms mu nf nu "
    "pm pn ps pw re sc sh so st su sx tc tf tk tl to tv vc vg vu wf ws yt".split()
)
#: Locales that templates carry without meaning it: defaults, and regions that are no country.
_BY_DEFAULT = frozenset({"en_us", "ar_ar", "es_la", "en_ud", "en_pi", "fb_lt", "eo_eo", "la_va"})
_LOCALE = re.compile(r"([a-z]{2})[_-](?:[a-z]{4}[_-])?([a-z]{2})", re.IGNORECASE)
#: Letters that do not come apart into a Latin one and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
     "&": " and ", "'": "", "’": ""}
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def site_title(
    home: str,
    page: HtmlPage | None,
    feeds: Iterable[FeedHead] = (),
    others: Iterable[HtmlPage] = (),
) -> str | None:
    """What the site with the front page ``home`` is called; ``None`` where nothing says.

    Asked in this order: the front page's ``og:site_name``, the feeds, JSON-LD, what the titles of
    other pages share, the front page's ``<title>``. A name that is an address comes last.
    """
    said: list[str | None] = []
    others = list(others)
    for shown in (page, *others):
        if shown is not None:
            said.append(shown.first_meta("og:site_name", "application-name"))
    said += [feed.title for feed in feeds]
    for shown in (page, *others):
        said += _json_ld_names(shown) if shown is not None else []
    heads = [other.head_title for other in others if other.head_title]
    if len(heads) > 1:
        said.append(common_title(heads))
    names = [name for text in said if text and (name := _bare_name(text, home))]
    if page is not None and page.head_title:
        name = _bare_name(page.head_title, home)
        # A front page's title may be a headline or a slogan.
        if name and (len(name.split()) <= 5 or _is_of_host(name, home)):
            names.append(name)
    return next((name for name in names if not _HOST_LIKE.fullmatch(name)), None) or next(
        iter(names), None
    )


def _json_ld_names(page: HtmlPage) -> list[str | None]:
    node = page.article_node or {}
    names: list[str | None] = [name for name, _ in names_of(node.get("publisher"), page.json_ld)]
    names += [text_of(other.get("name")) for other in page.json_ld if types_of(other) & _HOUSES]
    return names


def _bare_name(text: str, home: str) -> str | None:
    """The name in what a feed or a page is titled: without "RSS", slogans and sections beside it."""
    whole = collapse(text)[: 4 * LONGEST_TITLE]
    whole = _TAIL.sub("", whole).strip()
    pieces = [piece.strip() for piece in _SEPARATOR.split(whole)]
    pieces = [piece for piece in pieces if piece and not _BESIDE.fullmatch(piece)]
    if not pieces:
        return None
    chosen = next((piece for piece in pieces if _is_of_host(piece, home)), pieces[0])
    # Control characters: the name goes into a file and onto a terminal.
    chosen = "".join(char for char in chosen if char.isprintable()).strip()
    return chosen if 1 < len(chosen) <= LONGEST_TITLE else None


def _is_of_host(name: str, home: str) -> bool:
    host = urlsplit(home).hostname or ""
    label = letters(host.removesuffix(f".{_suffix(host)}").rpartition(".")[2])
    plain = letters(slug(name)).removeprefix("the")
    return len(plain) >= 4 and (plain in label or (len(label) >= 4 and label in plain))


def _suffix(host: str) -> str:
    return registrable_domain(host).partition(".")[2]


def common_title(titles: Sequence[str]) -> str | None:
    """What several titles of one site share: one that is in all of them, or a part of each."""
    if not titles:
        return None
    shortest = min(titles, key=len)
    if all(letters(shortest) in letters(title) for title in titles):
        return shortest
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for title in titles:
        pieces = {letters(piece): piece.strip() for piece in _SEPARATOR.split(title)}
        counts.update(key for key in pieces if key)
        for key, piece in pieces.items():
            written.setdefault(key, piece)
    shared = [key for key, count in counts.items() if count == len(titles)]
    shared = [key for key in shared if not _BESIDE.fullmatch(written[key])]
    return written[max(shared, key=len)] if shared else None


def slug(text: str, language: str | None = None) -> str:
    """``text`` as the name of a source: lower-case letters, digits, hyphens; empty where none is left."""
    low = text.lower().translate(_LETTERS)
    if language == "de":
        low = low.translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", low).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(name) > LONGEST_NAME:
        name = name[: LONGEST_NAME + 1].rpartition("-")[0] or name[:LONGEST_NAME]
    return name


def free_name(
    title: str | None, home: str, taken: Container[str], language: str | None = None
) -> str:
    """A name for the source with this title and home that is none of ``taken``."""
    site = site_of(home)
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    # The label that the house registered, or that its host gave it.
    label = urlsplit(f"//{site.key}").hostname or host
    folder = urlsplit(home).path if site.hosted else ""
    names = [slug(title or "", language), slug(folder or label.partition(".")[0]), slug(host)]
    # Of a title in another script, digits or a letter may be all that is left.
    letters_of = len(letters(title or ""))
    if len(names[0]) < 2 or 2 * len(names[0].replace("-", "")) < letters_of:
        names.append(names.pop(0))
    usable = [name for name in names if len(name) > 1] or ["source"]
    for name in usable:
        if name not in taken:
            return name
    # By halves: a long list may hold thousands of the same title.
    low, high = 1, 2
    while f"{usable[0]}-{high}" in taken:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if f"{usable[0]}-{middle}" in taken else (low, middle)
    return f"{usable[0]}-{high}"


def country_of(home: str, page: HtmlPage | None) -> str | None:
    """ISO 3166-1 code of the site's country where that is sure, else ``None``.

    Sure is a country-code domain that is not sold for how it reads, or a region that the page
    states in ``og:locale`` and does not contradict in ``lang``.
    """
    if not site_of(home).hosted:
        found = country_suffix(urlsplit(home).hostname or "")
        if found is not None:
            code, second = found
            if second or code not in _FOR_SALE:
                return "GB" if code == "uk" else code.upper()
    if page is None:
        return None
    html = page.tree.css_first("html")
    stated = _region(page.first_meta("og:locale"))
    lang = _region(html.attributes.get("lang") if html is not None else None)
    return stated if stated is not None and lang in (None, stated) else None


def _region(locale: str | None) -> str | None:
    match = _LOCALE.fullmatch(locale.strip()) if locale else None
    if match is None or f"{match[1]}_{match[2]}".lower() in _BY_DEFAULT:
        return None
    code = match[2].upper()
    return code if country_suffix(f"a.{'uk' if code == 'GB' else code.lower()}") else None


def likeliest_language(
    articles: Iterable[str | None], page: HtmlPage | None, feeds: Iterable[FeedHead] = ()
) -> str | None:
    """ISO 639-1 code of the site's language: of most of its articles, else as page or feed state it.

    Args:
        articles: languages of articles, in which what the page states has been weighed already.
        page: the front page.
        feeds: the site's.
    """
    counted = Counter(language for language in articles if language)
    if counted:
        return counted.most_common(1)[0][0]
    if page is not None and page.language:
        return page.language
    return next((feed.language for feed in feeds if feed.language), None)


def home_of(
    given: Page,
    endpoint: Endpoint | None,
    heads: Sequence[FeedHead],
    story: Article | None,
    first_entry: str | None,
) -> str:
    """The address of a site's front page.

    Args:
        given: the page or feed that was named.
        endpoint: what ``given`` is, where it is a feed or a sitemap.
        heads: of feeds that were read, the given one first.
        story: the article on ``given``, where it is one.
        first_entry: the first address of a feed that comes by another house.
    """
    candidates: list[str | None] = []
    if endpoint is not None and endpoint.kind == "feed":
        candidates.append(heads[0].home if heads else None)
        if site_of(given.url).relayed:
            candidates.append(first_entry)
    elif story is not None and story.url and same_site(story.url, given.url):
        # The canonical address is of the site proper where the page came from m. or amp.
        candidates.append(story.url)
    for candidate in candidates:
        try:
            site = site_of(urljoin(given.url, candidate)) if candidate else None
            if site is not None and not site.relayed:
                return site.root
        except ValueError:
            continue
    return site_of(given.url).root
