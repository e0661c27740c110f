"""How likely a candidate is a credit: one row of evidence each, weighed by the trees of ``credits_model.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.extract.credits.candidate import FORMS, Candidate
from ingest.extract.credits.dates import date_in
from ingest.extract.credits.gazetteer import House, house_key
from ingest.extract.credits.own_house import OwnHouse
from ingest.extract.credits.persons import is_person
from ingest.extract.credits.spot import Spot
from ingest.extract.page.prose import WIDE
from ingest.extract.trees import Ensemble, ensemble

__all__ = ["NAMES", "Placed", "credits_model", "evidence_of", "key_of"]

ROLES = ("agency", "original_publisher", "source", "contributor", "translator")
#: Kinds of cues and places that are told apart; others count by their form alone.
CUES = (
    "source_label",
    "text_label",
    "provided_by",
    "with_material_of",
    "contributed",
    "reporting_by",
    "additional_reporting_by",
    "with_reporting_by",
    "translated_by",
    "first_published_in",
    "republished_from",
    "excerpt_of",
    "based_on",
    "courtesy",
    "via",
    "distributed_by",
    "publisher_label",
    "partner",
    "rights_label",
    "json_ld.author",
    "json_ld.publisher",
    "meta.source",
    "meta.author",
)
NAMES = (
    *(f"role_{role}" for role in ROLES),
    *(f"form_{form}" for form in FORMS),
    *(f"cue_{cue}" for cue in CUES),
    #: Whether it is as the convention of its form has it: place, line and name together.
    "convention",
    #: Of its form.
    "loose",
    "own_line",
    "listed",
    "label",
    #: Of the name.
    "agency",
    "outlet",
    "unknown",
    "bare",
    "mark",
    "mark_small",
    "name_words",
    "name_size",
    "person",
    "host_name",
    "small_name",
    "name_digits",
    "own",
    "author",
    #: Of the line.
    "size",
    "share",
    "bracketed",
    "quoted",
    "dated",
    "commas",
    "ends_sentence",
    "digits",
    "address",
    #: Of its place.
    "above",
    "behind",
    "first",
    "last",
    "between",
    "caption",
    "aside",
    "footer",
    "heading",
    "item",
    "linked",
    "after_caption",
    "size_before",
    "size_behind",
    "marked",
    #: Of the page.
    "said_again",
    "in_metadata",
    "candidates",
    "labels",
    "same_role",
    "mentions",
    "in_title",
    "blocks",
)
_FAR = 99.0
#: Blocks at the end of a text, lines below it and above it, where source lines stand.
_ENDING, _BELOW, _ABOVE = 5, 12, 16


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate and where it stands."""

    candidate: Candidate
    spot: Spot
    #: The whole line.
    line: str


def key_of(name: str, house: House | None) -> str:
    """What names that mean one house or person have in common."""
    return house_key(house.name if house is not None else name) or name


def credits_model() -> Ensemble:
    """The trees, read when they are first asked."""
    return ensemble("credits", "credit", NAMES)


def evidence_of(
    found: Sequence[Placed],
    own: OwnHouse,
    *,
    text: str,
    title: str,
    authors: Iterable[str],
    blocks: int,
    wanted: Iterable[int] | None = None,
) -> list[list[float]]:
    """A row of ``NAMES`` for each of ``found``, or for those of them that are ``wanted``.

    Args:
        found: the page's candidates.
        own: its own house.
        text: its body.
        title: its title.
        authors: keys of its authors' names.
        blocks: of its body.
        wanted: the numbers of those that are to be weighed; all where left out.
    """
    keys = [key_of(each.candidate.name, each.candidate.house) for each in found]
    said = Counter(keys)
    roles = Counter(each.candidate.role for each in found)
    in_metadata = {
        key
        for key, each in zip(keys, found, strict=True)
        if each.candidate.form in ("metadata", "logo")
    }
    labels = float(sum(each.candidate.label for each in found))
    names = set(authors)
    #: The names of which mentions are counted: those of the first keys, each by the name that came first.
    counted: dict[str, str | None] = {}
    for key, each in zip(keys, found, strict=True):
        if key not in counted:
            counted[key] = each.candidate.name if len(counted) < 40 else None
    mentioned: dict[str, int] = {}
    rows = []
    for number in range(len(found)) if wanted is None else wanted:
        key, each = keys[number], found[number]
        candidate = each.candidate
        if key not in mentioned:
            name = counted[key]
            mentioned[key] = text.count(name) if name is not None else 0
        rows.append(
            [
                *_of_kind(candidate.role, candidate.form, candidate.cue),
                float(_as_convention_has_it(each)),
                *_of_name(candidate, own, key in names),
                *_of_line(each),
                *_of_spot(each.spot),
                float(said[key]),
                float(key in in_metadata),
                float(len(found)),
                labels,
                float(roles[candidate.role]),
                float(mentioned[key]),
                float(candidate.name in title),
                float(blocks),
            ]
        )
    return rows


@lru_cache(maxsize=512)
def _of_kind(role: str, form: str, cue: str) -> tuple[float, ...]:
    return (
        *(float(role == each) for each in ROLES),
        *(float(form == each) for each in FORMS),
        *(float(cue == each) for each in CUES),
    )


def _as_convention_has_it(each: Placed) -> bool:
    """Whether the candidate stands where credits of its form stand, and says what they say."""
    candidate, spot = each.candidate, each.spot
    form = candidate.form
    if spot.area == "caption" or spot.after_caption:
        return False
    near_end = 0 <= spot.last < _ENDING or 0 <= spot.behind < _BELOW or spot.between
    if form == "label":
        # Above a text a source line stands beside the day; elsewhere there it is a picture's.
        above = 0 <= spot.above < _ABOVE and (
            date_in(each.line) is not None or WIDE.search(each.line) is not None
        )
        return (near_end or above) and not candidate.loose
    if form in ("mark_line", "name_line") and 0 <= spot.above < _ABOVE:
        # A house beside the day.
        return not candidate.loose and date_in(each.line) is not None
    if form in ("mark_line", "sign_off", "last_words", "beside_own"):
        at_end = 0 <= spot.last < _ENDING or 0 <= spot.behind < 2
        return not candidate.loose and (at_end or (spot.between and "/" in candidate.evidence))
    if form == "rights":
        return near_end and not candidate.loose
    if form == "host_line":
        return not candidate.loose and (spot.last == 0 or 0 <= spot.behind < 2)
    if form in ("name_line", "metadata", "logo"):
        return False
    return not candidate.loose


def _of_name(candidate: Candidate, own: OwnHouse, author: bool) -> tuple[float, ...]:
    house, name = candidate.house, candidate.name
    stated = _stated_mark(candidate)
    return (
        float(candidate.loose),
        float(candidate.own_line),
        float(candidate.listed),
        float(candidate.label),
        float(house is not None and house.kind == "agency"),
        float(house is not None and house.kind == "outlet"),
        float(house is None),
        float(house is not None and house.bare),
        float(bool(stated)),
        float(stated.islower()),
        *_of_words(name),
        float(own.owns(name, house)),
        float(author),
    )


@lru_cache(maxsize=2048)
def _of_words(name: str) -> tuple[float, ...]:
    return (
        float(len(name.split())),
        float(len(name)),
        float(is_person(name)),
        float("." in name and " " not in name),
        float(name[:1].islower()),
        float(any(c.isdigit() for c in name)),
    )


def _stated_mark(candidate: Candidate) -> str:
    """The short mark by which the words name the house: "dpa"; empty where they say its name."""
    if candidate.house is None or candidate.name in candidate.evidence:
        return ""
    words = [word.strip("()[]/,.:;–—-") for word in candidate.evidence.replace("/", " ").split()]
    marks = [word for word in words if 2 <= len(word) <= 5]
    return marks[-1] if marks else ""


def _of_line(each: Placed) -> tuple[float, ...]:
    line = each.line
    share = min(1.0, len(each.candidate.name) / max(len(line[:500]), 1))
    return (float(len(line)), share, *_of_signs(line[:500]))


@lru_cache(maxsize=512)
def _of_signs(line: str) -> tuple[float, ...]:
    stripped = line.strip()
    return (
        float(stripped[:1] in "([（【" and stripped[-1:] in ")]）】."),
        float(any(sign in line for sign in '"“”„«»「')),
        float(date_in(line) is not None),
        float(line.count(",") + line.count("،") + line.count("、")),
        float(stripped[-1:] in ".!?。…"),
        float(sum(c.isdigit() for c in line)),
        float("://" in line or "www." in line),
    )


def _of_spot(spot: Spot) -> tuple[float, ...]:
    def steps(number: int) -> float:
        return float(number) if number >= 0 else _FAR

    return (
        steps(spot.above),
        steps(spot.behind),
        steps(spot.first),
        steps(spot.last),
        float(spot.between),
        float(spot.area == "caption"),
        float(spot.area == "aside"),
        float(spot.area == "footer"),
        float(spot.area == "heading"),
        float(spot.area in ("list_item", "li")),
        float(spot.linked),
        float(spot.after_caption),
        float(spot.size_before),
        float(spot.size_behind),
        float(spot.marked),
    )
