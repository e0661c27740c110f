"""Datelines that name the agency whose text follows: ``BERLIN (dpa) -``, ``MANILA, Nov 3, AFP.``"""

from __future__ import annotations

import re

from ingest.extract.credits.candidate import Candidate, role_of
from ingest.extract.credits.first_words import ARTICLES, find_house, may_begin
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.names import looks_like_place, marks_in
from ingest.extract.page.prose import WIDE

__all__ = ["dateline"]

_BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"))
_SLASHED = re.compile(r"/\s?([^\s/][^/\n]{1,24}?)\s?/")
_DASHES = re.compile(r"\s*[–—]\s*|\s+-+\s+|-{2}|(?<=\w)-\s|:\s|//")
_CHINESE_WIRE = re.compile(
    r"[（(【]?(?:据|據)?([\u4e00-\u9fff]{2,5}?)(?:记者[^\d）)]{0,20})?[\u4e00-\u9fff·]{0,14}\d{0,4}年?\d{0,2}月?\d{1,2}日(?:综合)?[电電讯訊]"
)
#: Where the place, the day and the name of a dateline end, and how far in the last may begin.
_PLACE_ENDS = re.compile(r"[,.،，\s](?:(?<=[,.،])\s+|(?<=\s)[–—-]\s?|(?<=,)(?=\S)|(?<=，))")
_LONGEST_PLACE = 60
#: What stands behind the place of a dateline that the agency opens.
_PLACE_CLOSES = re.compile(r"\s[–—-]{1,2}\s?|[–—]|:\s|\s\(|\.\s(?=[A-Z0-9])")
#: One of these stands in each of ``_DASHES``.
_DASH_SIGNS = re.compile("[–—:/-]")
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


def dateline(text: str) -> list[Candidate]:
    """The agencies of the dateline that ``text``, a paragraph, begins with."""
    written = _press_review(text[:120].strip())
    if written:
        return written
    start = text[:170].lstrip(' \t"“„»«*•–—-')
    for sign in _DATELINE_SIGNS:
        if sign in start:
            break
    else:
        if start.isascii() or not WIDE.search(start):
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
            return _agencies(found, evidence)
    match = _CHINESE_WIRE.match(start) if "日" in start else None
    if match:
        # The place follows the name without a mark between: the longest known name counts.
        named = start[match.start(1) :]
        house = next((h for n in range(5, 1, -1) if (h := gazetteer().agency(named[:n]))), None)
        if house is not None:
            return _agencies([house], match.group())
    if found_first := _agency_first(start):
        return found_first
    match = _SLASHED.search(start[:110]) if "/" in start else None
    if match and looks_like_place(start[: match.start()]):
        found = marks_in(match.group(1), weak=bool(match.start()))
        if found:
            return _agencies(found, start[: match.end()].strip())
    if named_so := _named_in_row(start):
        return named_so
    # "BERLIN/AFP -", "Madrid - EFE -", "دبي - رويترز:"
    if _DASH_SIGNS.search(start[:110]) is None:
        return []
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
        if found:
            capitals = place.strip().isupper()
            return _agencies(found, start[:end], loose=not (capitals or slash or number))
    return []


#: A paper in quotes and what it does, in the languages whose sites file press reviews so; and Persian's
#: "روزنامه ... نوشت".
_WRITES = re.compile(
    r"^(?:[«\"“„]?([^»\"”“«„]{2,40})[»\"”“]\s+(?:թերթը|օրաթերթը|պարբերականը|կայքը|լրատվականը|գործակալությունը|газета|qəzeti|gazetesi|gazeti)\s"
    r"|(?:газета|издание|портал|qəzet|gazete|روزنامه|سایت|پایگاه خبری|صحيفة|صحیفه)\s+[«\"“„]?([^»\"”“«„:،,]{2,40}?)[»\"”“]?\s+(?:пишет|сообщает|пишут|yazır|yazıyor|نوشت|می‌نویسد|كتبت|ذكرت)\b)",
    re.IGNORECASE,
)


def _press_review(start: str) -> list[Candidate]:
    """The paper whose text a press review takes over: "«Հրապարակ» թերթը գրում է", "روزنامه ایران نوشت:"."""
    if start.isascii():
        return []
    match = _WRITES.match(start[:90])
    name = (match[1] or match[2] or "").strip() if match is not None else ""
    if match is None or not name:
        return []
    house = gazetteer().find(name, weak=True)
    return [
        Candidate(
            role_of(house, "original_publisher"),
            house.name if house is not None else name,
            match.group().strip(),
            house,
            form="dateline",
            cue="press_review",
            own_line=False,
        )
    ]


def _agency_first(start: str) -> list[Candidate]:
    """The agency that stands before the place: "AFP, MANILA", "PTI Mumbai -", "Reuters, London: The"."""
    words = start[:60].split(" ", 4)
    first = words[0].strip(" ,:–—-")
    if first and first not in ARTICLES and not may_begin(first, "house"):
        return []
    for size in range(min(3, len(words) - 1), 0, -1):
        name = " ".join(words[:size])
        house = find_house(name.strip(" ,:–—-"))
        if house is None or house.kind != "agency":
            continue
        rest = start[len(name) :].lstrip(" ,:–—-")
        stop = _PLACE_CLOSES.search(rest[:_LONGEST_PLACE])
        if stop is None:
            # "PTI Mumbai" as a line of its own
            alone = start.strip() == (name + start[len(name) :]).strip() and len(start) <= 40
            place = rest.strip() if alone else ""
        else:
            place = rest[: stop.start()]
        first = rest.split(" ", 1)[0].strip(",.:")
        if not place and first.isupper() and len(first) > 2:
            place = first
        if place and looks_like_place(place) and place[:1].isupper():
            return _agencies(
                [house], start[: start.find(place) + len(place)], loose=not place.isupper()
            )
    return []


def _named_in_row(start: str) -> list[Candidate]:
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
                # "Bakı. 14 noyabr. TURAN:", "Bakı. Trend:": a mark that is a word elsewhere
                sure = dated or mark.endswith(":")
                house = find_house(mark.strip(" .,:–—-։՝："), weak=sure, bare=False)
                closed = (
                    mark.endswith((".", ":", ",", "։", "："))
                    or piece[len(mark) :].lstrip()[:1] in _DASH
                )
                capitals = mark.strip(".,:").isupper()
                if house is not None and (closed or capitals):
                    return (
                        _agencies([house], start[: at + len(mark)].strip())
                        if sure or (start[:at].strip(" .,").isupper())
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
    # "(Marketwired - Nov 3, 2014)", "(AFP, 12:30)": the day behind the name
    name, dash, day = inside.partition(" - ") if " - " in inside else inside.partition(", ")
    if dash and any(c.isdigit() for c in day) and gazetteer().agency(name) is not None:
        inside = name
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
    if not found and place.strip(" ,.").isupper() and len(inside) <= 40 and follows in _DASH:
        # "CHICAGO (Example News) —": an outlet
        outlet = gazetteer().find(inside, bare=False) if follows else None
        found = [outlet] if outlet is not None else []
    if not found:
        return []
    dashed = follows in tuple("–—-:|/.") or place.rstrip().endswith(("-", "–", "—"))
    return (
        found
        if follows == "" or dashed or (stands and place.strip(" ,.").isupper()) or not stands
        else []
    )


def _agencies(houses: list[House], evidence: str, *, loose: bool = False) -> list[Candidate]:
    return [
        Candidate(
            role_of(house, "original_publisher"),
            house.name,
            evidence.strip(),
            house,
            form="dateline",
            cue="dateline",
            own_line=False,
            listed=len(houses),
            loose=loose,
        )
        for house in houses
    ]
