"""What speaks for each wording of a title: one row of numbers, read by the trees of ``title_model.json``."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ingest.extract.metadata.titles.wordings import CUT
from ingest.extract.page.folding import collapse, fold, letters
from ingest.extract.page.json_ld import types_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.metadata.title_affix import Affixes
    from ingest.extract.metadata.titles.places import Heading, Place
    from ingest.extract.metadata.titles.wordings import Wording
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["NAMES", "evidence_of"]

_ORIGINS = ("h1", "heading", "headline", "og", "twitter", "meta", "name", "title")
_WORDED = ("h1", "og", "title")
NAMES = (
    #: What each kind of place says: 6 exactly this, 5 without what the site adds, 4 one of its
    #: pieces, 3 it contains this, 2 this contains it, 0 neither, -1 there is no such place.
    *_ORIGINS,
    #: Which of these say exactly this, but for the site's name: pairs that agree.
    "og_headline",
    "h1_headline",
    "h1_og",
    "h1_title",
    "og_title",
    #: The same of a newsroom's statements, -1 on other pages: they fill these with the headline.
    "news_og",
    "news_headline",
    #: Where it stands in ``<title>``: 0 not, 1 all of it, 2 all but the site's name, 3 first, 4 amid, 5 last.
    "title_piece",
    #: Share of the words of these that are this one's.
    *(f"words_{origin}" for origin in _WORDED),
    #: Places with the same letters, with the same spelling, that contain it, that it contains.
    "same_letters",
    "same_spelling",
    "contained",
    "contains",
    #: The closest way in which it comes of a place.
    "cut",
    #: Whether another place goes on where this ends, and whether it ends in dots.
    "goes_on",
    "dots",
    "chars",
    "words",
    "capitals",
    "small_start",
    "colon",
    "separator",
    "digits_first",
    "ends_sentence",
    #: Of the site's name: whether it is one, what share of it is one, whether one stands at its end.
    "is_site",
    "site_share",
    "affixed",
    "is_section",
    #: Of the address: share of its words that are in it, of the address' words that are its.
    "in_address",
    "of_address",
    #: By how much more of the address than of any other wording that does not contain it.
    "address_lead",
    #: Share of its words in the description.
    "in_description",
    #: Its best heading.
    "level",
    "order",
    "prose",
    "alike",
    "area",
    "says_title",
    "says_site",
    "says_other",
    "says_beside",
    "link",
    "hidden",
    "headings_same",
    #: The page.
    "page_h1",
    "page_og_headline",
    "page_og_h1",
    "page_title_h1",
    "page_headline_h1",
    "page_og_title",
    "page_news",
    "page_article",
    "page_wordings",
)
_OF_ADDRESS, _ADDRESS_LEAD = NAMES.index("of_address"), NAMES.index("address_lead")
_PIECE = {"whole": 1, "stripped": 2, "unbracketed": 2, "first": 3, "run": 4, "last": 5}
_NEWS = frozenset(["newsarticle", "liveblogposting", "reportagenewsarticle"])
_WORD = re.compile(r"\w+")
_INNER_SEPARATOR = re.compile(r"\s[|–—·•»«›/~│-]\s|[|｜│]")
_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’‚`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‐‑–—", "-"),
    }
)
_LEAST_CONTAINED = 10


def unified(text: str) -> str:
    """``text`` with its quotes and dashes unified, its case kept."""
    return collapse(text).translate(_MARKS)


def evidence_of(
    page: HtmlPage,
    places: Sequence[Place],
    wordings: Sequence[Wording],
    beside: Affixes,
    address: str | None,
) -> list[list[float]]:
    """A row of ``NAMES`` for each of ``wordings``.

    Args:
        page: that states them.
        places: where it does.
        wordings: what they say.
        beside: what the site adds to titles.
        address: of the page.
    """
    view = _View(page, places, beside, address)
    spelled = Counter(
        unified(wording.text)
        for wording in wordings
        for source in wording.sources
        if CUT[source.cut] <= 1
    )
    about = view.about(len(wordings))
    rows = [[*view.of(wording, spelled), *about] for wording in wordings]
    _compare(rows, wordings)
    return rows


def _compare(rows: list[list[float]], wordings: Sequence[Wording]) -> None:
    """Fill in what takes the other wordings of the page."""
    shares = [row[_OF_ADDRESS] for row in rows]
    order = sorted(range(len(rows)), key=lambda number: -shares[number])
    keys = [wording.letters for wording in wordings]
    for number, row in enumerate(rows):
        key = keys[number]
        rival = next((shares[n] for n in order if keys[n] not in key and key not in keys[n]), -1.0)
        row[_ADDRESS_LEAD] = shares[number] - rival if shares[number] >= 0 else -2.0


class _View:
    def __init__(
        self, page: HtmlPage, places: Sequence[Place], beside: Affixes, address: str | None
    ) -> None:
        self.page, self.places, self.beside = page, places, beside
        self.whole = [letters(place.text) for place in places]
        self.stripped = [letters(beside.strip(place.text)) for place in places]
        self.is_news = bool(types_of(page.article_node or {}) & _NEWS)
        self.address = _words(_last_of(address))
        described = page.first_meta("og:description", "description") or ""
        self.described = _words(described)
        self.site_words = frozenset(
            word for name in beside.site_names[:12] for word in _words(name.replace(".", " "))
        )
        first: dict[str, str] = {}
        for place in places:
            first.setdefault(place.origin, place.text)
        self.first = first
        self.first_words = {origin: _words(first.get(origin, "")) for origin in _WORDED}

    def of(self, wording: Wording, spelled: Counter[str]) -> list[float]:
        text, key = wording.text, wording.letters
        mine = _words(text)
        said = dict.fromkeys(_ORIGINS, -1.0)
        cuts = {id(source.place): source.cut for source in wording.sources}
        same = contained = contains = goes_on = 0
        best: Heading | None = None
        best_rank = -1.0
        in_headings = 0
        size = len(key)
        for place, whole, stripped in zip(self.places, self.whole, self.stripped, strict=True):
            rank = 0.0
            if key == whole:
                rank = 6.0
            elif key == stripped:
                rank = 5.0
            elif id(place) in cuts:
                rank = 4.0
            elif size >= _LEAST_CONTAINED and key in whole:
                rank = 3.0
            elif len(whole) >= _LEAST_CONTAINED and whole in key:
                rank = 2.0
            if len(whole) > size and whole.startswith(key):
                goes_on += place.text[len(text) : len(text) + 1].isalnum()
            if said.get(place.origin, rank) < rank:
                said[place.origin] = rank
            if not rank:
                continue
            same += rank >= 5
            contained += 3 <= rank < 5
            contains += rank == 2
            if place.heading is not None and rank >= 3:
                in_headings += 1
                if rank > best_rank:
                    best, best_rank = place.heading, rank
        small = len(mine) or 1
        title_cut = next(
            (source.cut for source in wording.sources if source.place.origin == "title"), ""
        )
        is_said = {origin: rank >= 5 for origin, rank in said.items()}
        return [
            *said.values(),
            float(is_said["og"] and is_said["headline"]),
            float(is_said["h1"] and is_said["headline"]),
            float(is_said["h1"] and is_said["og"]),
            float(is_said["h1"] and is_said["title"]),
            float(is_said["og"] and is_said["title"]),
            float(is_said["og"]) if self.is_news else -1.0,
            float(is_said["headline"]) if self.is_news else -1.0,
            float(_PIECE.get(title_cut, 0)),
            *(len(mine & self.first_words[o]) / (len(self.first_words[o]) or 1) for o in _WORDED),
            float(same),
            float(spelled[unified(text)]),
            float(contained),
            float(contains),
            float(min(CUT[source.cut] for source in wording.sources)),
            float(goes_on),
            float(text.endswith(("…", "..."))),
            float(min(len(text), 300)),
            float(min(len(text.split()), 40)),
            sum(char.isupper() for char in text) / (sum(char.isalpha() for char in text) or 1),
            float(text[:1].islower()),
            float(": " in text),
            float(_INNER_SEPARATOR.search(text) is not None),
            float(text[:1].isdigit()),
            float(text.endswith((".", "!", "?", "。"))),
            float(self.beside.is_site(text)),
            len(mine & self.site_words) / small,
            float(self.beside.strip(text) != collapse(text)),
            float(self.beside.is_beside(text)),
            len(mine & self.address) / small if self.address else -1.0,
            len(mine & self.address) / (len(self.address) or 1) if self.address else -1.0,
            0.0,
            len(mine & self.described) / small if self.described else -1.0,
            *_heading_row(best),
            float(in_headings),
        ]

    def about(self, wordings: int) -> list[float]:
        """What is the same for all wordings of the page."""
        keys = {
            origin: letters(self.beside.strip(self.first[origin]))
            for origin in ("h1", "og", "headline", "title")
            if origin in self.first
        }

        def agree(one: str, other: str) -> float:
            if one not in keys or other not in keys:
                return -1.0
            return float(keys[one] == keys[other])

        return [
            float(min(sum(place.origin == "h1" for place in self.places), 9)),
            agree("og", "headline"),
            agree("og", "h1"),
            agree("title", "h1"),
            agree("headline", "h1"),
            agree("og", "title"),
            float(self.is_news),
            float((self.page.first_meta("og:type") or "").lower() == "article"),
            float(min(wordings, 60)),
        ]


def _heading_row(heading: Heading | None) -> list[float]:
    if heading is None:
        return [-1.0] * 11
    return [
        float(heading.level),
        float(min(heading.order, 30)),
        float(min(heading.prose, 2000)),
        float(min(heading.alike, 20)),
        float(heading.area),
        float(heading.says_title),
        float(heading.says_site),
        float(heading.says_other),
        float(heading.says_beside),
        float(heading.link),
        float(heading.hidden),
    ]


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(fold(text)) if len(word) > 1)


def _last_of(address: str | None) -> str:
    """The part of an address that may be made of the title's words."""
    if not address:
        return ""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    parts = [part for part in path.split("/") if part]
    longest = max(parts[-3:], key=lambda part: part.count("-") + part.count("_"), default="")
    return re.sub(r"[-_+.]|\.html?$", " ", longest[:300])
