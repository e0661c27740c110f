"""What one line of a page says about whom its text is credited to.

Four kinds of lines: datelines (``BERLIN (dpa) -``), marks at the end (``(FR mit dpa)``), bylines
(``By Jane Doe, CNN``) and sentences with a phrase (``Additional reporting by Jane Doe``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ingest.extract.agencies import House, directory
from ingest.extract.credit_names import (
    houses_in,
    is_person,
    looks_like_place,
    marks_in,
    one_house,
    persons_in,
)
from ingest.extract.credit_phrases import Rule, Token, find_phrases, flat, phrase_words, tokens_of
from storage.article import CreditRole

__all__ = [
    "Finding",
    "byline",
    "copyright_line",
    "dateline",
    "end_mark",
    "is_copyright",
    "is_residue",
    "line_mark",
    "own_and_other",
    "phrases",
    "sentences_of",
]

#: Longer lines are paragraphs: only their ends are read.
LONGEST_LINE = 400
_BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"))
_SLASHED = re.compile(r"/\s?([^\s/][^/\n]{1,24}?)\s?/")
_DASHES = re.compile(r"\s*[–—]\s*|\s+-+\s+|-{2}|(?<=\w)-\s|:\s|//")
_SENTENCE_END = re.compile(r"(?<=[^\s.][^\s.])[.!?][\"”“»')\]]{0,2}\s+(?=\S)|[。！？]")
_SEGMENTS = re.compile(r"\s+[|•·/]\s+|(?<=\w)/(?=Mit\s)|[\r\n]+")
_BY = re.compile(
    r"(?:by|von|por|par|di|da|door|av|af|przez|od|автор|autor|autorin|text|texte|story|reported by|written by|posted by|"
    r"author|authors|source|door|tekst|από|του|بقلم|كتب|oleh|penulis|yazar)\s*[:.]?\s+",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\b\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,10}\.?,?\s(?:de\s)?\d{4}|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2}\b|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:published|updated|posted|veröffentlicht|aktualisiert|stand)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*[,|•·/;]\s*|\s+[–—-]\s+|\s+(?:and|und|et|y|e|en|with|mit|con|avec|via|for)\s+"
)
_WORK = frozenset(
    "writer writers reporter reporters correspondent correspondents staff sports political business science medical "
    "white house economics religion technology national entertainment food travel aerospace law legal affairs "
    "editor writing columnist education health global business in at news agency agencja agentur photo-journalist".split()
)
# "Jane Doe / Agency", "Registry via AP": how pictures are credited
_PICTURE = re.compile(r"\svia\s|/\s?[^\W\d_]|^[^\W\d_]{2,20}/|©")
_CHINESE_WIRE = re.compile(
    r"[（(【]?(?:据|據)?([\u4e00-\u9fff]{2,5}?)(?:记者[^\d）)]{0,20})?[\u4e00-\u9fff·]{0,14}\d{0,4}年?\d{0,2}月?\d{1,2}日(?:综合)?[电電讯訊]"
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One credit that a line gives."""

    role: CreditRole
    name: str
    #: The words that say so, as they stand in the line.
    evidence: str
    house: House | None = None
    #: Whether the words are a line or sentence that says nothing else.
    pure: bool = True
    #: Whether the words announce a source line ("Quelle:"), which pictures have as well.
    label: bool = False


def dateline(text: str) -> list[Finding]:
    """The agencies of the dateline that ``text``, a paragraph, begins with."""
    start = text[:170].lstrip(' \t"“„»«*•–—-')
    for opening, closing in _BRACKETS:
        left = start.find(opening)
        right = start.find(closing, left + 1)
        if left < 0 or not left < right <= left + 62:
            continue
        place, inside, behind = start[:left], start[left + 1 : right], start[right + 1 : right + 5]
        found = _in_brackets(place, inside, behind)
        if found:
            evidence = start[: right + 1] + _separator(behind)
            return _agencies(found, evidence.strip(), pure=False)
    match = _CHINESE_WIRE.match(start)
    if match:
        house = next(
            (h for n in range(5, 1, -1) if (h := directory().agency(match.group(1)[:n]))), None
        )
        if house is not None:
            return _agencies([house], match.group(), pure=False)
    match = _SLASHED.search(start[:110])
    if match and looks_like_place(start[: match.start()]):
        found = marks_in(match.group(1), weak=bool(match.start()))
        if found:
            return _agencies(found, start[: match.end()].strip(), pure=False)
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
            return _agencies(found, start[:end].strip(), pure=False)
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
    if _CJK.search(inside):
        # "서울=연합뉴스", "ワシントン共同", "東京 3日 ロイター", "中央社記者...台北3日電"
        if place.strip():
            return []
        for piece in (
            inside.rpartition("=")[2],
            inside.rpartition(" ")[2],
            *(inside[-n:] for n in range(2, 8)),
            *(inside[:n] for n in range(5, 1, -1)),
        ):
            house = directory().agency(piece.strip())
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


def line_mark(text: str, own: frozenset[str]) -> list[Finding]:
    """The agencies of a line that is nothing but a mark: ``(dpa)``, ``SDA/sep``, ``Mit AFP``."""
    line = text.strip()
    if not 2 <= len(line) <= 72:
        return []
    bracketed = line[0] in "([（【" and line[-1] in ")]）】."
    if not bracketed and _DATE.search(line):
        return []
    slashed = "/" in line
    bare = line.strip(" ()[]（）【】/–—-*•©®.")
    if bracketed and ":" in bare:
        return []
    found = marks_in(bare, weak=bracketed or slashed, own=own)
    return _agencies(found, line, pure=True)


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
                return _agencies(found, mark, pure=True), mark
    # "... sagte er. SDA/sep", "... oświadczył. aja/PAP"
    tail = line.rpartition(". ")[2]
    if "/" in tail and " " not in tail and 4 <= len(tail) <= 24 and len(tail) < len(line):
        found = marks_in(tail, weak=False, own=own)
        return _agencies(found, tail, pure=True), text.rstrip()[len(line) - len(tail) :]
    return [], ""


def _agencies(houses: list[House], evidence: str, *, pure: bool) -> list[Finding]:
    return [Finding("agency", house.name, evidence, house, pure) for house in houses]


def byline(text: str, *, sure: bool) -> list[Finding]:
    """The houses that a byline names: ``Von Jane Doe, dpa``, ``Associated Press in Valencia``.

    Args:
        text: the byline.
        sure: whether it is known to be one; otherwise it must show it by "By" or a house after a
            person.
    """
    line = " ".join(text.split())
    if not 2 <= len(line) <= 160:
        return []
    opened = _BY.match(line)
    body = line[opened.end() :] if opened else line
    date = _DATE.search(body)
    dated = date is not None
    if date:
        body = body[: date.start()]
    table = directory()
    body = body.strip(" \t,.;:|–—-•·/()")
    # "dpaMM-Redaktion": two links without a blank between them.
    glued = re.match(r"([a-z]{3,4})(?=[A-Z]{2}|[A-Z][a-z]+-)", body)
    if glued and table.agency(glued.group(1)) is not None:
        body = f"{glued.group(1)}, {body[glued.end() :]}"
    parts = [part.strip(" .,:;()") for part in _PARTS.split(body)] if body else []
    whole = table.find(body)
    if whole is not None:
        parts = [body]
    if len(parts) > 10:
        return []
    trusted = sure or opened is not None
    if _speaks_of_pictures(line) or (not trusted and _PICTURE.search(line)):
        return []
    named_before = False
    found: list[Finding] = []
    for number, part in enumerate(parts):
        house = table.find(
            part, weak=named_before or (number > 0 and bool(found)), bare=named_before
        )
        if house is None:
            house = _with_function(part) or _at_the_end(part, marks=trusted)
        if house is not None and (
            trusted
            or named_before
            or (dated and len(parts) == 1)
            or _at_the_end(part, marks=False)
            or (len(parts) == 1 and _announces_itself(house, part))
        ):
            role: CreditRole = "agency" if house.kind == "agency" else "original_publisher"
            found.append(Finding(role, house.name, line, house))
        named_before = named_before or is_person(part)
    return found


def _announces_itself(house: House, part: str) -> bool:
    """Whether ``part`` is a line as only bylines have: an agency's name in full, not its mark."""
    return house.kind == "agency" and len(part.split()) > 1


def _with_function(part: str) -> House | None:
    """ "AP Sports Writer", "Associated Press in Valencia", "dpa-Korrespondent"."""
    words = part.split()
    for size in range(min(4, len(words) - 1), 0, -1):
        house = directory().agency(" ".join(words[:size]))
        if house is not None:
            rest = words[size:]
            return (
                house
                if rest[0].lower() in _WORK
                and (rest[0].lower() in ("in", "at") or all(w.lower() in _WORK for w in rest))
                else None
            )
    return None


def _at_the_end(part: str, *, marks: bool) -> House | None:
    """ "Jane Doe and John Roe The Associated Press": a house behind persons without a comma."""
    words = part.split()
    for size in range(min(4, len(words) - 2), 0, -1):
        tail = " ".join(words[-size:])
        house = directory().find(tail, bare=False)
        if house is not None and (size > 1 or (marks and tail in directory().short)):
            if tail.startswith("The ") or is_person(" ".join(words[:-size])):
                return house
    return None


def sentences_of(line: str) -> list[tuple[str, bool]]:
    """(sentence, whether it is a line of its own) of the sentences of ``line`` that can hold a credit."""
    text = line.strip()
    sentences: list[str] = []
    at = 0
    for end in _SENTENCE_END.finditer(text):
        # "St. Louis", "Mr. Doe", "J. Doe": no end of a sentence
        word = text[max(0, end.start() - 4) : end.start()].rpartition(" ")[2]
        if end.group()[0] == "." and len(word) <= 2 and word[:1].isupper():
            continue
        sentences.append(text[at : end.end()].strip())
        at = end.end()
    sentences.append(text[at:].strip())
    sentences = [sentence for sentence in sentences if sentence]
    if len(text) > LONGEST_LINE or len(sentences) > 6:
        sentences = sentences[:2] + sentences[-3:]
    pieces: list[tuple[str, bool]] = []
    alone = len(text) <= LONGEST_LINE and len(sentences) <= 3
    for number, sentence in enumerate(sentences):
        if len(sentence) > LONGEST_LINE:
            continue
        bracketed = sentence[0] in "([" and sentence.rstrip(".")[-1:] in (")", "]")
        own = (
            len(sentences) == 1
            or (bracketed and number == len(sentences) - 1)
            or (alone and number == 0)
        )
        segments = [s for s in _SEGMENTS.split(sentence) if s]
        pieces.extend((segment, own or len(segments) > 1) for segment in segments)
    return pieces


def phrases(sentence: str, *, own_line: bool) -> list[Finding]:
    """The credits that the phrases of ``sentence`` announce.

    Args:
        sentence: one sentence, or a line that is less than one.
        own_line: whether it stands on a line of its own.
    """
    if len(sentence) > LONGEST_LINE:
        return []
    tokens = tokens_of(sentence)
    opening = next((n for n, token in enumerate(tokens) if token.text[0].isalnum()), 0)
    best: list[Finding] = []
    for hit in find_phrases(tokens):
        rule = hit.rule
        if rule.whole and not own_line:
            continue
        if rule.at in ("start",) and hit.first != opening:
            continue
        behind = sentence[tokens[hit.last - 1].end :]
        found: list[Finding] = []
        if rule.at == "start":
            found = list(_started(rule, tokens, hit.last, sentence, behind))
        elif rule.at == "inside":
            found = list(_inside(rule, tokens, hit.first, hit.last, sentence, behind, own_line))
        elif rule.at == "end":
            before = sentence[tokens[opening].start : tokens[hit.first].start]
            found = _people(rule, before, sentence) if len(before) <= 200 else []
        elif rule.at == "around" and own_line:
            found = list(_around(rule, tokens, hit.first, sentence, behind))
        # The rule that says the most wins: "mit Informationen der" over "mit".
        if found:
            if (
                not best
                or rule.at == "around"
                or (best[0].role == found[0].role == "agency" and len(found) > len(best))
            ):
                best = found
            elif best[0].role != found[0].role and {f.name for f in found} - {f.name for f in best}:
                best = [*best, *found]
    return best


def _started(
    rule: Rule, tokens: list[Token], last: int, sentence: str, behind: str
) -> Iterator[Finding]:
    if rule.names == "none":
        if len(behind.strip(" .)]/")) <= 40 or _names_follow(behind):
            house = directory().find("News agencies")
            named = [n for n in houses_in(behind) if n[1] is not None and n[1].kind == "agency"]
            if named:
                for name, known in named:
                    yield Finding("agency", name, sentence, known)
            elif len(behind.split()) <= 4:
                yield Finding("agency", "News agencies", sentence, house)
    elif rule.names == "wires":
        if len(sentence) <= 90:
            for house in marks_in(behind, weak=False):
                yield Finding("agency", house.name, sentence, house)
    elif rule.names in ("person", "mixed"):
        yield from _people(rule, behind, sentence)
    elif rule.names == "houses":
        if _speaks_of_pictures(behind):
            return
        label = tokens[last - 1].text in (":", "՝")
        for name, house in houses_in(behind):
            role: CreditRole = (
                "agency" if house is not None and house.kind == "agency" else "source"
            )
            yield Finding(role, name, sentence, house, label=label)
    else:
        named_one = one_house(behind)
        if named_one and not _speaks_of_pictures(behind):
            yield Finding(
                rule.role, named_one[0], sentence, named_one[1], label=tokens[last - 1].text == ":"
            )


def _names_follow(behind: str) -> bool:
    return any(house is not None for _, house in houses_in(behind))


def _speaks_of_pictures(behind: str) -> bool:
    words = {token.text for token in tokens_of(behind[:120])[:14]}
    return bool(words & phrase_words("not_a_text_source"))


def _people(rule: Rule, text: str, sentence: str) -> list[Finding]:
    found: list[Finding] = []
    for name, house in persons_in(text, houses=rule.names == "mixed"):
        if house is None:
            person = rule.names != "mixed" or is_person(name)
            found.append(Finding(rule.role if person else "source", name, sentence))
        elif rule.role == "contributor":
            role: CreditRole = "agency" if house.kind == "agency" else "source"
            found.append(Finding(role, house.name, sentence, house))
    return found


def _speaks_of_this(tokens: list[Token], end: int, sentence: str, *, own_line: bool) -> bool:
    """Whether the words before ``end`` make this text the subject of the sentence."""
    before = [token.text for token in tokens[:end] if token.text[0].isalnum()]
    if not before:
        return True
    subjects, this = phrase_words("subject"), phrase_words("this")
    if own_line and {"above", "following"} & set(before) and len(before) <= 6:
        return True
    if not set(before) & subjects:
        # "Originally published ..." after a sign, or "It first appeared ..." on a line of its own.
        return (
            own_line
            and before[0] in ("it", "er", "es", "sie", "il", "elle", "this")
            and len(before) <= 3
        )
    if set(before) & this or before[0] in subjects:
        return True
    return (
        own_line
        and before[0]
        in ("the", "a", "der", "die", "das", "el", "la", "il", "lo", "le", "o", "de", "het", "an")
        and len(before) <= 40
    )


def _inside(
    rule: Rule,
    tokens: list[Token],
    first: int,
    last: int,
    sentence: str,
    behind: str,
    own_line: bool,
) -> Iterator[Finding]:
    if not _speaks_of_this(tokens, first, sentence, own_line=own_line):
        return
    region = behind
    # "based on original reporting by Jane Doe of Example": the house behind the person
    name, of, rest = region.strip().partition(" of ")
    if of and is_person(name):
        region = rest
    named = one_house(region, loose=True)
    if named is None:
        # "Excerpted from a conversation with Jane Doe in the book Example"
        for kind in (" book ", " magazine ", " newspaper ", " journal "):
            _, found, rest = region.partition(kind)
            named = one_house(rest) if found else None
            if named:
                break
    if named and is_person(named[0]) and named[1] is None and tokens[last - 2].text == "written":
        return
    if named:
        yield Finding(rule.role, named[0], sentence, named[1])


def _around(
    rule: Rule, tokens: list[Token], first: int, sentence: str, behind: str
) -> Iterator[Finding]:
    words = [token for token in tokens if token.text[0].isalnum()]
    if not words or words[-1].text not in rule.close:
        return
    closing = sentence.rfind(sentence[words[-1].start : words[-1].end])
    region = behind[: closing - (len(sentence) - len(behind))]
    before = [token.text for token in tokens[:first]]
    marked = {
        "original",
        "originally",
        "zuerst",
        "zunächst",
        "ursprünglich",
        "oorspronkelijk",
    } & set(before)
    if not marked and not (
        set(before) & phrase_words("subject") and set(before) & phrase_words("this")
    ):
        return
    named = one_house(region)
    if named and not _DATE.match(named[0]):
        yield Finding(rule.role, named[0], sentence, named[1])


def copyright_line(text: str, *, syndicated: bool, licensed_only: bool = False) -> list[Finding]:
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
        return []
    rest = line[match.end() :]
    holder = one_house(
        re.split(r"\.\s|\.$|,\s|\sAll [Rr]ights|\sAlle Rechte|\s[Uu]sed ", rest, maxsplit=1)[0]
    )
    if holder is None:
        return []
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
            return [Finding("agency", name, line, house)]
        return []
    if licensed or syndicated:
        return [Finding("original_publisher", name, line, house)]
    return []


_COPYRIGHT = re.compile(
    r"(?:(?:©|\(c\)|copyright|@)\s{0,3}){1,3}(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:by\s|the\s)?",
    re.IGNORECASE,
)


def is_copyright(text: str) -> bool:
    """Whether ``text`` is a copyright line."""
    return _COPYRIGHT.match(text.strip()) is not None


def own_and_other(text: str, own: frozenset[str]) -> list[Finding]:
    """The other house of a line that names the site and one more: ``Our Weekly / Última Hora``."""
    parts = [part.strip() for part in text.strip().split(" / ")]
    if len(text) > 80 or not 2 <= len(parts) <= 3:
        return []
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
    return found


def is_residue(sentence: str) -> bool:
    """Whether ``sentence`` is what stands beside credits and is nothing itself."""
    return len(sentence) <= _LONGEST_RESIDUE and _words_only(tokens_of(sentence)) in _residues()


_LONGEST_RESIDUE = 120


def _words_only(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens if token.text[0].isalnum())


@cache
def _residues() -> frozenset[str]:
    return frozenset(_words_only(tokens_of(entry)) for entry in phrase_words("residue"))
