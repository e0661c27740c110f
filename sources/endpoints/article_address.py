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
from typing import Literal, cast
from urllib.parse import parse_qsl, urlsplit

__all__ = ["AddressKind", "address_shape", "is_trap", "kind_of_address"]

AddressKind = Literal[
    "article",
    "section",
    "tag",
    "author",
    "video",
    "gallery",
    "audio",
    "file",
    "search",
    "account",
    "static",
    "pagination",
    "calendar",
    "unknown",
]

#: Bounds of addresses that lead somewhere.
LONGEST = 2000
DEEPEST = 20
MOST_PARAMETERS = 12
#: A calendar goes on for ever; news does not.
OLDEST_YEAR = 1990
LONGEST_SHAPE = 120
#: Words of a headline as it stands in an address; a name of a section has fewer.
HEADLINE_WORDS = 4

_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|epub|mp3|ogg|wav|mp4|m4a|m4v|mov|avi|webm|zip|gz|rar"
    r"|docx?|xlsx?|pptx?|csv|txt|css|js|xml|rss|atom|json|woff2?|exe|apk|ics)$",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\.(?:html?|php\d?|aspx?|jsp|shtml|xhtml|cms|ece|story|amp|do)$", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_NUMBER = re.compile(r"\d+")
_LONG_NUMBER = re.compile(r"\d{5,}|[0-9a-f]{12,}")
_WORDS = re.compile(r"[-_+.,]|%20")
_SEARCH_NAMES = frozenset({"s", "q", "query", "search", "keyword", "keywords", "suche", "text"})
_CALENDAR_NAMES = frozenset(
    {"tribe-bar-date", "eventdisplay", "ical", "outlook-ical", "calendar", "month", "yr", "mo"}
)


@cache
def _words() -> tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]:
    """Word to kind: before a name, before a short name, of media, as the whole path."""
    text = resources.files("sources.endpoints").joinpath("data", "address_words.toml")
    tables = tomllib.loads(text.read_text("utf-8"))
    before, short, media, whole = (
        {word: kind for kind, words in tables[name].items() for word in words}
        for name in ("before", "before_short", "media", "whole")
    )
    return before, short, media, whole


def kind_of_address(url: str, home: str) -> AddressKind:
    """What ``url`` says that it leads to; ``unknown`` where it says nothing.

    Args:
        url: absolute.
        home: of the source; a site may live in a folder of its host, which is not looked at.
    """
    parts = urlsplit(url)
    path = parts.path
    folder = _folder(home)
    if folder and path.startswith(folder):
        path = path[len(folder) :]
    return _kind(path.lower(), parts.query.lower())


@lru_cache(maxsize=1024)
def _folder(home: str) -> str:
    """The folder in which a site lives, without a slash at its end."""
    path = urlsplit(home).path
    return path.rpartition("/")[0] if path.strip("/") else ""


def _kind(path: str, query: str) -> AddressKind:
    segments = [segment for segment in path.split("/") if segment]
    if segments and _FILE.search(segments[-1]):
        return "file"
    if len(segments) > 1 and _LANGUAGE.fullmatch(segments[0]):
        segments = segments[1:]
    if query and (kind := _kind_of_query(query, segments)) is not None:
        return kind
    if not segments:
        return "section" if not query else "unknown"
    if (
        len(segments) >= 2
        and segments[-2] in ("page", "seite", "pagina", "p")
        and (_NUMBER.fullmatch(segments[-1]) and len(segments[-1]) <= 4)
    ):
        # /page/3 ends a list; /p/123 is an article's own address on some platforms
        return "pagination" if segments[-2] != "p" or len(segments) > 2 else "unknown"
    before, short, media, whole = _words()
    last = _EXTENSION.sub("", segments[-1])
    if len(segments) <= 2 and last in whole and (len(segments) == 1 or not _says_more(segments[0])):
        return cast("AddressKind", whole[last])
    for place, segment in enumerate(segments[:-1][:2]):
        follow = len(segments) - place - 1
        if segment in before and follow <= 2:
            # /author/anna/2024/05/03/headline is an article all the same
            return cast("AddressKind", before[segment])
        if segment in short and follow == 1 and _is_name(last):
            return cast("AddressKind", short[segment])
    if segments[0] in before and before[segments[0]] in ("search", "account", "static"):
        return cast("AddressKind", before[segments[0]])
    if segments[0][:2] in ("19", "20") and all(_is_date_part(segment) for segment in segments):
        return "calendar"
    if _is_headline(segments[-1]) or _LONG_NUMBER.search(last):
        return cast("AddressKind", media.get(segments[0], "article"))
    if len(segments) > 1 and segments[0] in media:
        return cast("AddressKind", media[segments[0]])
    return "unknown"


def _kind_of_query(query: str, segments: list[str]) -> AddressKind | None:
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True, max_num_fields=50)}
    if not segments and names & _SEARCH_NAMES:
        return "search"
    if names & _CALENDAR_NAMES and not (segments and _is_headline(segments[-1])):
        return "calendar"
    return None


def _says_more(segment: str) -> bool:
    """Whether a segment carries a number, a date or a headline of its own."""
    return any(char.isdigit() for char in segment) or _is_headline(segment)


def _is_headline(segment: str) -> bool:
    return len(_WORDS.split(_EXTENSION.sub("", segment))) >= HEADLINE_WORDS


def _is_name(segment: str) -> bool:
    return len(_WORDS.split(segment)) <= 2 and not any(char.isdigit() for char in segment)


def _is_date_part(segment: str) -> bool:
    """Whether a segment is a year, a month or a day, so that a path of them is an archive's."""
    if _YEAR.fullmatch(segment) or re.fullmatch(r"(?:19|20)\d\d-\d\d(?:-\d\d)?", segment):
        return True
    return len(segment) <= 2 and segment.isdigit() and 1 <= int(segment) <= 31


def address_shape(url: str) -> str:
    """What addresses of one kind at one source have in common, such as ``/news/Y/M/slug``.

    A short first word stands as it is; ``Y``, ``M``, ``D`` are the parts of a date, ``n2`` a number
    of two digits (``n9``: nine or more), ``slug`` four words and more, ``words`` two or three,
    ``word`` one, ``id`` letters and digits mixed. An extension and the names of parameters stay.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment][:8]
    shaped: list[str] = []
    for place, segment in enumerate(segments):
        stem, extension = segment, ""
        if place == len(segments) - 1 and (match := re.search(r"\.[a-z]{2,5}$", segment)):
            stem, extension = segment[: match.start()], match[0]
        shaped.append(_class_of(stem.lower(), place, shaped) + extension)
    query = sorted(
        {name.lower()[:20] for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    ) if parts.query and parts.query.count("&") < MOST_PARAMETERS else []  # fmt: skip
    end = "/" if parts.path.endswith("/") else ""
    shape = "/" + "/".join(shaped) + (end if shaped else "")
    return (shape + (f"?{'&'.join(query)}" if query else ""))[:LONGEST_SHAPE]


def _class_of(segment: str, place: int, before: list[str]) -> str:
    if _YEAR.fullmatch(segment):
        return "Y"
    if segment.isdigit():
        if len(segment) <= 2 and before and before[-1] == "Y":
            return "M"
        if len(segment) <= 2 and before and before[-1] == "M":
            return "D"
        return f"n{min(len(segment), 9)}"
    words = [word for word in _WORDS.split(segment) if word]
    if len(words) >= HEADLINE_WORDS:
        return "slug"
    if any(char.isdigit() for char in segment):
        return "id"
    if place == 0 and len(words) <= 2 and len(segment) <= 20:
        return segment
    return "words" if len(words) > 1 else "word"


def is_trap(url: str) -> str | None:
    """Why an address is one of endlessly many that a site makes up; ``None`` where it is not."""
    if len(url) > LONGEST:
        return f"longer than {LONGEST} characters"
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > DEEPEST:
        return f"deeper than {DEEPEST} segments"
    if parts.query.count("&") >= MOST_PARAMETERS:
        return f"more than {MOST_PARAMETERS} parameters"
    if len(segments) >= 6 and _repeats(segments):
        return "the path repeats itself"
    for segment in segments[:3]:
        year = segment[:4]
        if len(segment) >= 7 and segment[4] == "-" and year.isdigit() and segment[5:7].isdigit():
            if not OLDEST_YEAR <= int(year) <= datetime.now(UTC).year + 1 and len(segment) <= 10:
                return f"a calendar's page of the year {year}"
    return None


def _repeats(segments: list[str]) -> bool:
    """Whether some run of segments stands three times in a row."""
    for size in range(1, len(segments) // 3 + 1):
        for start in range(len(segments) - 3 * size + 1):
            run = segments[start : start + size]
            if (
                segments[start + size : start + 2 * size] == run
                and segments[start + 2 * size : start + 3 * size] == run
            ):
                return True
    return False
