"""The dates that a page shows: where each stands, what stands before it, how many stand there alike."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date as calendar_day
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from ingest.extract.data import load_data
from ingest.extract.metadata.times.clocks import clock_alone
from ingest.extract.metadata.times.statements import MARKED, of_element, says_changed
from ingest.extract.metadata.times.visible_dates import dates_in, unglued
from ingest.extract.page.class_words import bits_named, bits_of
from ingest.extract.page.folding import collapse, letters
from ingest.extract.page.json_ld import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborNode

    from ingest.extract.metadata.times.statements import Origin
    from ingest.extract.page.html_page import HtmlPage

__all__ = ["Label", "Place", "Shown", "shown_on"]

Label = Literal["published", "updated"]

#: Lines that are looked at, dates that are read, elements with times, characters of a line.
MOST_LINES, MOST_DATES, MOST_TIMES, LONGEST = 2500, 90, 60, 200
#: The end of a longer line is read too: notices of the last change stand there.
_END = 90
_LABEL_REACH = 30
#: What a line needs to be looked at closely.
_DATED = re.compile(
    r"\d(?:\d{3}|\d?\s?[./-]\s?\d{1,2}\s?[./-]\s?\d\d|\d?-[^\W\d_]{2,9}-\d\d|(?<=[’'‘]\d)\d)"
)
_DATED_ABROAD = re.compile("[年년]|[\u05d0-\u05ea][\"״׳']")
#: Of longer lines only those at the text's ends are read: what a paragraph dates is what it tells of.
_LONG = 320
_HEADINGS = frozenset(["h1", "h2", "h3", "h4"])
COMMENT = bits_named("comment")
_WIDE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
)
_PROSE, _WIDE_PROSE = 110, 45
_BEFORE_HEADLINE = 400
#: Characters of an element from which it holds a comment, not the number of comments beside a date.
_COMMENT = 90


class _Text(NamedTuple):
    text: str
    linked: bool
    #: Meanings of the names of all elements around it, bits of ``class_words.BITS``.
    bits: int
    tags: frozenset[str]
    #: The same for what one template draws.
    path: str
    heading: bool
    #: Index of the element that holds it; -1 where only its line is known.
    container: int = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the page a date is shown."""

    #: Lines below the headline, negative above it.
    below_headline: int
    #: Lines before the first paragraph, negative behind it.
    before_text: int
    #: Lines behind the last paragraph, negative before it.
    behind_text: int
    #: Characters of the line beside the date itself.
    beside: int
    linked: bool
    bits: int
    tags: frozenset[str]
    #: Dated lines of the same template in the same kind of place, itself included.
    alike: int
    #: Whether the nearest heading is one that links to another page.
    of_teaser: bool
    #: Whether the line is a comment's, as its surroundings say of themselves.
    of_comment: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One date that readers see, or that an element among what they see carries."""

    #: ISO 8601.
    stated: str
    #: ``shown``, or ``time``, ``prop``, ``prop_modified`` of an element.
    origin: Origin
    label: Label | None
    #: ``None`` where an element's text stands nowhere.
    place: Place | None
    #: Its line, shortened, for people.
    name: str
    #: Whether day and month might be the other way round.
    ambiguous: bool = False
    #: Whether an element's names call it the time of publication.
    marked: bool = False


def shown_on(page: HtmlPage, language: str | None, *, month_first: bool) -> list[Shown]:
    """The dates on ``page`` in reading order, those of elements behind those of lines."""
    return _Reading(page, language, month_first).read()


class _Reading:
    def __init__(self, page: HtmlPage, language: str | None, month_first: bool) -> None:
        self._page, self._language, self._month_first = page, language, month_first
        self._texts = list(_texts_of(page))[:MOST_LINES]
        self._headline = _headline(page, self._texts)
        start = self._headline + 1 if self._headline is not None else 0
        bits = self._texts[start - 1].bits if self._headline is not None else 0
        self._comment = COMMENT & ~bits
        prose = [
            n for n in range(start, len(self._texts))
            if _is_prose(self._texts[n]) and not self._texts[n].bits & self._comment
        ]  # fmt: skip
        self._first = prose[0] if prose else start
        self._last = prose[-1] if prose else start
        self._alike: Counter[str] = Counter()
        self._places: dict[int, Place] = {}

    def read(self) -> list[Shown]:
        """All of them."""
        dated = [
            number
            for number, each in enumerate(self._texts)
            if _is_dated(each.text) and (len(each.text) <= _LONG or self._is_at_an_end(number))
        ]
        self._alike.update(self._texts[n].path for n in dated)
        found: list[Shown] = []
        for number in self._nearest(dated):
            found += self._in_line(number)
            if len(found) >= MOST_DATES:
                break
        elements = list(self._in_elements())
        return found + elements

    def _is_at_an_end(self, number: int) -> bool:
        at = self._headline if self._headline is not None else self._first
        return (
            0 <= number - at <= 12 or min(abs(number - self._first), abs(number - self._last)) <= 2
        )

    def _nearest(self, dated: list[int]) -> list[int]:
        """The lines whose dates are read: those around the headline and the text's ends first."""
        at = self._headline if self._headline is not None else self._first
        ordered = sorted(dated, key=lambda n: min(abs(n - at), abs(n - self._last)))
        return sorted(ordered[:MOST_DATES])

    def _in_line(self, number: int) -> Iterator[Shown]:
        text = self._texts[number].text
        pieces = [text[:LONGEST]]
        if len(text) > LONGEST + _END:
            pieces.append(text[-_END:])
        for piece in pieces:
            line = unglued(piece)
            dates = dates_in(line, self._language, month_first=self._month_first)
            before = 0
            for order, date in enumerate(dates):
                lead = line[max(before, date.start - _LABEL_REACH) : date.start]
                behind = line[date.end : date.end + _LABEL_REACH] if order + 1 == len(dates) else ""
                label = _label_of(lead) or (None if lead.strip() else self._label_above(number))
                label = label or _label_of(behind.partition("|")[0][:16])
                before = date.end
                stated = date.stated
                if len(stated) == 10 and len(line) - (date.end - date.start) <= 40:
                    clock = self._clock_beside(number, date.stated)
                    stated += f"T{clock}" if clock else ""
                place = self._place(number, len(text) - (date.end - date.start))
                yield Shown(stated, "shown", label, place, line[:80], date.ambiguous)

    def _label_above(self, number: int) -> Label | None:
        text = self._texts[number - 1].text if number else ""
        if not 0 < len(text) <= _LABEL_REACH or any(map(str.isdigit, text)):
            return None
        return _label_of(text)

    def _clock_beside(self, number: int, day: str) -> str | None:
        """A time of day that is a line of its own, behind the date or before it."""
        for beside in (number + 1, number - 1):
            if 0 <= beside < len(self._texts):
                clock = clock_alone(self._texts[beside].text, calendar_day.fromisoformat(day))
                if clock:
                    return clock
        return None

    def _place(self, number: int, beside: int) -> Place:
        known = self._places.get(number)
        if known is not None and known.beside == beside:
            return known
        each = self._texts[number]
        at = self._headline if self._headline is not None else self._first
        place = Place(
            below_headline=number - at,
            before_text=self._first - number,
            behind_text=number - self._last,
            beside=max(beside, 0),
            linked=each.linked,
            bits=each.bits,
            tags=each.tags,
            alike=self._alike[each.path] if each.path else 1,
            of_teaser=self._is_of_teaser(number),
            of_comment=bool(each.bits & self._comment) and self._is_comment(each.container),
        )
        self._places[number] = place
        return place

    def _is_comment(self, container: int) -> bool:
        """Whether an element around is called a comment, and holds one: not the count of comments alone."""
        containers = self._page.blocks.containers if container >= 0 else []
        while container > 0:
            if containers[container].bits & self._comment and self._sizes[container] >= _COMMENT:
                return True
            container = containers[container].parent
        return False

    @cached_property
    def _sizes(self) -> list[int]:
        """The characters in each element of the page."""
        containers = self._page.blocks.containers
        sizes = [0] * len(containers)
        for block in self._page.blocks.blocks:
            sizes[block.container] += len(block.text)
        # An element comes before those in it.
        for number in range(len(containers) - 1, 0, -1):
            sizes[containers[number].parent] += sizes[number]
        return sizes

    def _is_of_teaser(self, number: int) -> bool:
        for distance in range(1, 6):
            if self._headline in (number - distance, number + distance):
                return False
            for beside in (number - distance, number + distance):
                if 0 <= beside < len(self._texts) and self._texts[beside].heading:
                    return self._texts[beside].linked
        return False

    def _in_elements(self) -> Iterator[Shown]:
        at = 0
        for node in self._page.tree.css(f"h1, {MARKED}")[:MOST_TIMES]:
            if node.tag == "h1":
                if self._headline is not None and at < self._headline:
                    key = letters(collapse(node.text(deep=True, separator=" ")))
                    at = self._headline if key == letters(self._texts[self._headline].text) else at
                continue
            said = of_element(node, self._language)
            if said is None:
                continue
            stated, origin = said
            text = collapse(node.text(deep=True, separator=" "))[:LONGEST]
            place = None
            if len(text) >= 3:
                number = self._holding(text, at)
                if number is not None:
                    at = number
                    place = self._place(number, len(self._texts[number].text) - len(text))
            if place is None:
                if _is_in_comment(node):
                    continue
            names = f"{node.attributes.get('class') or ''} {node.attributes.get('pubdate', '-')}"
            label: Label | None = _label_of(text[:_LABEL_REACH])
            if label is None and place is not None:
                whole = self._texts[at].text
                start = whole.find(text)
                label = _label_of(whole[max(0, start - _LABEL_REACH) : max(start, 0)])
                if label is None and not whole[:start].strip():
                    label = self._label_above(at)
            if says_changed(node):
                label = "updated"
            if origin == "prop" and place is not None and _is_of_list(place):
                origin = "time"
            marked = "pubdate" in node.attributes or "publish" in names or "entry-date" in names
            yield Shown(stated, origin, label, place, text[:80], marked=marked)

    def _holding(self, text: str, at: int) -> int | None:
        """The line that holds ``text``, the first from line ``at`` on."""
        number: int
        for number in (*range(at, len(self._texts)), *range(at)):
            each = self._texts[number].text
            if len(each) >= len(text) and text in each[: LONGEST * 3]:
                return number
        return None


def _texts_of(page: HtmlPage) -> Iterator[_Text]:
    if page.nearby is not None:
        for line in page.lines:
            tags = frozenset([line.tag, line.area or line.tag])
            yield _Text(line.text, line.linked, 0, tags, "", line.tag in _HEADINGS)
        return
    containers = page.blocks.containers
    known: dict[int, tuple[int, frozenset[str], str, bool]] = {}
    for block in page.blocks.blocks:
        about = known.get(block.container)
        if about is None:
            around = containers[block.container]
            heading = not _HEADINGS.isdisjoint(around.tags_around)
            about = around.bits_around, around.tags_around, around.path, heading
            known[block.container] = about
        bits, tags, path, heading = about
        linked = block.linked >= 0.9 * len(block.text)
        bits |= block.bits_inside
        if not block.breaks:
            yield _Text(block.text, linked, bits, tags, path, heading, block.container)
            continue
        for part in block.text.split("\n"):
            yield _Text(part, linked, bits, tags, path, heading, block.container)


def _headline(page: HtmlPage, texts: Sequence[_Text]) -> int | None:
    """The first line that is an ``h1``; without one, the first that the head calls the title."""
    named = {letters(text) for text in page.headings if len(text) > 5}
    stated = (
        text_of((page.article_node or {}).get("headline")),
        page.first_meta("og:title"),
        page.head_title,
    )
    titles = {letters(text) for text in stated if text and len(text) > 5}
    longest = max((len(text) for text in (*page.headings, *filter(None, stated))), default=0) + 10
    first: int | None = None
    for number, each in enumerate(texts[:_BEFORE_HEADLINE]):
        if not 5 < len(each.text) <= longest or "nav" in each.tags:
            continue
        key = letters(each.text)
        if key in named and (key in titles or len(named) == 1):
            return number
        if first is None and (key in named or key in titles):
            first = number
    return first


def _is_dated(text: str) -> bool:
    if len(text) <= LONGEST + _END:
        found = _DATED.search(text)
    else:
        found = _DATED.search(text, 0, LONGEST) or _DATED.search(text, len(text) - _END)
    return found is not None or (
        not text.isascii() and _DATED_ABROAD.search(text, 0, LONGEST) is not None
    )


def _is_prose(each: _Text) -> bool:
    if each.linked or each.heading or len(each.text) < _WIDE_PROSE:
        return False
    return len(each.text) >= _PROSE or _WIDE.search(each.text[:20]) is not None


def _is_of_list(place: Place) -> bool:
    """Whether a marked element stands among others like it, away from the headline: teasers are marked up too."""
    return place.of_teaser or (place.alike >= 3 and not -6 <= place.below_headline <= 12)


def _is_in_comment(node: LexborNode) -> bool:
    current = node.parent
    for _ in range(12):
        if current is None or current.tag in ("body", "main"):
            return False
        names = f"{current.attributes.get('class') or ''} {current.attributes.get('id') or ''}"
        if bits_of(names) & COMMENT and len(current.text(deep=True)) >= _COMMENT:
            return current.css_first("h1") is None
        current = current.parent
    return False


def _label_of(text: str) -> Label | None:
    folded = text.casefold()
    for name, pattern in _labels():
        if pattern.search(folded):
            return name
    return None


@cache
def _labels() -> tuple[tuple[Label, re.Pattern[str]], ...]:
    data = load_data("date_words")

    def pattern(words: list[str]) -> re.Pattern[str]:
        either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        return re.compile(rf"(?<![^\W\d_])(?:{either})(?![^\W\d_])|(?:{_without_blanks(words)})")

    return ("updated", pattern(data["updated"])), ("published", pattern(data["published"]))


def _without_blanks(words: list[str]) -> str:
    """Words of scripts that do not part words, which may stand against others."""
    return "|".join(re.escape(word) for word in words if word[0] > "\u3000") or "(?!)"
