"""The files that a sitemap's index names: which of them can hold the articles that are wanted.

An index of a large paper names thousands of files, one a month or a day, and beside them the lists
of tags, authors and pictures. Their names say so; a name that does not speak clearly says nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

from sources.endpoints.announced_times import is_after, is_before
from sources.endpoints.document import Following, Window
from sources.endpoints.sitemap import Child, read_sitemap
from sources.errors import EndpointError
from sources.link import Announced
from sources.page import Page
from sources.source import Endpoint

__all__ = ["lists_articles", "period_of", "read_sitemap_tree"]

Period = tuple[datetime, datetime]

#: Years that a file name can mean; ``sitemap-2100.xml`` is the 2,100th file.
YEARS = range(1990, 2050)
#: A poll leaves out files of a time that ended longer ago: they are the backfill's.
POLLED = timedelta(days=31)
LONGEST_ADDRESS = 2000
_DAY = timedelta(days=1)

_MONTHS = {name: number for number, names in enumerate(("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september", "oct october", "nov november", "dec december"), 1) for name in names.split()}  # fmt: skip
_EXTENSION = re.compile(r"(?:\.(?:xml|gz|txt|php|aspx?|html?|rss))+$")
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_PIECE = re.compile(r"[a-z_]+|\d+|[^a-z\d_]+", re.ASCII)
_TWO_DIGITS = re.compile(r"\d\d", re.ASCII)
_SHORT = re.compile(r"\d{1,2}", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+", re.ASCII)

#: Words that may stand beside a year without naming what happened in it (``election-2024``).
_PLAIN = frozenset("sitemap sitemaps map maps site index xml archive archives article articles post posts pt news story stories content contents blog entries entry url urls all page pages part p y year yearly annual month monthly day daily week weekly main web google default wp item items nota notas noticias artikel artikelen articulos artigos actualite".split())  # fmt: skip
#: What lists no articles where it is what the name ends in: WordPress, Yoast, Wix, Ghost and usual.
_NO_ARTICLES = frozenset("image images img picture pictures photo photos bilder fotos imagenes imagens video videos tag tags section sections topic topics author authors autor autores autori auteurs autoren category categories kategorie kategorien categorie categoria categorias rubrik rubriken rubrique rubriques taxonomy taxonomies term terms user users product products profile profiles attachment attachments keyword keywords schlagwort".split())  # fmt: skip
#: Words that say nothing of what is listed.
_GENERIC = frozenset("sitemap sitemaps index xml map site google archive archives part p page wp default all".split())  # fmt: skip
_PAGES = re.compile(
    # Yoast's and Wix's, WordPress core's, the Google XML Sitemaps plugin's; a page with a number
    # behind it (sitemap-page-2) is one of many.
    r"(?:^|/)pages?[-_]sitemap\d*$|wp-sitemap-posts-page-\d+$|[-_]pt-page(?:[-_]|$)"
    r"|(?:^|[/_-])pages(?:[-_]?\d+)?$|(?:^|/)sitemap[-_]page$|(?:^|/)static[-_]?pages?[-_]"
)
_PLATFORM = re.compile(r"(?:^|/)(?:wp-sitemap-(?:taxonomies|users)-|store-[a-z-]+-sitemap)")


def period_of(url: str) -> Period | None:
    """The time whose articles the file at ``url`` lists by its name, from and until, aware, UTC.

    Read are days, months, weeks (ISO 8601), quarters and years in the file's name, in the folders
    that it is in, and in parameters that are named for them. ``None`` where none is shown, or where
    the number may as well be a count or an identity; a number that may be month or page leaves the
    year.
    """
    if len(url) > LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    in_query = _in_query(parts.query)
    if in_query is not None:
        return in_query
    *folders, name = unquote(parts.path).lower().split("/")
    in_name = _in_name(_EXTENSION.sub("", name), folders)
    return in_name if in_name is not None else _in_folders(folders)


def _in_query(query: str) -> Period | None:
    """``?yyyy=2023&mm=05&dd=01``, ``?year=2023&month=5``, ``?date=2023-05-01``, ``?month=2023-05``."""
    if not query:
        return None
    year = month = day = None
    for name, value in parse_qsl(query, max_num_fields=100 if query.count("&") < 100 else None):
        named = name.lower()
        if named in (
            "date",
            "day",
            "month",
            "year",
            "yyyymm",
            "yyyymmdd",
            "ym",
            "period",
            "d",
            "m",
        ):
            whole = _in_name(value.lower(), [])
            if whole is not None and not (named in ("d", "m") and len(value) < 6):
                return whole
        if named in ("yyyy", "year", "yy", "y") and _YEAR.fullmatch(value):
            year = int(value)
        elif named in ("mm", "month", "mon", "m") and _SHORT.fullmatch(value):
            month = int(value)
        elif named in ("dd", "day", "d") and _SHORT.fullmatch(value):
            day = int(value)
    return _period(year, month, day) if year is not None else None


def _in_folders(folders: Sequence[str]) -> Period | None:
    """``/2023/05/01/sitemap.xml``: folders that are nothing but numbers."""
    for at, folder in enumerate(folders):
        if _YEAR.fullmatch(folder):
            rest = [part for part in folders[at + 1 : at + 3] if _SHORT.fullmatch(part)]
            if len(rest) == 2 and not _SHORT.fullmatch(folders[at + 1]):
                rest = []
            found = _period(int(folder), *(int(part) for part in rest))
            return found or _period(int(folder))
        if not any(letter.isalpha() for letter in folder):
            found = _in_name(folder, [])
            if found is not None:
                return found
    return None


def _in_name(name: str, folders: Sequence[str]) -> Period | None:
    pieces: list[str] = _PIECE.findall(name[:300])
    found: list[Period] = []
    at = 0
    while at < len(pieces):
        period, used = _at_piece(pieces, at)
        if period is not None:
            found.append(period)
        at += used
    if found:
        # Two dates are a range.
        return min(period[0] for period in found), max(period[1] for period in found)
    return _month_of_folder(pieces, folders)


def _month_of_folder(pieces: Sequence[str], folders: Sequence[str]) -> Period | None:
    """``/2023/05.xml``, ``/2023/05/01.xml``: the last number is the file's name."""
    if len(pieces) != 1 or not _TWO_DIGITS.fullmatch(pieces[0]):
        return None
    if folders and _YEAR.fullmatch(folders[-1]):
        return _period(int(folders[-1]), int(pieces[0])) or _period(int(folders[-1]))
    if len(folders) > 1 and _YEAR.fullmatch(folders[-2]) and _SHORT.fullmatch(folders[-1]):
        year, month = int(folders[-2]), int(folders[-1])
        return _period(year, month, int(pieces[0])) or _period(year, month)
    return None


def _at_piece(pieces: Sequence[str], at: int) -> tuple[Period | None, int]:
    """The period that begins at a piece of a name, and how many pieces it takes."""
    piece = pieces[at]
    if not piece.isdigit():
        return None, 1
    glued = at > 0 and (pieces[at - 1][-1].isalpha() or pieces[at - 1][-1] == ".")
    if len(piece) == 8:
        # Eight digits that are a day are one, glued or not.
        return _period(int(piece[:4]), int(piece[4:6]), int(piece[6:])), 1
    if glued:
        # post-sitemap2019 is the 2,019th file of Yoast's, sitemap1.2023 nothing that we know.
        return None, 1
    if len(piece) == 6 and _ends(pieces, at + 1):
        return _period(int(piece[:4]), int(piece[4:])), 1
    if not _YEAR.fullmatch(piece):
        return None, 1
    return _from_year(pieces, at)


def _from_year(pieces: Sequence[str], at: int) -> tuple[Period | None, int]:
    year = int(pieces[at])
    mark = pieces[at + 1] if at + 1 < len(pieces) else ""
    second = pieces[at + 2] if at + 2 < len(pieces) else ""
    if mark and mark[-1] == "_" and (named := mark.strip("_")) in _MONTHS:
        return _period(year, _MONTHS[named]), 2
    if len(mark) == 1 and second.strip("_") in _MONTHS:
        return _period(year, _MONTHS[second.strip("_")]), 3
    before = pieces[at - 2].strip("_") if at > 1 else ""
    if before in _MONTHS:
        return _period(year, _MONTHS[before]), 1
    if len(mark) == 1 and second in ("w", "week", "kw", "q") and at + 3 < len(pieces):
        number = pieces[at + 3]
        if _SHORT.fullmatch(number) and _ends(pieces, at + 4):
            return _week_or_quarter(year, second, int(number)), 4
        return None, 4
    if len(mark) != 1 or not _TWO_DIGITS.fullmatch(second):
        # A month of one digit behind a year may be the year's first, second, ... file.
        return (_period(year) if _is_plain(pieces) else None), 1
    month = int(second)
    if not 1 <= month <= 12:
        return (_period(year) if _is_plain(pieces) else None), 3
    third = pieces[at + 4] if at + 4 < len(pieces) and pieces[at + 3] == mark else ""
    if _TWO_DIGITS.fullmatch(third) and (day := _period(year, month, int(third))):
        return day, 5
    return _period(year, month), 3


def _ends(pieces: Sequence[str], at: int) -> bool:
    return at >= len(pieces) or not (pieces[at][0].isalpha() or pieces[at][0].isdigit())


def _is_plain(pieces: Sequence[str]) -> bool:
    """Whether the words of a name leave a bare year to be the time of publication."""
    words = (word for piece in pieces if piece[0].isalpha() for word in piece.split("_"))
    return all(word in _PLAIN or len(word) <= 2 for word in words)


def _week_or_quarter(year: int, kind: str, number: int) -> Period | None:
    if kind == "q":
        if not 1 <= number <= 4 or year not in YEARS:
            return None
        first, last = _period(year, number * 3 - 2), _period(year, number * 3)
        return (first[0], last[1]) if first and last else None
    try:
        begin = datetime.fromisocalendar(year, number, 1).replace(tzinfo=UTC)
    except ValueError:
        return None
    # Whose weeks begin on Sunday, or count from the first of January, is not known.
    return begin - 7 * _DAY, begin + 14 * _DAY


def _period(year: int, month: int | None = None, day: int | None = None) -> Period | None:
    if year not in YEARS:
        return None
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if month is None:
        return begin, datetime(year + 1, 1, 1, tzinfo=UTC)
    if month == 0 or day == 0:
        return None
    if day is not None:
        return begin, begin + _DAY
    return begin, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def lists_articles(url: str) -> bool:
    """Whether the file at ``url`` may list articles; False where its name says that it does not.

    By the conventions of WordPress, Yoast, Wix and Ghost, and where the name ends in a word such as
    ``tags`` or ``images``: ``blog-categories-sitemap.xml`` lists categories, while
    ``category-articles.xml`` lists articles.
    """
    try:
        parts = urlsplit(url[:LONGEST_ADDRESS])
        kinds = [
            value for name, value in parse_qsl(parts.query) if name in ("type", "kind", "name")
        ]
    except ValueError:
        return True
    path = _EXTENSION.sub("", unquote(parts.path).lower())
    if _PAGES.search(path) or _PLATFORM.search(path):
        return False
    words = _WORD.findall(" ".join([path, *(kind.lower() for kind in kinds)]))
    telling = [word for word in words if word not in _GENERIC and len(word) > 2]
    return not telling or telling[-1] not in _NO_ARTICLES


def read_sitemap_tree(
    page: Page, endpoint: Endpoint, window: Window | None
) -> Iterator[Announced | Following]:
    """What a file of a sitemap announces, and the files that an index names, newest first.

    Left out is what cannot be wanted: entries and files that last changed before the window, files
    whose name shows another time, and files that list no articles, unless an index has no others. A
    poll leaves out files of a time long over.

    Raises:
        EndpointError: as ``read_sitemap``; what came before has been yielded by then.
    """
    since = window.since if window is not None else None
    until = window.until if window is not None else None
    children: list[Child] = []
    broken: EndpointError | None = None
    try:
        for entry in read_sitemap(page.body, page.url):
            if isinstance(entry, Child):
                children.append(entry)
            elif (
                since is not None
                and (is_before(entry.modified, since) or is_before(entry.published, since))
            ) or (until is not None and is_after(entry.published, until)):
                continue
            else:
                yield entry
    except EndpointError as error:
        broken = error
    for child in _wanted(children, page.fetched_at, window):
        yield Following(child.url, child.modified)
    if broken is not None:
        raise broken


def _wanted(children: list[Child], now: datetime, window: Window | None) -> list[Child]:
    """The files worth asking for, those with the newest articles first."""
    chosen = [child for child in children if lists_articles(child.url)] or children
    periods = _periods([child.url for child in chosen])
    since = window.since if window is not None else now - POLLED
    until = window.until if window is not None else None
    dated: list[tuple[Period, Child]] = []
    undated: list[Child] = []
    left: list[tuple[Period, Child]] = []
    for child in chosen:
        period = periods.get(child.url)
        if window is not None and is_before(child.modified, since):
            continue
        if period is None:
            undated.append(child)
        elif ((since is None or period[1] > since) and (until is None or period[0] < until)) or (
            window is None and child.modified and not is_before(child.modified, since)
        ):
            dated.append((period, child))
        else:
            left.append((period, child))
    if window is None and left and not dated and not undated:
        # A site that rests: its newest file.
        dated.append(max(left, key=lambda pair: pair[0]))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return undated + [child for _, child in dated]


def _periods(urls: Sequence[str]) -> dict[str, Period]:
    """The periods of an index's files, each name read as its siblings allow.

    ``sitemap-2019.xml`` beside ``sitemap-7.xml`` is a count, and a number behind a month that is a
    day in some names and none in others is a page.
    """
    families: dict[str, list[tuple[str, Period | None]]] = defaultdict(list)
    for url in urls:
        families[_DIGITS.sub("#", url)].append((url, period_of(url)))
    found: dict[str, Period] = {}
    for family in families.values():
        known = [period for _, period in family if period is not None]
        if len(known) < len(family):
            continue
        longest = max((period[1] - period[0] for period in known), default=_DAY)
        for url, period in family:
            if period is not None:
                found[url] = _widened(period, longest)
    return found


def _widened(period: Period, length: timedelta) -> Period:
    begin, end = period
    if length > 300 * _DAY and end - begin < 300 * _DAY:
        return _period(begin.year) or period
    if length > 27 * _DAY and end - begin < 27 * _DAY:
        return _period(begin.year, begin.month) or period
    return period
