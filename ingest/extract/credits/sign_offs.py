"""Marks of agencies behind a text: ``(FR mit dpa)``, ``SDA/sep``, ``... said on Monday. AFP``."""

from __future__ import annotations

import re

from ingest.extract.credits.candidate import (
    Candidate,
    Form,
    role_of,
    speaks_of_pictures,
)
from ingest.extract.credits.dates import date_in
from ingest.extract.credits.first_words import may_name
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.grammar.cues import flat
from ingest.extract.credits.names import marks_in, one_house

__all__ = ["end_mark", "host_line", "line_mark", "name_line", "own_and_other", "unknown_mark"]

_BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"))
#: What ends a sentence, behind which a mark may stand.
_ENDS = tuple(".!?\"”“»«'’…。:–—：！？؟۔։।")
#: The last sentence's end, and the words behind it.
_LAST_WORDS = re.compile(
    r"[.!?…。！？؟۔։।][\"”“»«'’)\]]{0,2}[\s\u00a0]*([-–—]{0,2}[\s\u00a0]?[^.!?…。։]{2,40})$"
)
_LONGEST_LAST, _LONGEST_END = 60, 80
_HOST = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,12})(/\S{0,200})?", re.IGNORECASE
)
_LONGEST_HOST_LINE = 160
_AROUND_HOST = " \t\u00a0-–—*•()[]|,"
#: Last lines in capitals that are no house's: what closes a text, buttons, licences.
_NO_MARKS = frozenset(
    "END ENDS FIN ENDE FINE KONIEC SHARE MORE NEXT BACK HOME MENU LINK LINKS INFO FAQ PDF RSS PS NB TOP".split()
)
#: Ends of words that look like a host and are none.
_FILES = frozenset("jpg jpeg png gif pdf html htm php mp3 mp4 doc docx zip".split())


def line_mark(text: str, own: frozenset[str]) -> tuple[Candidate, ...]:
    """The agencies of a line that is nothing but a mark: ``(dpa)``, ``SDA/sep``, ``Mit AFP``."""
    line = text.strip()
    if not 2 <= len(line) <= 72 or not may_name(line, "agency"):
        return ()
    bracketed = line[0] in "([（【" and line[-1] in ")]）】."
    if not bracketed and date_in(line):
        return ()
    slashed = "/" in line
    bare = line.strip(" ()[]（）【】/–—-*•©®.")
    if bracketed and ":" in bare:
        return ()
    found = marks_in(bare, weak=bracketed or slashed, own=own)
    if found and speaks_of_pictures(bare):
        return ()
    # "© dpa" is a picture's as often, "Agencies" a kind of company, "rss" what is not meant.
    unsure = any(sign in line for sign in "©®ⓒ") or (
        not (bracketed or slashed)
        and (line.islower() or any(house.id == "news-agencies" for house in found))
    )
    return _agencies(found, line, "mark_line", loose=unsure)


def end_mark(text: str, own: frozenset[str]) -> tuple[tuple[Candidate, ...], str]:
    """The agencies of the mark behind a paragraph's last sentence, and that mark as it stands there."""
    whole = text.rstrip()
    if not may_name(whole[-_LONGEST_END:], "agency"):
        return (), ""
    line = whole.rstrip(".")
    for opening, closing in _BRACKETS:
        if line.endswith(closing):
            left = line.rfind(opening, max(0, len(line) - 74))
            before = line[:left].rstrip()
            # A mark stands behind the end of a sentence; within one it is prose: "told Reuters (AP)".
            # Thai has no full stop.
            if left > 0 and (before[-1:] in _ENDS or "\u0e00" < before[-1:] < "\u0e7f"):
                mark = whole[left:]
                found = marks_in(line[left + 1 : -1], weak=True, own=own)
                return _agencies(found, mark, "sign_off"), mark
    # "... sagte er. SDA/sep", "... oświadczył. aja/PAP", "... on Monday. AFP", "... gestern. –dpa"
    words = _LAST_WORDS.search(line[-_LONGEST_LAST:])
    if words is None or len(words[1]) >= len(line) - 20:
        return (), ""
    tail = words[1].strip(" \u00a0-–—")
    slashed = "/" in tail
    found = marks_in(tail, weak=False, own=own)
    if not found:
        return (), ""
    start = len(line) - len(words[1])
    return _agencies(found, tail, "last_words", loose=not slashed), whole[start:].strip()


def name_line(text: str) -> tuple[Candidate, ...]:
    """The house that ``text`` is nothing but the name of: ``The Guardian``, ``— Reuters``."""
    if len(text) > _LONGEST_HOST_LINE or not may_name(text, "house"):
        return ()
    line = _before_date(text).strip(" \t\u00a0-–—*•()[]|.,")
    if not 2 <= len(line) <= 60:
        return ()
    house = gazetteer().find(line, weak=len(line) > 2, bare=False)
    if house is None:
        return ()
    return (
        Candidate(
            role_of(house, "original_publisher"),
            house.name,
            text.strip(),
            house,
            form="name_line",
            cue="name_line",
            loose=gazetteer().find(line, bare=False) is None,
        ),
    )


def unknown_mark(text: str) -> tuple[Candidate, ...]:
    """A mark that nobody knows, as a text's last line: "GIS"."""
    mark = text.strip(" \t\u00a0-–—()[]/.")
    if not 2 <= len(mark) <= 6 or not mark.isupper() or not mark.isalpha() or mark in _NO_MARKS:
        return ()
    return (
        Candidate("source", mark, text.strip(), form="name_line", cue="unknown_mark", loose=True),
    )


def host_line(text: str, *, above: bool = False) -> tuple[Candidate, ...]:
    """The site that ``text`` is nothing but the address of: ``examplesite.org``, ``https://...``.

    Above a text it is where that was first, below a source of it.
    """
    # All of it stands before the first blank.
    if "." not in text.lstrip(_AROUND_HOST).partition(" ")[0]:
        return ()
    line = _before_date(text).strip(_AROUND_HOST)
    if len(line) > _LONGEST_HOST_LINE or "." not in line or " " in line:
        return ()
    match = _HOST.fullmatch(line.rstrip("./"))
    if match is None or match[1].rpartition(".")[2].lower() in _FILES:
        return ()
    host = match[1].lower()
    house = gazetteer().by_host(host)
    return (
        Candidate(
            role_of(house, "original_publisher" if above else "source"),
            house.name if house is not None else host,
            text.strip(),
            house,
            form="host_line",
            cue="host_line",
            loose=bool(match[2]) or (house is None and line.lower().startswith(("www.", "http"))),
        ),
    )


def _before_date(text: str) -> str:
    """What stands before the day in ``text``: "examplesite.md, 20 September 2026 16:20"."""
    if len(text) > _LONGEST_HOST_LINE:
        return text
    date = date_in(text)
    return text[: date.start()] if date is not None and date.start() > 2 else text


def own_and_other(text: str, own: frozenset[str]) -> tuple[Candidate, ...]:
    """The other house of a line that names the site and one more: ``Our Weekly / Última Hora``."""
    if " / " not in text:
        return ()
    line = text.strip()
    parts = [part.strip() for part in line.split(" / ")] if len(line) <= 80 else []
    if len(parts) != 2:
        return ()
    ours = [part for part in parts if flat(part) in own]
    others = [part for part in parts if part not in ours]
    found: list[Candidate] = []
    for part in others if ours and not speaks_of_pictures(line) else []:
        named = one_house(part) if ":" not in part else None
        if named and len(part.split()) <= 5:
            found.append(
                Candidate(
                    role_of(named[1], "source"),
                    named[0],
                    line,
                    named[1],
                    form="beside_own",
                    cue="beside_own",
                )
            )
    return tuple(found)


def _agencies(
    houses: list[House], evidence: str, form: Form, *, loose: bool = False
) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            "agency",
            house.name,
            evidence,
            house,
            form=form,
            cue=form,
            own_line=form == "mark_line",
            listed=len(houses),
            loose=loose,
        )
        for house in houses
    )
