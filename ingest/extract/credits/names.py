"""From the words beside a credit's phrase to the names in them: houses and persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.grammar.cues import flat, phrase_words, tokens_of

__all__ = [
    "EDGE",
    "Named",
    "houses_in",
    "is_person",
    "one_house",
    "persons_in",
]

#: (name as credits carry it, the house where the tables know it)
Named = tuple[str, House | None]

_LONGEST_HOUSE = 90
_MOST_WORDS = 11
_ENDS = re.compile(r"[;|•·!?…@]|\s[–—-]\s|\s\(|\)|[.。](?:\s|$)|[\r\n]")
_LIST = re.compile(
    r"\s*(?:[,;、，،/+&]|(?<!\S)(?:and|und|y|e|et|en|og|och|oraz|ja|és|și|и|та|i|ve|و|και|dan|và|sowie|with|mit)(?!\S)|\)\s*\()\s*"
)
#: Albanian names: "Zëri i Malit".
_LINKED = re.compile(r"\w+ [ie] \w+")
_HOST = re.compile(
    r"(?:https?://)?((?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12})(?:/\S{0,300})?", re.IGNORECASE
)
#: An address with its path, in which the signs of a list mean nothing.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S{4,300}|(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12}/\S{1,300}", re.IGNORECASE
)
_CUT_FORMS = (" e.V", " Inc", " Ltd", " Co", " Corp", " S.A", " z.s")
#: "Little, Brown and Company": a comma within a name.
_COMPANY = re.compile(r"[^\W\d_]+, [^\W\d_]+ (?:and|&) (?:Company|Co|Sons|Partners)\b")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s?\s+(?=\S)")
#: Signs that are no part of a name where they stand at its ends.
EDGE = " \t\u00a0.,;:!?*–—-|/•·\"'“”„‟«»‹›()[]（）【】《》「」『』…@©"
_WORKERS = frozenset(
    "writer writers reporter reporters correspondent correspondents editor editors staff journalist journalists "
    "producer producers photographer contributor bureau chief columnist analyst researcher".split()
)
_AT_PLACE = frozenset(
    "in from at of for on à en aus w в с из à au a da i på fra from during while covering".split()
)
# "ARD-Korrespondentinnen": the house before its people
_COLLEAGUES = re.compile(r"-(?:Korrespondent|Reporter|Redaktion|Redakteur|Mitarbeiter)\w{0,8}$")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|\.|º|er)$")
_CAPITAL = re.compile(r"[^\W\d_]")


def one_house(text: str, *, loose: bool = False) -> Named | None:
    """The house that ``text`` begins with, cut where the sentence goes on.

    Args:
        text: what follows the phrase, up to the end of its sentence.
        loose: take a name without a capital, too ("published on examplesite and has ...").
    """
    region = text.strip(" \t:–—-*").lstrip("(")
    host = _HOST.match(region)
    if (
        host
        and (host.end() >= len(region) or not region[host.end()].isalnum())
        and "." in host.group(1)
    ):
        return _of_host(host.group(1))
    quoted = _quoted(region)
    if quoted is None:
        end = _ENDS.search(region)
        region = region[: end.start()] if end else region
        company = _COMPANY.match(region)
        region = company.group() if company is not None else region.partition(", ")[0]
        region = _before_stop(region)
        region = _without_descriptors(_COLLEAGUES.sub("", region))
    else:
        region = quoted
    name = region.strip(EDGE) if region.strip()[:1] not in ("-", "–") else ""
    if not name:
        return None
    if name.endswith(_CUT_FORMS):
        # The stop belongs to the legal form, not to the sentence.
        name += "."
    known = gazetteer().find(name, weak=True)
    if known is not None:
        return known.name, known
    return (name, None) if _is_house_name(name, loose=loose) else None


def houses_in(text: str) -> Iterator[Named]:
    """The houses of a list ("Reforma and El Economista"), each name once."""
    region = text.strip(" \t:–—-*")
    end = _ENDS.search(region.replace(" (", ") (") if region.startswith("(") else region)
    if end and not region.startswith("("):
        region = region[: end.start()]
    whole = gazetteer().find(region.strip(EDGE), weak=True)
    if whole is not None:
        yield whole.name, whole
        return
    address = _ADDRESS.match(region)
    if address is not None:
        parts = [address.group()]
    else:
        parts = [part for part in _LIST.split(region) if part and part.strip(EDGE)][:12]
        if _LINKED.fullmatch(region.strip(EDGE)) and not any(map(gazetteer().find, parts)):
            parts = [region]
        if any(len(part.split()) > 7 for part in parts):
            return
    seen = set()
    for part in parts:
        if flat(part.strip(EDGE)) in phrase_words("descriptors"):
            # "University of Example, press release"
            continue
        named = one_house(part) if part[0] not in "-–" else None
        if named and named[0] not in seen:
            seen.add(named[0])
            yield named


def persons_in(text: str, *, houses: bool = False) -> Iterator[Named]:
    """The persons of a list, and the houses that they are said to work for or that stand there.

    Args:
        text: the list.
        houses: whether names that can be no person's are houses, known or not.
    """
    for piece in _LIST.split(text.strip(" \t:–—-*"))[:16]:
        part = piece.strip(EDGE)
        if not part:
            continue
        if ": " in part:
            # "Editing: Jane Doe": another list begins.
            return
        house = gazetteer().find(part, weak=True)
        if house is not None:
            yield house.name, house
            continue
        pieces = _POSSESSIVE.split(part)
        if len(pieces) > 1:
            employer = gazetteer().agency(pieces[0].strip(EDGE), weak=True)
            if employer is not None:
                yield employer.name, employer
            part = pieces[-1]
        words = part.split()
        # "Associated Press writers Jane Doe": who they work for, what they are, the name.
        for number in range(min(len(words), 9) - 1, -1, -1):
            if words[number].casefold().strip(",") in _WORKERS:
                for start in range(number):
                    employer = gazetteer().agency(" ".join(words[: number - start]), weak=True)
                    if employer is not None:
                        yield employer.name, employer
                        break
                words = words[number + 1 :]
                break
        for number, word in enumerate(words):
            if number and word in _AT_PLACE and number >= 2:
                words = words[:number]
                break
        name = " ".join(words).strip(EDGE)
        if is_person(name) and not (houses and words[0].lower() in _ARTICLES):
            yield name, None
        elif houses and (named := one_house(part)) is not None:
            yield named
        elif name and name[0].islower():
            # "editing by ...", "and the team": the list of names is over.
            return


def _is_cased(letter: str) -> bool:
    """Whether names are told by a capital in the script of ``letter``; Georgian has them for inscriptions."""
    return letter.lower() != letter.upper() and not "ა" <= letter <= "ჿ"


def is_person(name: str) -> bool:
    """Whether ``name`` can be a person's: two to five capitalised words, or a name without case."""
    words = name.split()
    if not name or len(name) > 48 or any(c.isdigit() or c in '@/:;()"“”|' for c in name):
        return False
    if all(c.lower() == c.upper() or not c.isalpha() for c in name):
        return 1 <= len(words) <= 5 and 2 <= len(name) <= 36
    if not 2 <= len(words) <= 6:
        return False
    particles = phrase_words("particles")
    for word in words:
        bare = word.strip(".'’-")
        if not bare or not (
            bare[0].isupper() or bare.casefold() in particles or not _is_cased(bare[0])
        ):
            return False
    folded = {w.casefold().strip(".,") for w in words}
    return not folded & _NO_PERSON and gazetteer().find(name) is None


_NO_PERSON = frozenset(
    "news press agency staff redaktion team desk service services editorial media network redacción "
    "rédaction newsroom bureau times post magazine journal radio tv gmbh inc ltd university "
    "report reports the reporting editing".split()
)


def _quoted(region: str) -> str | None:
    """What stands in quotes at the start, or after a few words that say what kind of house it is."""
    for opening, closing in (
        ("„", "“"),
        ("“", "”"),
        ("«", "»"),
        ("»", "«"),
        ('"', '"'),
        ("《", "》"),
        ("「", "」"),
        ("『", "』"),
        ("‚", "‘"),
    ):
        start = region.find(opening)
        if 0 <= start <= 40:
            end = region.find(closing, start + 1)
            if end < 0 and opening == "„":
                end = region.find("”", start + 1)
            if start < end <= start + _LONGEST_HOUSE and all(
                w.islower() or flat(w) in phrase_words("descriptors")
                for w in region[:start].split()[-1:]
            ):
                return region[start + 1 : end]
    return None


def _before_stop(region: str) -> str:
    tokens = tokens_of(region)
    stops = phrase_words("after_house")
    for number in range(1, min(len(tokens), 30)):
        token = tokens[number]
        if (
            token.text in ("written", "posted", "published")
            and number + 1 < len(tokens)
            and tokens[number + 1].text in ("by", "on")
        ):
            return region[: token.start]
        if not region[token.start].islower():
            continue
        pair = f"{token.text} {tokens[number + 1].text}" if number + 1 < len(tokens) else ""
        if token.text in stops or pair in stops:
            return region[: token.start]
        # "on 3 May", "in 2019", "on Monday"
        if token.text in (
            "on",
            "in",
            "am",
            "vom",
            "le",
            "el",
            "em",
            "il",
            "op",
        ) and number + 1 < len(tokens):
            following = tokens[number + 1].text
            if following[0].isdigit() or (
                len(following) > 2 and following in phrase_words("not_a_house")
            ):
                return region[: token.start]
    return region


def _without_descriptors(region: str) -> str:
    region = region.strip(" \t")
    if gazetteer().find(region.strip(EDGE), weak=True) is not None:
        return region
    words = region.split(" ")
    kinds, small = phrase_words("descriptors"), phrase_words("particles")
    cut = 0
    for number, word in enumerate(words[:6]):
        bare = flat(word.strip(EDGE))
        as_kind = word[:1].islower() or number == 0 or words[number - 1][:1].islower()
        if bare in kinds and as_kind and number + 1 < len(words):
            if word[:1].isupper() and flat(words[number + 1]) in _OF:
                break  # "Jornal da Ponte": the kind is part of the name
            cut = number + 1
    while (
        cut < len(words) - 1
        and words[cut][:1].islower()
        and flat(words[cut].strip(EDGE)) in small | _ARTICLES
    ):
        cut += 1
    return " ".join(words[cut:])


#: What binds a common noun to the rest of a name where nouns are small.
_OF = frozenset("of e i të de do da dos das del della di du des d' van".split())
_ARTICLES = frozenset(
    "the der die das dem den des ein einer einem el la los las le les il lo i gli het de o a os as l".split()
)


def _is_house_name(name: str, *, loose: bool) -> bool:
    words = name.split()
    if not 2 <= len(name) <= _LONGEST_HOUSE or len(words) > _MOST_WORDS:
        return False
    # "The Valley Gazette": what follows a capital article says whether it is a name.
    titled = len(words) > 1 and words[0] == "The" and words[1][:1].isupper()
    first = flat(words[1 if titled else 0].strip(EDGE))
    if name[0] in "-–" or _ORDINAL.match(words[0]):
        return False
    if first in phrase_words("not_a_house") or (
        first.isdigit() and (len(words) == 1 or len(first) in (2, 4))
    ):
        return False
    if name.islower() and set(flat(name).split()) <= phrase_words("descriptors"):
        return False
    letter = next((c for c in name if c.isalnum()), "")
    if not letter or not _CAPITAL.search(name):
        return False
    cased = _is_cased(letter)
    if cased and letter.islower():
        # "coolsite", "brand eins", "ntv.de": small names stand alone.
        return (loose and len(words) == 1) or (len(words) == 1 and "." in name.strip("."))
    return True


def _of_host(host: str) -> Named:
    host = host.lower().removeprefix("www.")
    known = gazetteer().by_host(host)
    return (known.name, known) if known is not None else (host, None)


def host_of(address: str | None) -> str | None:
    """The host of an address, lower case, without ``www.``; ``None`` where there is none."""
    if not address:
        return None
    try:
        host = urlsplit(address.strip()).hostname
    except ValueError:
        return None
    return host.lower().removeprefix("www.") if host and "." in host else None
