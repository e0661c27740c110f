"""Marks of agencies and rights: datelines (``BERLIN (dpa) -``), sign-offs (``(FR mit dpa)``), ``©``."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.extract.credits.dates import date_in
from ingest.extract.credits.finding import LONGEST_LINE, Finding
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.names import looks_like_place, marks_in, one_house
from ingest.extract.credits.phrases import flat
from ingest.extract.page.prose import WIDE
from storage.article import CreditRole

__all__ = ["copyright_line", "dateline", "end_mark", "is_copyright", "line_mark", "own_and_other"]

_BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"))
_SLASHED = re.compile(r"/\s?([^\s/][^/\n]{1,24}?)\s?/")
_DASHES = re.compile(r"\s*[–—]\s*|\s+-+\s+|-{2}|(?<=\w)-\s|:\s|//")
_CHINESE_WIRE = re.compile(
    r"[（(【]?(?:据|據)?([\u4e00-\u9fff]{2,5}?)(?:记者[^\d）)]{0,20})?[\u4e00-\u9fff·]{0,14}\d{0,4}年?\d{0,2}月?\d{1,2}日(?:综合)?[电電讯訊]"
)
#: Where the place, the day and the name of a dateline end, and how far in the last may begin.
_PLACE_ENDS = re.compile(r"[,.]\s+|\s[–—-]\s?|,(?=\S)")
_LONGEST_PLACE = 60
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_DASH = frozenset("–—-/")
#: Every dateline has one of these, but for those of scripts without blanks between words.
_DATELINE_SIGNS = (
    ", ",
    ". ",
    "(",
    "[",
    "/",
    ":",
    " -",
    "- ",
    "--",
    "\n",
    "–",
    "—",
    "（",
    "【",
    "\t",
    "\u00a0",
)
_COPYRIGHT = re.compile(
    r"(?:(?:©|\(c\)|copyright|@)\s{0,3}){1,3}(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:by\s|the\s)?",
    re.IGNORECASE,
)


def dateline(text: str) -> list[Finding]:
    """The agencies of the dateline that ``text``, a paragraph, begins with."""
    start = text[:170].lstrip(' \t"“„»«*•–—-')
    if not any(sign in start for sign in _DATELINE_SIGNS) and (
        start.isascii() or not WIDE.search(start)
    ):
        return []
    for opening, closing in _BRACKETS:
        left = start.find(opening)
        right = start.find(closing, left + 1)
        if left < 0 or not left < right <= left + 62:
            continue
        place, inside, behind = start[:left], start[left + 1 : right], start[right + 1 : right + 5]
        found = _in_brackets(place, inside, behind)
        if found:
            evidence = start[: right + 1] + _separator(behind)
            return _agencies(found, evidence.strip())
    match = _CHINESE_WIRE.match(start)
    if match:
        # The place follows the name without a mark between: the longest known name counts.
        named = start[match.start(1) :]
        house = next((h for n in range(5, 1, -1) if (h := gazetteer().agency(named[:n]))), None)
        if house is not None:
            return _agencies([house], match.group())
    match = _SLASHED.search(start[:110])
    if match and looks_like_place(start[: match.start()]):
        found = marks_in(match.group(1), weak=bool(match.start()))
        if found:
            return _agencies(found, start[: match.end()].strip())
    if named_so := _named_in_row(start):
        return named_so
    # "BERLIN/AFP -", "Madrid - EFE -", "دبي - رويترز:"
    pieces, at = [], 0
    for dash in list(_DASHES.finditer(start[:110]))[:3]:
        pieces.append((start[at : dash.start()], dash.end()))
        at = dash.end()
    for number, (piece, end) in enumerate(pieces[:2]):
        before = pieces[0][0] if number else ""
        place, slash, mark = piece.rpartition("/")
        if number == 0 and not slash:
            place, _, mark = piece.rpartition(", ")
            if not place:
                continue
        if number:
            place, mark = before, piece
        found = (
            marks_in(mark, weak=slash == "/") if looks_like_place(place) and place.strip() else []
        )
        if found and (place.strip().isupper() or slash or number):
            return _agencies(found, start[:end].strip())
    return []


def _named_in_row(start: str) -> list[Finding]:
    """The agency in a dateline without brackets: place, perhaps day, name, in a row.

    "YEREVAN, NOVEMBER 14, ARMENPRESS. The", "Baku, November 14, AZERTAC The", "ASTANA. KAZINFORM The",
    "МОСКВА, 14 ноя — РИА Новости. ", "Москва. 14 ноября. INTERFAX.RU -". A day, or a place in capitals,
    says that it is one; within a sentence the same words are prose.
    """
    at = 0
    dated = False
    for number in range(4):
        piece = start[at:]
        if number:
            words = piece.split(" ", 3)
            for size in (3, 2, 1):
                mark = " ".join(words[:size])
                house = gazetteer().agency(mark.strip(" .,:–—-"))
                closed = mark.endswith((".", ":", ",")) or piece[len(mark) :].lstrip()[:1] in _DASH
                capitals = mark.strip(".,:").isupper()
                if house is not None and (closed or capitals):
                    return (
                        _agencies([house], start[: at + len(mark)].strip())
                        if dated or (start[:at].strip(" .,").isupper())
                        else []
                    )
        end = _PLACE_ENDS.search(start, at)
        if end is None or end.start() > _LONGEST_PLACE:
            return []
        told = start[at : end.start()]
        dated = dated or (number > 0 and _DAY.search(told) is not None)
        if not told.strip() or not looks_like_place(told) or (number > 1 and not dated):
            return []
        at = end.end()
    return []


def _separator(behind: str) -> str:
    kept = ""
    for char in behind:
        if char in " .–—-:|/":
            kept += char
        else:
            break
    return kept


def _in_brackets(place: str, inside: str, behind: str) -> list[House]:
    if not looks_like_place(place):
        return []
    inside = inside.strip(" /")
    if WIDE.search(inside):
        # "서울=연합뉴스", "ワシントン共同", "東京 3日 ロイター", "中央社記者...台北3日電"
        if place.strip():
            return []
        for piece in (
            inside.rpartition("=")[2],
            inside.rpartition(" ")[2],
            *(inside[-n:] for n in range(2, 8)),
            *(inside[:n] for n in range(5, 1, -1)),
        ):
            house = gazetteer().agency(piece.strip())
            if house is not None:
                return [house]
        return []
    # "MOSKAU, 3. Mai (TASS)": what follows is a dash, a colon, or the sentence.
    follows = behind.lstrip()[:1]
    stands = bool(place.strip())
    found = marks_in(inside, weak=stands)
    if not found:
        return []
    dashed = follows in tuple("–—-:|/.") or place.rstrip().endswith(("-", "–", "—"))
    return (
        found
        if follows == "" or dashed or (stands and place.strip(" ,.").isupper()) or not stands
        else []
    )


@lru_cache(maxsize=4096)
def line_mark(text: str, own: frozenset[str]) -> tuple[Finding, ...]:
    """The agencies of a line that is nothing but a mark: ``(dpa)``, ``SDA/sep``, ``Mit AFP``."""
    line = text.strip()
    if not 2 <= len(line) <= 72:
        return ()
    bracketed = line[0] in "([（【" and line[-1] in ")]）】."
    if not bracketed and date_in(line):
        return ()
    slashed = "/" in line
    bare = line.strip(" ()[]（）【】/–—-*•©®.")
    if bracketed and ":" in bare:
        return ()
    found = marks_in(bare, weak=bracketed or slashed, own=own)
    return tuple(_agencies(found, line))


def end_mark(text: str, own: frozenset[str]) -> tuple[list[Finding], str]:
    """The agencies of the mark in brackets behind a paragraph's last sentence, and that mark."""
    line = text.rstrip().rstrip(".")
    for opening, closing in _BRACKETS[:3]:
        if line.endswith(closing):
            left = line.rfind(opening, max(0, len(line) - 74))
            before = line[:left].rstrip()
            # A mark stands behind the end of a sentence; within one it is prose: "told Reuters (AP)".
            if left > 0 and before[-1:] in tuple(".!?\"”“»«'’…。:–—"):
                mark = text.rstrip()[left:]
                found = marks_in(line[left + 1 : -1], weak=True, own=own)
                return _agencies(found, mark), mark
    # "... sagte er. SDA/sep", "... oświadczył. aja/PAP"
    tail = line.rpartition(". ")[2]
    if "/" in tail and " " not in tail and 4 <= len(tail) <= 24 and len(tail) < len(line):
        found = marks_in(tail, weak=False, own=own)
        return _agencies(found, tail), text.rstrip()[len(line) - len(tail) :]
    return [], ""


@lru_cache(maxsize=4096)
def copyright_line(
    text: str, *, syndicated: bool, licensed_only: bool = False
) -> tuple[Finding, ...]:
    """The house whose right a copyright line states, where that says where the text is from.

    Args:
        text: the line.
        syndicated: whether the page names a distributor beside it; otherwise only agencies count,
            and lines that say "used with permission".
        licensed_only: whether agencies do not count either (the site's own notices).
    """
    line = text.strip()
    match = _COPYRIGHT.match(line) if len(line) <= LONGEST_LINE else None
    if match is None:
        return ()
    rest = line[match.end() :]
    holder = one_house(
        re.split(r"\.\s|\.$|,\s|\sAll [Rr]ights|\sAlle Rechte|\s[Uu]sed ", rest, maxsplit=1)[0]
    )
    if holder is None:
        return ()
    name, house = holder
    lower = flat(line)
    licensed = any(
        words in lower
        for words in (
            "used with permission",
            "with permission under",
            "under license",
            "under licence",
            "reprinted with permission",
            "used and/or modified with permission",
        )
    )
    if house is not None and house.kind == "agency" and not licensed_only:
        if any(c.isdigit() for c in line) or "rights reserved" in lower or "infocom" in lower:
            return (Finding("agency", name, line, house),)
        return ()
    if licensed or syndicated:
        return (Finding("original_publisher", name, line, house),)
    return ()


def is_copyright(text: str) -> bool:
    """Whether ``text`` is a copyright line."""
    return _COPYRIGHT.match(text.strip()) is not None


def own_and_other(text: str, own: frozenset[str]) -> tuple[Finding, ...]:
    """The other house of a line that names the site and one more: ``Our Weekly / Última Hora``."""
    parts = [part.strip() for part in text.strip().split(" / ")]
    if len(text) > 80 or len(parts) != 2:
        return ()
    ours = [part for part in parts if flat(part) in own]
    others = [part for part in parts if part not in ours]
    found: list[Finding] = []
    for part in others if ours else []:
        named = one_house(part)
        if named and len(part.split()) <= 5:
            role: CreditRole = (
                "agency" if named[1] is not None and named[1].kind == "agency" else "source"
            )
            found.append(Finding(role, named[0], text.strip(), named[1]))
    return tuple(found)


def _agencies(houses: list[House], evidence: str) -> list[Finding]:
    return [Finding("agency", house.name, evidence, house) for house in houses]
