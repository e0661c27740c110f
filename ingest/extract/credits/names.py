"""From the words beside a credit's phrase to the names in them: houses and persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from ingest.extract.credits.first_words import may_begin
from ingest.extract.credits.gazetteer import House, gazetteer
from ingest.extract.credits.grammar.cues import flat, phrase_words, tokens_of

__all__ = [
    "EDGES",
    "NAME_LIST",
    "SMALL_ARTICLES",
    "Named",
    "houses_in",
    "is_cased",
    "looks_like_place",
    "marks_in",
    "one_house",
    "spelling_in",
]

#: (name as credits carry it, the house where the tables know it)
Named = tuple[str, House | None]

_LONGEST_HOUSE = 90
_MOST_WORDS = 11
_ENDS = re.compile(r"[;|•·!?…@]|\s[–—-]\s|\s\(|\)|[.。](?:\s|$)|[\r\n]")
NAME_LIST = re.compile(
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
EDGES = " \t\u00a0.,;:!?*–—-|/•·\"'“”„‟«»‹›()[]（）【】《》「」『』…@©"
_INITIALS = re.compile(r"[^\W\d_]{1,4}\.?")
_MARK_SEPARATORS = re.compile(r"\s*[/,;+&|=·、，\-–]\s*|\s+")
_MARK_LINKS = frozenset(
    "mit with avec con und and et y e en und red redaktion online ohne eigener bericht bearbeitet von sowie lno".split()
)
# "ARD-Korrespondentinnen": the house before its people
_COLLEAGUES = re.compile(r"-(?:Korrespondent|Reporter|Redaktion|Redakteur|Mitarbeiter)\w{0,8}$")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|\.|º|er)$")
_SPELT = re.compile(r"[\w.&+-]*\w|[^\W\d_]")
_LONGEST_EVIDENCE, _MOST_SPELT = 400, 40
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
    name = region.strip(EDGES) if region.strip()[:1] not in ("-", "–") else ""
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
    whole = gazetteer().find(region.strip(EDGES), weak=True)
    if whole is not None:
        yield whole.name, whole
        return
    address = _ADDRESS.match(region)
    if address is not None:
        parts = [address.group()]
    else:
        parts = [part for part in NAME_LIST.split(region) if part and part.strip(EDGES)][:12]
        if _LINKED.fullmatch(region.strip(EDGES)) and not any(map(gazetteer().find, parts)):
            parts = [region]
        if any(len(part.split()) > 7 for part in parts):
            return
    seen = set()
    for part in parts:
        if flat(part.strip(EDGES)) in phrase_words("descriptors"):
            # "University of Example, press release"
            continue
        named = one_house(part) if part[0] not in "-–" else None
        if named and named[0] not in seen:
            seen.add(named[0])
            yield named


def is_cased(letter: str) -> bool:
    """Whether names are told by a capital in the script of ``letter``; Georgian has them for inscriptions."""
    return letter.lower() != letter.upper() and not "ა" <= letter <= "ჿ"


def spelling_in(evidence: str, house: House) -> str | None:
    """The spelling of ``house`` in ``evidence``, where that is not its own name."""
    if house.name in evidence:
        return None
    words = list(_SPELT.finditer(evidence[:_LONGEST_EVIDENCE]))[:_MOST_SPELT]
    table = gazetteer()
    for size in range(min(5, len(words)), 0, -1):
        for first in range(len(words) - size + 1):
            name = evidence[words[first].start() : words[first + size - 1].end()]
            if table.find(name, weak=True) is house or table.find(name.upper(), weak=True) is house:
                return name
    return None


def marks_in(text: str, *, weak: bool, own: frozenset[str] = frozenset()) -> list[House]:
    """The agencies of a mark ("FR mit dpa", "SDA/sep"); empty where it says anything else.

    Args:
        text: the mark without its brackets.
        weak: whether marks that mean other things too may stand alone in it.
        own: folded names of the site, which may stand beside an agency.
    """
    text = text.strip(EDGES)
    if not 2 <= len(text) <= 70:
        return []
    table = gazetteer()
    whole = table.agency(text, weak=weak) or (
        table.agency(text.upper(), weak=False) if text.islower() and weak else None
    )
    if whole is not None:
        return [whole]
    words = [word for word in _MARK_SEPARATORS.split(text) if word]
    if not words or len(words) > 12:
        return []
    found: list[House] = []
    weakly: list[House] = []
    at = 0
    while at < len(words):
        most = min(4, len(words) - at) if may_begin(words[at], "agency") else 0
        for size in range(most, 0, -1):
            piece = " ".join(words[at : at + size])
            if not piece.islower() and table.find(piece, weak=True) is None:
                continue
            house = table.agency(piece) or (
                table.agency(piece.upper()) if piece.islower() and size == 1 else None
            )
            if house is not None:
                found.append(house)
                break
            house = table.agency(piece, weak=True) or (
                table.agency(piece.upper(), weak=True)
                if piece.islower() and len(piece) > 2
                else None
            )
            if house is not None:
                weakly.append(house)
                break
        else:
            word = words[at]
            folded = word.casefold().strip(".")
            if (
                folded not in _MARK_LINKS
                and folded not in own
                and not _INITIALS.fullmatch(word)
                and not word[0].isdigit()
            ):
                return []
            size = 1
        at += size
    if found or weak:
        found += weakly
    return list(dict.fromkeys(found))


def looks_like_place(text: str) -> bool:
    """Whether ``text`` can be the place and day of a dateline ("ST. JOSEPH, Mich.", "MOSKAU, 3. Mai")."""
    text = text.strip(' \t,.:–—-/"“„»*•[]')
    if not text:
        return True
    words = text.replace("/", " ").split()
    if len(text) > 70 or len(words) > 9:
        return False
    small = 0
    for word in words:
        bare = word.strip(".,()[]'’-–—")
        if not bare or bare[0].isupper() or bare[0].isdigit() or bare[0].lower() == bare[0].upper():
            continue
        # months and particles are small in many languages ("3 mai", "Frankfurt am Main")
        small += 1
        if len(bare) > 10:
            return False
    return small <= max(1, len(words) // 2) and gazetteer().find(text, bare=False) is None


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
    if gazetteer().find(region.strip(EDGES), weak=True) is not None:
        return region
    words = region.split(" ")
    kinds, small = phrase_words("descriptors"), phrase_words("particles")
    cut = 0
    for number, word in enumerate(words[:6]):
        bare = flat(word.strip(EDGES))
        as_kind = word[:1].islower() or number == 0 or words[number - 1][:1].islower()
        if bare in kinds and as_kind and number + 1 < len(words):
            if word[:1].isupper() and flat(words[number + 1]) in _OF:
                break  # "Jornal da Ponte": the kind is part of the name
            cut = number + 1
    while (
        cut < len(words) - 1
        and words[cut][:1].islower()
        and flat(words[cut].strip(EDGES)) in small | SMALL_ARTICLES
    ):
        cut += 1
    return " ".join(words[cut:])


#: What binds a common noun to the rest of a name where nouns are small.
_OF = frozenset("of e i të de do da dos das del della di du des d' van".split())
SMALL_ARTICLES = frozenset(
    "the der die das dem den des ein einer einem el la los las le les il lo i gli het de o a os as l".split()
)


def _is_house_name(name: str, *, loose: bool) -> bool:
    words = name.split()
    if not 2 <= len(name) <= _LONGEST_HOUSE or len(words) > _MOST_WORDS:
        return False
    # "The Valley Gazette": what follows a capital article says whether it is a name.
    titled = len(words) > 1 and words[0] == "The" and words[1][:1].isupper()
    first = flat(words[1 if titled else 0].strip(EDGES))
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
    cased = is_cased(letter)
    if cased and letter.islower():
        # "coolsite", "brand eins", "ntv.de": small names stand alone.
        return (loose and len(words) == 1) or (len(words) == 1 and "." in name.strip("."))
    return True


def _of_host(host: str) -> Named:
    host = host.lower().removeprefix("www.")
    known = gazetteer().by_host(host)
    return (known.name, known) if known is not None else (host, None)


@lru_cache(maxsize=256)
def host_of(address: str | None) -> str | None:
    """The host of an address, lower case, without ``www.``; ``None`` where there is none."""
    if not address:
        return None
    try:
        host = urlsplit(address.strip()).hostname
    except ValueError:
        return None
    return host.lower().removeprefix("www.") if host and "." in host else None
