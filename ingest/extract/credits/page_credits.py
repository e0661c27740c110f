"""Reads whom a page credits its text to, beyond the author byline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.extract.credits.candidate import Candidate
from ingest.extract.credits.gazetteer import gazetteer
from ingest.extract.credits.grammar.cues import phrase_words, tokens_of
from ingest.extract.credits.line_candidates import LineReading, is_label_alone, of_block, of_line
from ingest.extract.credits.metadata_candidates import Stated, of_address, of_statements
from ingest.extract.credits.names import spelling_in
from ingest.extract.credits.own_house import OwnHouse, country_of
from ingest.extract.credits.settling import Considered, decided_unweighed, settle
from ingest.extract.credits.spot import METADATA, Spot
from ingest.extract.credits.weighing import Placed, credits_model, evidence_of, key_of
from ingest.extract.page.folding import letters
from ingest.extract.page.lines import Line
from storage.article import Block, Credit, CreditPlace, Struck

__all__ = ["CreditInput", "CreditReading", "PageCandidates", "candidates_on", "read_credits"]


@dataclass(frozen=True, slots=True)
class CreditInput:
    """The parts of a page that may name a credit, each in the page's own words."""

    #: Visible lines above the body, in document order.
    head: tuple[Line, ...] = ()
    #: The body before chrome is struck.
    blocks: tuple[Block, ...] = ()
    #: Up to about forty visible lines after the body, in document order.
    tail: tuple[Line, ...] = ()
    #: Visible lines between the body's first and last that are not part of it, such as a byline
    #: under the standfirst.
    between: tuple[Line, ...] = ()
    #: Author strings as the page wrote them.
    byline: tuple[str, ...] = ()
    site_name: str | None = None
    page_url: str | None = None
    canonical_url: str | None = None
    #: Publisher as the page's structured data names it.
    publisher: str | None = None
    #: What JSON-LD, meta elements, the feed and logos say.
    stated: tuple[Stated, ...] = ()
    #: Gives ``letters`` of the texts of elements that the markup calls a source, an agency or a credit;
    #: asked only where a candidate is weighed.
    marked: Callable[[], frozenset[str]] = frozenset
    title: str = ""
    #: ISO 639-1 of the page, by its own word: of houses that share a name ("APA") it tells which is meant.
    language: str = ""


@dataclass(frozen=True, slots=True)
class CreditReading:
    """The credits of a page, and its body without the lines that are nothing else."""

    credits: tuple[Credit, ...]
    blocks: tuple[Block, ...]
    #: Lines taken out of the body, reason ``"credit"``.
    struck: tuple[Struck, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCandidates:
    """The candidates of a page and the evidence on each."""

    own: OwnHouse
    placed: tuple[Placed, ...]
    #: What each block gave, by its number.
    readings: dict[int, LineReading]
    #: A row of ``weighing.NAMES`` for each of ``placed``.
    rows: tuple[list[float], ...]


#: Lines above the text and between its blocks that are read.
_MOST_ABOVE, _MOST_BETWEEN, _MOST_BELOW = 24, 60, 40
#: Candidates of one page that are weighed; no article has so many.
_MOST_CANDIDATES = 100
#: The colon that a label above its name lacks, wide so that it is known from the page's own: cues ask for one.
_ADDED = "\ufe55"


def read_credits(reading: CreditInput) -> CreditReading:
    """Find the credits in ``reading`` and take lines that are only a credit out of its body.

    A dateline stays in its paragraph. A house that the page belongs to is not credited.
    """
    own, placed, readings, texts = _gathered(reading)
    if not placed:
        return CreditReading((), reading.blocks)
    # Most candidates of most pages name the page's own house: they are settled without being weighed.
    decided = [decided_unweighed(each, own) for each in placed]
    likely = [0.0] * len(placed)
    if None in decided:
        open_ones = [number for number, reason in enumerate(decided) if reason is None]
        _mark(placed, texts, open_ones, reading)
        rows = _rows(reading, placed, own, open_ones)
        for number, p in zip(open_ones, credits_model().probabilities(rows), strict=True):
            likely[number] = p
    considered = settle(placed, likely, own)
    blocks, struck = _without_credits(reading.blocks, readings, considered)
    said: dict[tuple[str, str], list[Considered]] = {}
    for each in considered:
        if each.credited:
            key = (each.candidate.role, key_of(each.candidate.name, each.candidate.house))
            said.setdefault(key, []).append(each)
    # Where several lines say the same, the first is the evidence, and it is as sure as the surest.
    credits = tuple(
        lines[0].as_credit(max(line.probability for line in lines)) for lines in said.values()
    )
    return CreditReading(credits, blocks, struck)


def candidates_on(reading: CreditInput) -> PageCandidates:
    """The candidates in ``reading``, unweighed."""
    own, placed, readings, texts = _gathered(reading)
    every = range(len(placed))
    _mark(placed, texts, every, reading)
    rows = _rows(reading, placed, own, every)
    return PageCandidates(own, tuple(placed), readings, tuple(rows))


def _rows(
    reading: CreditInput, placed: Sequence[Placed], own: OwnHouse, wanted: Sequence[int]
) -> list[list[float]]:
    """The evidence on those of ``placed`` whose numbers are ``wanted``."""
    if not wanted:
        return []
    return evidence_of(
        placed,
        own,
        text="\n".join([block.text for block in reading.blocks]),
        title=reading.title,
        authors=[key_of(author, None) for author in reading.byline],
        blocks=len(reading.blocks),
        wanted=wanted,
    )


def _gathered(
    reading: CreditInput,
) -> tuple[OwnHouse, list[Placed], dict[int, LineReading], dict[int, str]]:
    """The page's own house, its candidates, what each block gave, and the lines that candidates stand in.

    Blocks by their numbers, lines by those of the candidates, as the page has them.
    """
    own = OwnHouse.of(reading.site_name, reading.publisher, reading.page_url)
    placed: list[Placed] = []
    texts: dict[int, str] = {}
    readings: dict[int, LineReading] = {}
    for number, spot, text in _blocks(reading):
        read = of_block(text, spot, own)
        if not read.candidates:
            continue
        read = _as_meant(read, reading)
        near = (block.text for block in reading.blocks[max(0, number - 5) : number + 6])
        if any(c.role == "translator" for c in read.candidates) and _describe_a_book(near):
            # A translator among the data of a book is the book's.
            continue
        readings[number] = read
        texts.update(dict.fromkeys(_numbers(read, placed), reading.blocks[number].text))
        placed += _placed(read, spot, text)
    authors = {letters(author) for author in reading.byline}
    placed += _bylines(reading, own)
    for text, lines, number, spot in _lines(reading):
        if len(placed) >= _MOST_CANDIDATES:
            break
        sure = bool(authors) and letters(text) in authors
        read = of_line(text, spot, own, sure=sure)
        if not read.candidates:
            continue
        read = _as_meant(read, reading)
        around = (each.text for each in lines[max(0, number - 5) : number + 6])
        if any(c.role == "translator" for c in read.candidates) and _describe_a_book(around):
            continue
        texts.update(dict.fromkeys(_numbers(read, placed), lines[number].text))
        placed += _placed(read, spot, text)
    at = of_address(reading.canonical_url, reading.page_url)
    stated = [*([at] if at is not None else []), *of_statements(reading.stated, reading.page_url)]
    placed += (Placed(_meant(c, reading), METADATA, c.evidence) for c in stated)
    return own, _distributed(placed[:_MOST_CANDIDATES]), readings, texts


def _numbers(read: LineReading, placed: Sequence[Placed]) -> range:
    """The numbers that the candidates of ``read`` will have behind ``placed``."""
    return range(len(placed), len(placed) + len(read.candidates))


def _mark(
    placed: list[Placed], texts: dict[int, str], wanted: Iterable[int], reading: CreditInput
) -> None:
    """Note of those ``wanted`` whether the markup calls the line that they stand in a source or a credit.

    Asked of these alone: the question costs a look at every element of the page.
    """
    for number in wanted:
        text = texts.get(number)
        if text is not None and letters(text) in reading.marked():
            each = placed[number]
            placed[number] = replace(each, spot=each.spot._replace(marked=True))


def _as_meant(read: LineReading, reading: CreditInput) -> LineReading:
    """``read`` with the houses that the page means, and no colon in the evidence that only we have put there."""
    if not read.candidates:
        return read
    candidates = (_meant(each, reading) for each in read.candidates)
    return replace(
        read,
        candidates=tuple(
            replace(each, evidence=each.evidence.replace(_ADDED, ""))
            if _ADDED in each.evidence
            else each
            for each in candidates
        ),
    )


def _placed(read: LineReading, spot: Spot, text: str) -> Iterator[Placed]:
    line = text.replace(_ADDED, "")
    for each in read.candidates:
        yield Placed(each, spot._replace(where=_where(each, spot.where)), line)


def _meant(candidate: Candidate, reading: CreditInput) -> Candidate:
    """``candidate``, where several houses have the name, with the one of the page's country or language."""
    house = candidate.house
    if house is None or house.id not in gazetteer().sharing:
        return candidate
    name = spelling_in(candidate.evidence, house) or house.name
    other = gazetteer().find(
        name, weak=True, country=country_of(reading.page_url), language=reading.language
    )
    if other is None or other is house:
        return candidate
    return replace(candidate, house=other, name=other.name)


def _distributed(placed: list[Placed]) -> list[Placed]:
    """``placed``, where rights beside a distributor's name say whose the text is, not whose the page."""
    if not any(
        p.candidate.house is not None and p.candidate.house.id == "syndigate" for p in placed
    ):
        return placed
    return [
        replace(p, candidate=replace(p.candidate, form="cue", cue="distributed_by", loose=False))
        if p.candidate.form == "rights"
        else p
        for p in placed
    ]


def _where(candidate: Candidate, where: CreditPlace) -> CreditPlace:
    if candidate.form == "dateline":
        return "dateline"
    return "byline" if candidate.form == "byline" and where == "head" else where


def _blocks(reading: CreditInput) -> Iterator[tuple[int, Spot, str]]:
    """(number, place, text) of the blocks that are read."""
    blocks = reading.blocks
    texts = [number for number, block in enumerate(blocks) if block.type != "caption"]
    size = len(texts)
    for first, number in enumerate(texts):
        block = blocks[number]
        if block.type in ("code", "table") or not block.text:
            continue
        last = size - 1 - first
        before = blocks[number - 1] if number else None
        behind = blocks[number + 1] if number + 1 < len(blocks) else None
        text = block.text
        if is_label_alone(text) and behind is not None and len(behind.text) <= 160:
            text = _together(text, behind.text)
        spot = Spot(
            _place_of(first, last),
            first=first,
            last=last,
            area=block.type,
            after_caption=before is not None and before.type in ("caption", "table"),
            size_before=len(before.text) if before is not None else -1,
            size_behind=len(behind.text) if behind is not None else -1,
        )
        yield number, spot, text


def _place_of(first: int, last: int) -> CreditPlace:
    """Where a block stands; in a short text both ends meet in the middle."""
    if first < 4 and (last >= 8 or first < last):
        return "head"
    return "tail" if last < 8 else "body"


def _describe_a_book(near: Iterable[str]) -> bool:
    """Whether the lines ``near`` a translator are a book's data: the translator is the book's."""
    labels = tuple(phrase_words("book_data"))
    openings = (" ".join(t.text for t in tokens_of(text[:24])) for text in near)
    return any(opening.startswith(labels) for opening in openings)


def _bylines(reading: CreditInput, own: OwnHouse) -> Iterator[Placed]:
    for number, author in enumerate(reading.byline[:8]):
        if number and "/" in author:
            # Behind an author "Jane Doe / Agency" is who took the picture.
            continue
        spot = Spot("byline", above=number)
        for candidate in of_line(author, spot, own, sure=True).candidates:
            yield Placed(candidate, spot, author)


def _together(label: str, name: str) -> str:
    """A label and the name on the line below it, with the colon that cues ask for."""
    label = label.strip()
    return f"{label}{'' if label.endswith((':', '：', '՝')) else _ADDED} {name}"


def _lines(reading: CreditInput) -> Iterator[tuple[str, Sequence[Line], int, Spot]]:
    """(line, those around it, its number among them, place) outside the text; a label that stands alone with the line below it."""
    zones = (
        reading.head[-_MOST_ABOVE:],
        reading.between[:_MOST_BETWEEN],
        reading.tail[:_MOST_BELOW],
    )
    for zone, lines in enumerate(zones):
        label = ""
        for number, line in enumerate(lines):
            text = line.text
            if label:
                text, label = (_together(label, text) if len(text) <= 160 else text), ""
            elif is_label_alone(text):
                label = text
                continue
            yield (
                text,
                lines,
                number,
                Spot(
                    ("head", "tail", "tail")[zone],
                    above=len(lines) - 1 - number if zone == 0 else -1,
                    behind=number if zone == 2 else -1,
                    between=zone == 1,
                    area=line.area or line.tag,
                    linked=line.linked,
                    after_caption=number > 0 and lines[number - 1].area == "caption",
                    size_before=len(lines[number - 1].text) if number else -1,
                    size_behind=len(lines[number + 1].text) if number + 1 < len(lines) else -1,
                ),
            )


def _without_credits(
    blocks: tuple[Block, ...], readings: dict[int, LineReading], considered: Sequence[Considered]
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """``blocks`` without the lines and marks that are nothing but a credit, and these."""
    right = {_said_by(each.candidate) for each in considered if each.credited or each.own}
    if not right or not readings:
        return blocks, ()
    kept: list[Block] = []
    struck: list[Struck] = []
    for number, block in enumerate(blocks):
        read = readings.get(number)
        if read is None or not any(_said_by(c) in right for c in read.candidates):
            kept.append(block)
        elif read.pure and all(_said_by(c) in right for c in read.candidates):
            struck.append(Struck(block.text, "credit"))
        elif read.mark and any(
            _said_by(c) in right and c.form in ("sign_off", "last_words") for c in read.candidates
        ):
            struck.append(Struck(read.mark, "credit"))
            text = block.text.rstrip()[: -len(read.mark)].rstrip()
            kept.append(replace(block, text=text))
        else:
            kept.append(block)
    return tuple(kept), tuple(struck)


def _said_by(candidate: Candidate) -> tuple[str, str, str]:
    """What stays of a candidate where its form is judged anew."""
    return candidate.role, candidate.name, candidate.evidence
