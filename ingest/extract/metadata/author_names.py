"""Author names out of bylines: separate, clean, and which of them is a house instead of a person.

Bylines put several names, roles, degrees, places and agencies into one string, in every language;
the words that tell them apart are in ``data/byline_words.toml``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.credits.gazetteer import gazetteer
from ingest.extract.metadata.byline_words import byline_words, desks
from ingest.extract.page.folding import collapse, fold
from ingest.extract.page.prose import WIDE

__all__ = [
    "Author",
    "byline_rest",
    "desk_in",
    "desks",
    "is_person_name",
    "is_plausible_name",
    "names_in",
]

LONGEST_NAME = 70
_LONGEST_BYLINE = 400
_MAIL = re.compile(r"\S{1,100}@\S{1,100}\.\S{1,50}")
#: "@ab", "(@ab)": what somebody is called elsewhere, behind the name.
_HANDLE = re.compile(r"\s[(\[]?@\w[\w.-]{1,40}[)\]]?(?=\s|,|;|$)")
#: A role that is followed by whose it is, is part of a name: "Contributors to the Wiki".
_WHOSE = re.compile(r"(?:to|of|for|at|der|des|du|de|di|del|von)\s", re.IGNORECASE)
_ENDS_OPEN = re.compile(
    r"\s(?:von|vom|by|par|por|di|de|da|door|av|af|van|from|for|and|und|et|y)$", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?:)?//|www\.|\.(?:com|de|org|net)/|^/")
_HARD = re.compile(r"[;|•·⋅●▪\n→]|\s[–—-]\s|\s/\s|(?<=\w\s)/(?=\s?\w)")
_SLASH = re.compile(r"(?<=\w)/(?=\w)")
_COMMA = re.compile(r",\s?|、|，|;")
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.?[-/]?){1,4}[®™]?(?:\s\d{2,3})?")
_KNOWN_DEGREE = frozenset("phd edd esq jr sr dds ii iii iv psyd pharmd mba dipl".split())
_CODE = re.compile(r"\s*[(\[]\s{0,2}(?:[a-zäöüßéè]{2,5}|[A-Z]{2,5})\.?\s{0,2}[)\]]$")
_BAD = re.compile(r"[<>{}\[\]=@#_]|\d{3,}|\.\w{3,}\.\w")
#: A user's name: one word, letters before digits.
_USER = re.compile(r"(?=[^\W_]{0,20}[^\W\d_]{3})[^\W\d_][\w.-]{2,24}")
#: Behind a name: who made the pictures, who translated.
_OTHER_WORK = re.compile(
    r"\s(?:illustration(?:en|s)?|fotos?|photos?|bilder|fotografie|photography|übersetzung|translation|grafik)(?:\s(?:von|by)\b|\s?:).*",
    re.IGNORECASE,
)
#: Roles that languages make of several words.
_ROLE_ENDING = re.compile(
    r".{3,}(?:leiter|chef|sprecher|redakteur|korrespondent|referent|direktor|manager|experte|forscher|reporter|journalist)(?:in|innen)?"
)
_WIDE_LEAD = re.compile(r"^(?:文|图文|撰文|作者|记者|記者|采写)\s?[/／|｜]\s?")
_AGENCY_CODE = re.compile(r"(?<=\w)/[A-Z][A-Z-]{1,5}$")
_DOMAIN = re.compile(r"[\w-]{2,40}(?:\.[\w-]{2,40}){0,2}\.[a-z]{2,4}", re.IGNORECASE)
_FILE = re.compile(r"\.(?:txt|html?|php|aspx?|xml|jpe?g|png|gif|webp|pdf)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Author:
    """One author as a byline names them."""

    name: str
    #: Whether it is a house (an agency, a newsroom, the site itself), no person.
    organisation: bool = False


def desk_in(texts: Iterable[str]) -> Author | None:
    """The newsroom that a byline names instead of a person: "Redaktion", "Staff"; as it stands there.

    In small letters it is the name of a system's user, not what readers are told.
    """
    for raw in texts:
        name = _unled(collapse(html.unescape(raw[:LONGEST_NAME])))
        if fold(name) in desks() and not name[:1].islower():
            return Author(name, organisation=True)
    return None


def byline_rest(line: str, *, announced: bool = False) -> str | None:
    """What a visible line says behind "By", "Von", "Text:", ...; ``None`` where it says no such word.

    Args:
        line: the line, or a piece of it.
        announced: take only the words that announce an author wherever they stand ("Author:").
    """
    words = byline_words()
    start = line[:2].casefold()
    if start not in words.starts and start[:1] not in words.starts:
        return None
    match = (words.announcing if announced else words.lead).match(line)
    if match is not None and _is_title_of_house(line, match.end()):
        return None
    if match is None:
        # The word alone: the name stands in the next line.
        return "" if fold(line) in words.leads and not announced else None
    return line[match.end() :].strip()


def _is_title_of_house(line: str, end: int) -> bool:
    """Whether what looked like "Author" before a name begins a name: "Contributors to the Wiki"."""
    return line[end - 1 : end] == " " and _WHOSE.match(line, end) is not None


def names_in(texts: Iterable[str], *, own: frozenset[str] = frozenset()) -> tuple[Author, ...]:
    """The authors that ``texts`` name, in their order, each once.

    Args:
        texts: bylines as attributes, JSON-LD or elements state them.
        own: folded names of the site, which mark an organisation.
    """
    found: dict[str, Author] = {}
    for raw in texts:
        text = raw[: 4 * _LONGEST_BYLINE]
        whole = _unled(collapse(html.unescape(text)))
        names = (whole,) if whole and _is_own(whole, own) else _split(text)
        for name in names:
            # A button beside the byline ("シェア") is nobody, nor is a label ("公開日：").
            if chrome_kind(name, edge=True) != "share" and not name.endswith((":", "：")):
                found.setdefault(fold(name), Author(name, _is_house(name, own)))
    return tuple(found.values())


@lru_cache(maxsize=2048)
def _split(text: str) -> tuple[str, ...]:
    """The names in a byline; several readers of a page ask for those of the same one."""
    if _ADDRESS.search(text):
        return ()
    text = text.strip("()（） ") if text.startswith(("(", "（")) else text
    text = _HANDLE.sub("", collapse(_MAIL.sub(" ", html.unescape(text)))[:_LONGEST_BYLINE])
    if "%" in text:
        text = unquote(text)
    text = _without_desk(_OTHER_WORK.sub("", _unled(text)))
    if _DOMAIN.fullmatch(text):
        return () if _FILE.search(text) else (text,)
    if _is_one_house(text):
        return (text,)
    names: list[str] = []
    for piece in _HARD.split(text):
        names += _of_piece(piece.strip())
    return tuple(names)


def _unled(text: str) -> str:
    text = _WIDE_LEAD.sub("", text)
    for _ in range(2):
        rest = byline_rest(text)
        if not rest:
            return text
        text = rest
    return text


def _without_desk(text: str) -> str:
    """``text`` without the newsroom behind a person: "Anna Berg and staff"."""
    parts = byline_words().conjunction.split(text)
    if len(parts) == 2 and fold(parts[1]) in desks() and is_person_name(parts[0]):
        return parts[0]
    return text


def _of_piece(piece: str) -> list[str]:
    """Names of a piece of a byline between two hard separators."""
    if not piece:
        return []
    if _is_one_house(piece):
        return [piece]
    words = byline_words()
    names: list[str] = []
    parts = _COMMA.split(piece)
    if len(parts) > 2 and fold(parts[-1]) in words.countries:
        parts = parts[:-2]
    for number, part in enumerate(parts):
        if names and number and _is_degree(part):
            names[-1] += ", " + part.strip().removesuffix(",")
            continue
        if names and _has_role(part):
            continue
        pieces = words.conjunction.split(part.strip())
        code = _AGENCY_CODE.search(part)
        if code and gazetteer().find(code.group()[1:]) is None:
            part = part[: code.start()]  # noqa: PLW2901
            pieces = [part]
        if len(pieces) == 1 and _SLASH.search(part) and part.count(" ") >= 2:
            pieces = _SLASH.split(part)
        for item in pieces:
            name = _clean(item)
            if not name:
                continue
            # Behind a full name, a phrase in small letters says what the person does.
            if number and names and len(name.split()) > 2 and name[0].islower():
                continue
            # A single word behind a full name and a comma is a place ("Anna Berg, Berlin").
            if (
                number
                and len(pieces) == 1
                and " " not in name
                and names
                and (" " in names[0] or "." in names[0])
                and not name.islower()
                and not WIDE.search(name)
                and gazetteer().find(name, bare=False) is None
            ):
                continue
            names.append(name)
    return names


def _is_degree(part: str) -> bool:
    text = part.strip()
    if not text:
        return False
    folded = fold(text).replace(".", "")
    if folded in _KNOWN_DEGREE:
        return True
    if gazetteer().find(text) is not None:
        return False
    capitals = sum(char.isupper() for char in text)
    return (
        len(text) <= 14
        and all(_DEGREE.fullmatch(word) for word in text.split())
        and capitals >= 2
        and 2 * capitals >= sum(char.isalpha() for char in text)
    )


def _clean(text: str) -> str | None:
    name = _CODE.sub("", _unled(collapse(text)))
    name = name.strip(" ,;:|*-–—\"'“”„").strip()
    if name.endswith(".") and not re.search(r"\b\w{1,3}\.$", name):
        name = name[:-1]
    if name.startswith("(") or (name.endswith(")") and "(" not in name):
        name = name.strip("() ")
    if "(" in name and ")" not in name:
        name = name.partition("(")[0].strip()
    before, bracket, inside = name.partition("(")
    if bracket and (_has_role(inside) or gazetteer().find(inside.strip(") ")) is not None):
        name = before.strip()
    name = _without_role(name)
    if not 2 <= len(name) <= LONGEST_NAME or _ADDRESS.search(name):
        return None
    if _BAD.search(name) and _USER.fullmatch(name) is None:
        return None
    if "©" in name or "»" in name or _ENDS_OPEN.search(name):
        return None
    words = byline_words()
    folded = fold(name)
    if folded in words.nobody or folded in words.leads or not any(c.isalpha() for c in name):
        return None
    if words.never.intersection(folded.split()):
        return None
    if len(name.split()) > 6 and not _is_one_house(name):
        return None
    return name


def _has_role(text: str) -> bool:
    roles = byline_words().roles
    return any(
        (folded := fold(word)) in roles or _ROLE_ENDING.fullmatch(folded) is not None
        for word in re.split(r"[\s/-]+", text)
    )


def _without_role(name: str) -> str:
    """``name`` without a role behind it; nothing where all of it is a role."""
    words = byline_words()
    parts = name.split()
    folded = [fold(part) for part in parts]
    at = next((i for i, word in enumerate(folded) if word in words.roles), None)
    if at is None:
        return name
    if _is_one_house(name):
        return name
    start = at
    while start and folded[start - 1] in words.modifiers:
        start -= 1
    if start == 0:
        # The role first: "Reporter Anna Berg".
        end = at + 1
        while end < len(parts) and folded[end] in words.roles | words.modifiers:
            end += 1
        rest = " ".join(parts[end:])
        if _WHOSE.match(rest):
            return name
        return rest if is_person_name(rest) else ""
    if start == 1 and not WIDE.search(parts[0]):
        # One word before a role belongs to it: "Flinker Reporter" is a pen name, "No Author" nobody.
        return name
    rest = " ".join(parts[: min(start, 3)])
    if start <= 3:
        # "Senior Politics" was the role's, not a name.
        own = [word for word in folded[:start] if word not in words.modifiers]
        return rest if is_person_name(rest) and (len(own) >= 2 or start == 1) else ""
    return " ".join(parts[:2])


def _is_one_house(text: str) -> bool:
    """Whether ``text``, conjunctions and all, is the name of a house."""
    words = byline_words()
    parts = [fold(part) for part in re.split(r"[\s-]+", text)]
    if not 2 <= len(parts) <= 9 or "," in text or _HARD.search(text):
        return False
    marks = [part for part in parts if part in words.houses]
    if not marks:
        return False
    # "Editorial Team", "Staff": nobody's name.
    return any(
        part not in words.houses | words.modifiers | words.roles | words.particles | {"the", "our"}
        for part in parts
    )


def _is_own(name: str, own: frozenset[str]) -> bool:
    folded = fold(name)
    return folded in own or folded.removeprefix("the ") in own


def _is_house(name: str, own: frozenset[str]) -> bool:
    if _is_own(name, own):
        return True
    if gazetteer().find(name, weak=True, bare=False) is not None:
        return True
    return _is_one_house(name) or (_DOMAIN.fullmatch(name) is not None and "." in name)


def is_plausible_name(text: str) -> bool:
    """Whether ``text`` may be a name at all: a code, a first name, a house; no words of prose."""
    stop = byline_words().stop
    return not any(char.isdigit() for char in text) and not any(
        fold(part) in stop for part in text.split()
    )


def is_person_name(text: str) -> bool:
    """Whether ``text`` is written as persons' names are: two to five words, capitals, no prose."""
    words = byline_words()
    parts = text.split()
    if WIDE.search(text):
        return 2 <= len(text.replace(" ", "")) <= 12 and not _BAD.search(text)
    if (
        not 2 <= len(parts) <= 5
        or _BAD.search(text)
        or any(char in text for char in '?!:;"“”„%$€+')
    ):
        return False
    if any(fold(part) in words.stop or fold(part) in words.roles for part in parts):
        return False
    if any(char.isdigit() for char in text):
        return False
    return all(
        part[0].isupper()
        or fold(part) in words.particles
        or not (part[0].isupper() or part[0].islower())
        for part in (part.strip("()'’.,") or "x" for part in parts)
    )
