"""What an address says of the page behind it, by conventions of platforms and of languages.

Conservative: a section that is fetched costs a polite second, an article that is left out is lost.
The words are data (``data/address_words.toml``). What conventions do not say, each source teaches:
``address_shape`` is what addresses of one kind have in common.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, NamedTuple, cast
from urllib.parse import unquote

from sources.address_parameters import counting_parameters

__all__ = ["AddressKind", "address_shape", "is_trap", "kind_of_address"]

AddressKind = Literal[
    "article", "section", "tag", "author", "video", "gallery", "audio", "file", "search", "account",
    "static", "pagination", "calendar", "unknown",
]  # fmt: skip

#: Bounds of addresses that lead somewhere.
LONGEST = 2000
DEEPEST = 20
MOST_PARAMETERS = 12
OLDEST_YEAR = 1990
LONGEST_SHAPE = 120
#: Words of a headline as it stands in an address; a name of a section has fewer.
HEADLINE_WORDS = 4
#: The same in a script without spaces between words, in characters.
HEADLINE_CHARACTERS = 10
#: Words from which ``address_shape`` says ``slug``.
SLUG_WORDS = 3

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|epub|mp3|ogg|wav|mp4|m4a|m4v|mov|avi|webm|zip|gz|rar"
    r"|docx?|xlsx?|pptx?|csv|txt|css|js|xml|rss|atom|json|woff2?|exe|apk|ics)"
)
_EXTENSION = re.compile(r"\.(?:html?|php\d?|aspx?|jsp|jhtml|shtml|xhtml|cms|ece|story|amp|do)$")
_INDEX = re.compile(r"(?:index|default)(?:\.[a-z]{2,5})?")
_ANY_EXTENSION = re.compile(r"\.[A-Za-z]{1,5}$")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_LONG_NUMBER = re.compile(r"[0-9]{5,}|[0-9a-f]{12,}")
_BETWEEN_WORDS = re.compile(r"[-_+.,\s]+")
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_MONTH_OF_YEAR = re.compile(r"((?:19|20)[0-9]{2})-(?:0[1-9]|1[0-2])")
_DAY_OF_YEAR = re.compile(r"((?:19|20)[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
#: A calendar's page of any year, as one segment.
_ANY_MONTH = re.compile(r"([12][0-9]{3})-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?")
_ENDS_IN_MONTH = re.compile(r"/([12][0-9]{3})/(?:0[1-9]|1[0-2])(?:/([0-3][0-9]))?$")
_PAGE_WORDS = frozenset("page pages seite pagina página strona sivu sida side oldal sayfa".split())
_NUMBERED_PAGE = re.compile(r"(?:page|seite|pagina|página|strona|sivu|sida|side)[-_]?[0-9]{1,4}")

# Names of parameters by which a list is cut into pages or narrowed down, and those of searches.
_SEARCHED = frozenset("s q query search keyword keywords suche searchterm search_query".split())
_PAGED = frozenset("page paged pg pagina seite start offset pageno pagenum page_number".split())
_NARROWED: dict[str, AddressKind] = {
    "tag": "tag", "tags": "tag", "author": "author", "cat": "section", "category": "section",
    "section": "section", "rubrik": "section", "letter": "section", "sort": "section",
    "order": "section", "orderby": "section", "filter": "section", "y": "calendar",
    "year": "calendar", "month": "calendar", "monthnum": "calendar",
}  # fmt: skip
_CALENDARS = frozenset("tribe-bar-date eventdisplay ical outlook-ical tribe_paged".split())
_DATES = frozenset("tribe-bar-date date month year day yr eventdate calendar from".split())


class _Words(NamedTuple):
    """Word to kind, by where the word stands."""

    before: dict[str, AddressKind]
    before_short: dict[str, AddressKind]
    media: dict[str, AddressKind]
    whole: dict[str, AddressKind]
    whole_or_last: dict[str, AddressKind]
    last: dict[str, AddressKind]


@cache
def _words() -> _Words:
    text = resources.files("sources.endpoints").joinpath("data", "address_words.toml")
    tables = tomllib.loads(text.read_text("utf-8"))
    return _Words(
        *(
            {
                word: cast("AddressKind", kind)
                for kind, words in tables[place].items()
                for word in words.split()
            }
            for place in _Words._fields
        )
    )


def kind_of_address(url: str, home: str) -> AddressKind:
    """What ``url`` says that it leads to; ``unknown`` where it says nothing.

    Args:
        url: absolute.
        home: of the source; a site may live in a folder of its host, which is not looked at.
    """
    path, query = _path_and_query(url)
    folder = _folder(home)
    if folder and path.startswith(folder):
        path = path[len(folder) - 1 :]
    if "%" in path:
        path = unquote(path)
    kind = _kind_of_path(path.lower())
    return _kind_of_query(query, path, kind) if query else kind


def _path_and_query(url: str) -> tuple[str, str]:
    """Of an absolute address; faster than ``urlsplit``, which checks what nobody here asks."""
    where, _, query = url.partition("#")[0].partition("?")
    begin = where.find("/", where.find("://") + 3)
    return where[begin:] if begin >= 0 else "", query


@lru_cache(maxsize=1024)
def _folder(home: str) -> str:
    """The folder in which a site lives, with a slash at both ends; empty where that is the root."""
    folder = _path_and_query(home)[0].rpartition("/")[0]
    return f"{folder}/" if folder.strip("/") else ""


def _kind_of_path(path: str) -> AddressKind:
    segments = [segment for segment in path.split("/") if segment]
    if segments and _INDEX.fullmatch(segments[-1]):
        segments.pop()
    if not segments:
        return "section"
    last = segments[-1]
    extension = last.rpartition(".")[1:]
    if extension[0] and _FILE.fullmatch("." + extension[1]):
        return "file"
    if len(segments) > 1 and _LANGUAGE.fullmatch(segments[0]):
        del segments[0]
    words = _words()
    if len(segments) > 1:
        if last in words.last:
            return words.last[last]
        if _ends_in_page(segments):
            return "pagination"
    if extension[0]:
        last = _EXTENSION.sub("", last)
    kind = _kind_as_whole(segments, last, words)
    if kind is not None:
        return kind
    headline = _is_headline(last)
    kind = _kind_by_word_before(segments, last, headline, words)
    if kind is not None:
        return kind
    if segments[0][:4].isdigit() or segments[0] in words.whole:
        if _is_archive_of_time(segments, words):
            return "calendar"
    if headline or _LONG_NUMBER.search(last):
        return words.media.get(segments[0], "article")
    if len(segments) > 1 and segments[0] in words.media:
        return words.media[segments[0]]
    return "unknown"


def _kind_as_whole(segments: list[str], last: str, words: _Words) -> AddressKind | None:
    if len(segments) == 1:
        return words.whole.get(last) or words.whole_or_last.get(last)
    if len(segments) == 2:
        first = segments[0]
        if last in words.whole_or_last and not any(char.isdigit() for char in first):
            return words.whole_or_last[last] if not _is_headline(first) else None
        if last in words.whole and (first in words.whole or first in words.whole_or_last):
            return words.whole[last]
    return None


def _kind_by_word_before(
    segments: list[str], last: str, headline: bool, words: _Words
) -> AddressKind | None:
    for place, segment in enumerate(segments[:2]):
        follow = len(segments) - place - 1
        kind = words.before.get(segment)
        if kind == "static" or (kind is not None and not follow):
            return kind
        if kind is not None and follow <= 2:
            # /author/anna/a-headline-of-hers is an article all the same, and so may be
            # /calendar/a-headline-of-its-own; /tag/123/its-long-name is not.
            numbered = follow == 2 and segments[place + 1].isdigit()
            named = follow == 1 and kind in ("tag", "author", "section")
            if not headline or numbered or named:
                return kind
        if follow == 1 and segment in words.before_short and _is_name(segments[-1]):
            return words.before_short[segment]
    return None


def _ends_in_page(segments: list[str]) -> bool:
    """``/news/page/3``, ``/news/page-3``; ``/p/123`` is an article's own address on some platforms."""
    last = segments[-1]
    if last.isdigit() and len(last) <= 4:
        before = segments[-2]
        return before in _PAGE_WORDS or (before == "p" and len(segments) > 2)
    return _NUMBERED_PAGE.fullmatch(last) is not None


def _is_archive_of_time(segments: list[str], words: _Words) -> bool:
    """``/2026/11``, ``/blog/2026/11/20``: what appeared then; not ``/1984``, which may be a book."""
    whole = segments
    if segments[0] in words.whole:
        segments = segments[1:]
    if not 1 <= len(segments) <= 3:
        return False
    year = segments[0]
    if len(segments) == 1:
        if whole is segments and (day := _DAY_OF_YEAR.fullmatch(year)):
            return _is_of_our_time(day[1])
        month = _MONTH_OF_YEAR.fullmatch(year)
        named = month[1] if month else year if _YEAR.fullmatch(year) else ""
        return bool(named) and _is_of_our_time(named)
    return (
        _YEAR.fullmatch(year) is not None
        and _is_of_our_time(year)
        and all(
            len(part) <= 2 and part.isdigit() and 1 <= int(part) <= most
            for part, most in zip(segments[1:], (12, 31), strict=False)
        )
    )


def _is_of_our_time(year: str | int) -> bool:
    """A calendar goes on for ever; news does not."""
    return OLDEST_YEAR <= int(year) <= datetime.now(UTC).year + 1


def _kind_of_query(query: str, path: str, kind: AddressKind) -> AddressKind:
    """What parameters make of a path that is of ``kind`` by itself."""
    counting = counting_parameters(query, path)
    if not counting:
        return kind
    names = {name for name, _ in counting}
    if names & _CALENDARS:
        return "calendar"
    if kind != "section":
        return kind
    if names & _SEARCHED:
        return "search"
    if any(name in _PAGED and value.isdigit() for name, value in counting):
        if all(name in _PAGED or name in _NARROWED for name in names):
            return "pagination"
    # WordPress has ?m=202611; with another number m may be the article's.
    if counting[0][0] == "m" and len(counting) == 1 and _YEAR.fullmatch(counting[0][1][:4]):
        return "calendar" if len(counting[0][1]) in (6, 8) else "unknown"
    # /news.php?id=3 is an article, /news.php?cat=3 is not.
    kinds = [_NARROWED.get(name) for name in names]
    return "unknown" if None in kinds else cast("AddressKind", min(str(kind) for kind in kinds))


def _is_headline(segment: str) -> bool:
    words = len(_BETWEEN_WORDS.split(segment.strip("-_+., ")))
    if words >= HEADLINE_WORDS:
        return True
    return not segment.isascii() and len(_WITHOUT_SPACES.findall(segment)) >= HEADLINE_CHARACTERS


def _is_name(segment: str) -> bool:
    """One or two words, without a number or an extension."""
    return (
        "." not in segment
        and len(_BETWEEN_WORDS.split(segment)) <= 2
        and not any(char.isdigit() for char in segment)
        and not _is_headline(segment)
    )


def address_shape(url: str, counting: frozenset[str] = frozenset()) -> str:
    """What addresses of one kind at one source have in common, such as ``/news/Y/M/slug``.

    A short first word stands as it is where more follows; ``Y``, ``M``, ``D`` are the parts of a
    date, ``n2`` a number of two digits (``n9``: nine or more), ``slug`` three words and more,
    ``words`` two, ``word`` one, ``id`` letters and digits mixed. An extension and the names of
    parameters that count stay, those in ``counting`` among them. At most 120 characters.
    """
    path, query = _path_and_query(url)
    if "%" in path:
        path = unquote(path)
    segments = [segment for segment in path.split("/") if segment][:8]
    shaped: list[str] = []
    for place, segment in enumerate(segments):
        stem, extension = segment, ""
        if place == len(segments) - 1:
            if "." in segment and (match := _ANY_EXTENSION.search(segment)):
                stem, extension = segment[: match.start()], match[0].lower()
            shaped.append(_class_of(stem, shaped) + extension)
        elif place == 0 and len(segment) <= 20 and segment.isascii() and segment.isalpha():
            shaped.append(segment.lower())
        else:
            shaped.append(_class_of(stem, shaped))
    shape = "/" + "/".join(shaped) + ("/" if shaped and path.endswith("/") else "")
    if query:
        names = sorted({name[:20] for name, _ in counting_parameters(query, path, counting)})[:5]
        if names:
            shape += "?" + "&".join(names)
    return shape[:LONGEST_SHAPE]


def _class_of(segment: str, before: list[str]) -> str:
    if segment.isdigit():
        last = before[-1] if before else ""
        if _YEAR.fullmatch(segment):
            return "Y"
        if len(segment) <= 2 and last in ("Y", "M"):
            return "M" if last == "Y" else "D"
        return f"n{min(len(segment), 9)}"
    if segment[:4].isdigit():
        if _DAY_OF_YEAR.fullmatch(segment):
            return "Y-M-D"
        if _MONTH_OF_YEAR.fullmatch(segment):
            return "Y-M"
    words = len(_BETWEEN_WORDS.split(segment.strip("-_+., ")))
    if words >= SLUG_WORDS:
        return "slug"
    if not segment.isascii() and len(_WITHOUT_SPACES.findall(segment)) >= HEADLINE_CHARACTERS:
        return "slug"
    if not segment.isalpha() and any(char.isdigit() for char in segment):
        return "id"
    return "words" if words == 2 else "word"


def is_trap(url: str) -> str | None:
    """Why an address is one of endlessly many that a site makes up; ``None`` where it is not."""
    if len(url) > LONGEST:
        return f"longer than {LONGEST} characters"
    path, query = _path_and_query(url)
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > DEEPEST:
        return f"deeper than {DEEPEST} segments"
    if len(segments) >= 3 and _repeats(segments):
        return "the path repeats itself"
    if query and (reason := _trap_of_query(query)) is not None:
        return reason
    year = _year_of_calendar(path)
    if year is not None and not _is_of_our_time(year):
        return f"a calendar's page of the year {year}"
    return None


def _trap_of_query(query: str) -> str | None:
    if query.count("&") >= MOST_PARAMETERS and len(counting_parameters(query)) > MOST_PARAMETERS:
        return f"more than {MOST_PARAMETERS} parameters"
    names: dict[str, int] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        # cat[]=1&cat[]=2 is a list; a parameter that is there again and again was added by a link.
        if name and not name.endswith(("[]", "%5B%5D", "%5b%5d")):
            names[name] = names.get(name, 0) + 1
            if names[name] >= 3 and value:
                return f"the parameter {name[:40]} again and again"
        if len(value) == 10 or len(value) == 7:
            if name.lower() in _DATES and (dated := _ANY_MONTH.fullmatch(value)):
                if not _is_of_our_time(dated[1]):
                    return f"a calendar's page of the year {dated[1]}"
    # Encoded three times over: the way back from a page that was reached from a page that ...
    if "%25252" in query or "%25253" in query:
        return "an address inside an address inside an address"
    return None


def _year_of_calendar(path: str) -> int | None:
    """The year that a path ends in which is a calendar's: ``/events/2300-01``, ``/2300/01/``."""
    segments = path.strip("/").split("/")
    last = segments[-1]
    if len(last) in (7, 10) and len(segments) <= 4 and (dated := _ANY_MONTH.fullmatch(last)):
        return int(dated[1])
    # Padded, since /2300/5 may be two numbers of an article.
    if len(segments) > 5 or not (dated := _ENDS_IN_MONTH.search(path.rstrip("/"))):
        return None
    place = len(segments) - 2 - (dated[2] is not None)
    before = segments[place - 1].lower() if place else ""
    # /magazine/1955/05 is an old issue; /1955/05 and /calendar/1955/05 are a month.
    if not before or before == "events" or _words().before.get(before) == "calendar":
        return int(dated[1])
    return None


def _repeats(segments: list[str]) -> bool:
    """Whether some run of segments stands three times in a row."""
    if len(set(segments)) > len(segments) - 2:
        return False
    for size in range(1, len(segments) // 3 + 1):
        alike = 0
        for at in range(len(segments) - size):
            alike = alike + 1 if segments[at] == segments[at + size] else 0
            # /11/11/11 is a date
            if alike == 2 * size and not all(s.isdigit() for s in segments[at : at + size]):
                return True
    return False
