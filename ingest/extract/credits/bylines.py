"""Bylines that name a house: ``Von Jane Doe, dpa``, ``Associated Press in Valencia``."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.extract.credits.candidate import Candidate, role_of, speaks_of_pictures
from ingest.extract.credits.dates import date_in
from ingest.extract.credits.first_words import find_house, may_begin, may_name
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.persons import is_person
from storage.article import CreditRole

__all__ = ["ARTICLES", "OUTLET_WORDS", "byline"]

_BY = re.compile(
    r"(?:by|von|por|par|di|da|door|av|af|przez|od|автор|autor|autorin|text|texte|story|reported by|written by|posted by|"
    r"author|authors|source|door|tekst|από|του|بقلم|كتب|oleh|penulis|yazar|yazan|müəllif|piše|pišu|пише|avtor|"
    r"autore|auteur|författare|forfatter|kirjoittaja|szerző|per|pewarta|հեղինակ|հեղինակը|ავტორი|аўтар|نویسنده|"
    r"redacción|redacció|redazione|redação|redaktion)(?:\s*[:.՝]?\s+|\s?/\s?)",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(\s*[,|•·/;]\s*|\s+[–—-]\s+|\s+(?:and|und|et|y|e|en|with|mit|con|avec|via|for)\s+)"
)
_WORK = frozenset(
    "writer writers reporter reporters correspondent correspondents staff sports political business science medical "
    "white house economics religion technology national entertainment food travel aerospace law legal affairs "
    "editor writing columnist education health global business in at news agency agencja agentur photo-journalist".split()
)
#: How agencies are called, in the languages that have a word for it; the name may stand on either side.
_AGENCY_BY_FORM = re.compile(
    r"^(?:the\s)?(?:agência|agencia|agence|agenzia|agenția|agencja|agentur|агентство|агенция|ագենտ\w{0,8}|πρακτορείο)\s(?!of\b|de\sl[ao]\b)\w"
    r"|(?:\snews\sagency|\spress\sagency|\snewswire|\snews\sservice|\swire\sservice|nachrichtenagentur|presseagentur|presse-agentur"
    r"|\s(?:haber\s)?ajansı|\stelegraph\sagency|\sinformation\sagency|hírügynökség|\sуправа|通信社|通讯社|通訊社|통신사|خبرگزاری)$",
    re.IGNORECASE,
)
#: Parts of words, one of which stands in each name of the form above.
_IN_AGENCIES = (
    *("agen", "агент", "агенц", "ագենտ", "πρακτορ", "newswire", "service", "ajans", "ügynökség"),
    *("управа", "通信社", "通讯社", "通訊社", "통신사", "خبرگزاری", "agên"),
)
_IN_AGENCIES_ASCII = tuple(part for part in _IN_AGENCIES if part.isascii())
#: Last words of outlets' names.
OUTLET_WORDS = frozenset(
    "times post news herald tribune journal gazette chronicle observer magazine press today review mirror telegraph "
    "monitor weekly daily courier sentinel newsroom  register bulletin examiner inquirer record dispatch globe "
    "zeitung anzeiger nachrichten kurier presse allgemeine tagblatt tageblatt rundschau".split()
)
#: Articles that names of papers begin with.
ARTICLES = frozenset("El La Le Les Il Lo O A Der Die Das De Het The Los".split())
#: Words in the names of those that are no newsroom and whose texts are printed: universities, offices, unions.
_INSTITUTIONS = frozenset(
    "university college institute institution ministry department council association society foundation commission "
    "committee laboratory academy union chamber police embassy universität hochschule institut ministerium verband "
    "verein stiftung gesellschaft bund bundesamt landesamt kammer polizei polizeipräsidium feuerwehr gemeinde "
    "université ministère association fédération fondation universidad ministerio fundación asociación instituto "
    "universidade ministério fundação associação università ministero fondazione associazione istituto "
    "universiteit ministerie stichting uniwersytet ministerstwo fundacja stowarzyszenie университет министерство "
    "институт фонд ассоциация üniversitesi bakanlığı derneği".split()
)
#: Last words of what a person does: "AP Auto Writer".
_WORKS_AS = frozenset(
    "writer writers reporter reporters correspondent correspondents editor columnist staff".split()
)
# "Jane Doe / Agency", "Registry via AP": how pictures are credited
_PICTURE = re.compile(r"\svia\s|/\s?[^\W\d_]|^[^\W\d_]{2,20}/|©")


_SIGNS = " \t,.;:|–—-•·/()"


@lru_cache(maxsize=4096)
def byline(text: str, *, sure: bool) -> tuple[Candidate, ...]:
    """The houses that a byline names: ``Von Jane Doe, dpa``, ``Associated Press in Valencia``.

    Args:
        text: the byline.
        sure: whether it is known to be one; otherwise it must show it by "By" or a house after a
            person.
    """
    line = " ".join(text.split())
    if not 2 <= len(line) <= 160:
        return ()
    if not may_name(line, "house") and not _may_be_by_form(line):
        return ()
    opened = _BY.match(line)
    body = line[opened.end() :] if opened else line
    body, dated = _beside_date(body)
    table = gazetteer()
    body = body.strip(_SIGNS)
    # "dpaMM-Redaktion": two links without a blank between them.
    glued = re.match(r"([a-z]{3,4})(?=[A-Z]{2}|[A-Z][a-z]+-)", body)
    if glued and table.agency(glued.group(1)) is not None:
        body = f"{glued.group(1)}, {body[glued.end() :]}"
    pieces = _PARTS.split(body) if body else []
    parts = [part.strip(" .,:;()") for part in pieces[::2]]
    #: Whether a sign, not a word, stands before the part: "Jane Doe | Example", not "Free and Independent".
    signed = [
        number == 0 or not any(c.isalpha() for c in pieces[2 * number - 1])
        for number in range(len(parts))
    ]
    whole = find_house(body)
    if whole is not None:
        parts, signed = [body], [True]
    if len(parts) > 10:
        return ()
    trusted = sure or opened is not None
    of_picture = not trusted and _PICTURE.search(line) is not None
    named_before = False
    found: list[Candidate] = []
    for part, by_sign in zip(parts, signed, strict=True):
        house = find_house(
            part,
            weak=trusted and (named_before or bool(found) or (len(parts) == 1 and len(part) > 2)),
            bare=named_before and trusted,
        )
        if house is not None and house.kind == "outlet" and part.islower() and "." not in part:
            # "for life", "20 minutes": words, not a name
            house = None if part != house.name else house
        if house is None:
            house = _with_function(part) or _at_the_end(part, marks=trusted)
        announced = trusted or (dated and len(parts) == 1) or (named_before and by_sign)
        if house is not None:
            announced = (
                announced
                or (named_before and house.kind == "agency")
                or _closes(part)
                or (len(parts) == 1 and _announces_itself(house, part))
            )
            role = role_of(house, "original_publisher")
            found.append(_candidate(role, house.name, line, house, not announced or of_picture))
        # A part that does not name a house does not close with one either: it was looked at.
        elif announced and not of_picture and (named := _by_form(part, named_before)) is not None:
            found.append(_candidate(named, part, line, None, named == "source" or not opened))
        named_before = named_before or is_person(part)
    # Asked last: few lines name a house.
    return tuple(found) if found and not speaks_of_pictures(line) else ()


def _closes(part: str) -> bool:
    """Whether an agency, or an outlet by its name with "The", stands behind a person without a comma."""
    house = _at_the_end(part, marks=False)
    return house is not None and (house.kind == "agency" or " The " in part)


def _candidate(
    role: CreditRole, name: str, line: str, house: House | None, loose: bool
) -> Candidate:
    return Candidate(role, name, line, house, form="byline", cue="byline", loose=loose)


def _may_be_by_form(line: str) -> bool:
    lower = line.lower()
    words = lower.split()
    if not OUTLET_WORDS.isdisjoint(words) or not _INSTITUTIONS.isdisjoint(words):
        return True
    parts = _IN_AGENCIES_ASCII if lower.isascii() else _IN_AGENCIES
    return any(part in lower for part in parts)


def _by_form(part: str, named_before: bool) -> CreditRole | None:
    """The role of a house that nobody knows, by what it is called: "Agência Cidade", "Valley Gazette" behind a person."""
    words = part.split()
    if not 2 <= len(words) <= 6 or not part[0].isupper() or any(c.isdigit() for c in part):
        return None
    if _AGENCY_BY_FORM.search(part):
        return "agency"
    last = words[-1].casefold()
    if (
        named_before
        and last in OUTLET_WORDS
        and all(w[:1].isupper() for w in (words[0], words[-1]))
    ):
        return "original_publisher"
    return None


def _beside_date(line: str) -> tuple[str, bool]:
    """What stands before the day in ``line``, or behind it: ``2026-05-03 08:30 | Reuters``; whether it has one."""
    date = date_in(line)
    if date is None:
        return line, False
    before = line[: date.start()]
    if before.strip(_SIGNS):
        return before, True
    rest = line
    for _ in range(3):
        date = date_in(rest)
        if date is None or rest[: date.start()].strip(_SIGNS):
            break
        rest = rest[date.end() :]
    return (rest if rest.lstrip()[:1] in tuple("|•·–—-/,") else ""), True


def _announces_itself(house: House, part: str) -> bool:
    """Whether ``part`` is a line as only bylines have: an agency's name in full, not its mark."""
    return house.kind == "agency" and len(part.split()) > 1


def _with_function(part: str) -> House | None:
    """ "AP Sports Writer", "Associated Press in Valencia", "dpa-Korrespondent"."""
    words = part.split()
    most = min(4, len(words) - 1) if words and may_begin(words[0], "agency") else 0
    for size in range(most, 0, -1):
        house = gazetteer().agency(" ".join(words[:size]))
        if house is not None:
            rest = words[size:]
            works = rest[-1].lower() in _WORKS_AS and all(w[:1].isupper() for w in rest)
            return (
                house
                if works
                or (
                    rest[0].lower() in _WORK
                    and (rest[0].lower() in ("in", "at") or all(w.lower() in _WORK for w in rest))
                )
                else None
            )
    return None


def _at_the_end(part: str, *, marks: bool) -> House | None:
    """ "Jane Doe and John Roe The Associated Press": a house behind persons without a comma."""
    words = part.split()
    for size in range(min(4, len(words) - 2), 0, -1):
        tail = " ".join(words[-size:])
        first = words[-size + 1] if size > 1 and words[-size] == "The" else words[-size]
        if not tail[:1].isupper() or not may_begin(first, "house"):
            continue
        house = gazetteer().find(tail, bare=False)
        if house is not None and (size > 1 or (marks and tail in gazetteer().short)):
            if is_person(" ".join(words[:-size])):
                return house
    return None
