"""Reads whom a page credits its text to, beyond the author byline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.extract.credits.bylines import byline
from ingest.extract.credits.finding import LONGEST_LINE, Finding
from ingest.extract.credits.gazetteer import House, gazetteer, host_brand, house_key
from ingest.extract.credits.marks import (
    copyright_line,
    dateline,
    end_mark,
    is_copyright,
    line_mark,
    own_and_other,
)
from ingest.extract.credits.names import host_of
from ingest.extract.credits.phrases import may_announce, may_open, phrase_words, tokens_of
from ingest.extract.credits.sentences import is_residue, phrases, sentences_of
from ingest.extract.page.folding import letters
from sources.address import registrable_domain
from storage.article import Block, Credit, CreditPlace, Struck

__all__ = ["CreditInput", "CreditReading", "read_credits"]


@dataclass(frozen=True, slots=True)
class CreditInput:
    """The parts of a page that may name a credit, each in the page's own words."""

    #: Visible lines above the body, in document order.
    head: tuple[str, ...] = ()
    #: The body before chrome is struck.
    blocks: tuple[Block, ...] = ()
    #: Up to about forty visible lines after the body, in document order.
    tail: tuple[str, ...] = ()
    #: Author strings as the page wrote them.
    byline: tuple[str, ...] = ()
    site_name: str | None = None
    page_url: str | None = None
    canonical_url: str | None = None
    #: Publisher as the page's structured data names it.
    publisher: str | None = None
    #: Names or addresses that JSON-LD ``isBasedOn`` and its like give.
    json_ld_sources: tuple[str, ...] = ()
    #: Visible lines between the body's first and last that are not part of it, such as a byline
    #: under the standfirst.
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditReading:
    """The credits of a page, and its body without the lines that are nothing else."""

    credits: tuple[Credit, ...]
    blocks: tuple[Block, ...]
    #: Lines taken out of the body, reason ``"credit"``.
    struck: tuple[Struck, ...] = ()


#: Lines of the tail near enough to the body for a mark or a source line to be its own.
_NEAR_TAIL = 12
_NEAR_HEAD = 16
#: Blocks at either end that can hold any credit; further inside only a line of its own does.
_FIRST, _LAST = 4, 8
_SHORT = 220


def read_credits(reading: CreditInput) -> CreditReading:
    """Find the credits in ``reading`` and take lines that are only a credit out of its body.

    A dateline stays in its paragraph. A house that the page belongs to is not credited.
    """
    site = _Site.of(reading)
    found: list[tuple[Finding, CreditPlace]] = []
    blocks, struck = _read_body(reading.blocks, site, found)
    _read_head(reading, site, found)
    _read_tail(reading.tail, site, found)
    _read_meta(reading, site, found)
    return CreditReading(_credits(found, site), tuple(blocks), tuple(struck))


@dataclass(frozen=True, slots=True)
class _Site:
    """What the page's own house is called."""

    keys: frozenset[str]
    marks: frozenset[str]
    domains: frozenset[str]
    brands: frozenset[str]

    @classmethod
    def of(cls, reading: CreditInput) -> _Site:
        host = host_of(reading.page_url)
        domains = {registrable_domain(host)} if host else set()
        names = [name for name in (reading.site_name, reading.publisher) if name]
        if host:
            # Pages of agency texts name the agency as their publisher.
            names = [
                n for n in names if (h := gazetteer().find(n)) is None or domains & set(h.hosts)
            ]
        keys = {house_key(name) for name in names}
        brands = {host_brand(domain) for domain in domains}
        marks = {word for key in keys for word in (key, "".join(w[0] for w in key.split()))}
        return cls(
            frozenset(keys - {""}),
            frozenset(marks | {brand.casefold() for brand in brands}),
            frozenset(domains),
            frozenset(letters(brand) for brand in brands),
        )

    def owns(self, name: str, house: House | None) -> bool:
        """Whether ``name`` is the page's own house."""
        if house is not None and self.domains & set(house.hosts):
            return True
        key, plain = house_key(name), letters(name)
        if key in self.keys or plain in self.brands:
            return True
        host = host_of(f"https://{name}") if "." in name and " " not in name else None
        if host:
            domain = registrable_domain(host)
            if domain in self.domains or letters(host_brand(domain)) in self.brands:
                return True
        long = len(plain) >= 6
        known = [letters(own) for own in self.keys] + list(self.brands)
        return long and any(plain in own or (len(own) >= 6 and own in plain) for own in known)


def _read_body(
    blocks: tuple[Block, ...], site: _Site, found: list[tuple[Finding, CreditPlace]]
) -> tuple[list[Block], list[Struck]]:
    kept: list[Block] = []
    struck: list[Struck] = []
    texts = [number for number, block in enumerate(blocks) if block.type != "caption"]
    first = set(texts[:_FIRST])
    last = set(texts[-_LAST:])
    closing = set(texts[-4:])
    labelled = set(texts[-5:])
    for number, block in enumerate(blocks):
        if block.type in ("caption", "code", "table") or not block.text:
            kept.append(block)
            continue
        text = block.text
        place = _place(number, len(blocks), first, last)
        short = len(text) <= _SHORT
        if number not in first and number not in last:
            # Further inside only a line of its own that opens as credits do is read.
            if not short or not (text[0] in "([（" or may_open(text)):
                kept.append(block)
                continue
        if short and block.type != "heading":
            taken = _line(text, site, place, near=number in first or number in closing)
            if taken:
                found.extend((finding, place) for finding in taken)
                struck.append(Struck(text, "credit"))
                continue
        if number in first and block.type == "paragraph":
            found.extend((finding, "dateline") for finding in dateline(text))
        sentences = sentences_of(text) if may_announce(text) else []
        pure = bool(sentences) and len(text) <= LONGEST_LINE
        seen: list[Finding] = []
        for sentence, own_line in sentences:
            own = own_line and (block.type != "heading" or number in labelled)
            results = phrases(sentence, own_line=own)
            if number not in labelled or (number and blocks[number - 1].type == "caption"):
                # "Quelle: X" further up stands under a picture, a table or a quotation.
                results = [f for f in results if not f.label or f.role not in ("source", "agency")]
            if any(f.role == "translator" for f in results) and _is_book_data(blocks, number):
                results = []
            seen += results
            pure = pure and bool(results or is_residue(sentence))
        if block.type == "heading" and place == "body":
            seen = []
        found.extend((finding, place) for finding in seen)
        if seen and pure:
            struck.append(Struck(text, "credit"))
            continue
        if number in closing:
            marks, mark = end_mark(text, site.marks)
            if marks:
                found.extend((finding, "tail") for finding in marks)
                struck.append(Struck(mark, "credit"))
                block = replace(block, text=text.rstrip()[: -len(mark)].rstrip())  # noqa: PLW2901
        kept.append(block)
    return kept, struck


def _place(number: int, size: int, first: set[int], last: set[int]) -> CreditPlace:
    """Where block ``number`` of ``size`` stands; in a short text both ends meet in the middle."""
    if number in first and (number not in last or 2 * number < size - 1):
        return "head"
    return "tail" if number in last else "body"


def _is_book_data(blocks: tuple[Block, ...], number: int) -> bool:
    """Whether the lines around ``number`` describe a book: its translator is not the page's."""
    around = blocks[max(0, number - 5) : number + 6]
    labels = tuple(phrase_words("book_data"))
    openings = (" ".join(t.text for t in tokens_of(block.text[:24])) for block in around)
    return any(opening.startswith(labels) for opening in openings)


def _line(text: str, site: _Site, place: CreditPlace, *, near: bool) -> tuple[Finding, ...]:
    """The credits of a short line that is nothing but credits."""
    marked = line_mark(text, site.marks)
    if near and place == "tail":
        marked = marked or own_and_other(text, site.marks)
        marked = marked or copyright_line(text, syndicated=False)
    if marked:
        line = text.strip()
        if near or line[0] in "([（":
            return marked
        return ()
    if near and place == "head" and len(text) <= 120:
        named = byline(text, sure=False)
        if named:
            return named
    return ()


def _read_head(reading: CreditInput, site: _Site, found: list[tuple[Finding, CreditPlace]]) -> None:
    authors = {letters(author) for author in reading.byline}
    for number, author in enumerate(reading.byline[:8]):
        if number and "/" in author:
            # Behind an author "Jane Doe / Agency" is who took the picture.
            continue
        for finding in byline(author, sure=True):
            if number < 2 or (number < 4 and finding.role == "agency"):
                found.append((finding, "byline"))
    near = (
        *reading.head[-_NEAR_HEAD:],
        *(line for line in reading.between[:20] if len(line) <= 120),
    )
    for line in near:
        if len(line) > LONGEST_LINE:
            continue
        sure = letters(line) in authors
        named = byline(line, sure=sure)
        if named:
            found.extend((finding, "byline") for finding in named)
            continue
        found.extend(
            (finding, "head")
            for finding in _announced(line)
            # above the text "Quelle: X" stands under a picture
            if not finding.label or finding.role not in ("source", "agency")
        )
    for line in reading.between[:60]:
        stripped = line.strip()
        if len(stripped) <= 72 and stripped[:1] in ("(", "（") and stripped[-1:] in (")", "）"):
            found.extend((finding, "tail") for finding in line_mark(stripped, site.marks))


def _joined(lines: Iterable[str]) -> Iterable[str]:
    """``lines``, a label that stands alone ("Quelle:") together with the line below it."""
    label = ""
    for line in lines:
        if label:
            yield f"{label} {line}" if len(line) <= 160 else line
            label = ""
        elif len(line) <= 24 and line.rstrip().endswith((":", "：")):
            label = line.strip()
        else:
            yield line


def _read_tail(
    tail: tuple[str, ...], site: _Site, found: list[tuple[Finding, CreditPlace]]
) -> None:
    syndicated = any("syndigate" in line.casefold() for line in tail[:40] if len(line) <= 60)
    lines = list(_joined(tail[:40]))
    for number, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            continue
        rights = copyright_line(line, syndicated=syndicated, licensed_only=number >= _NEAR_TAIL)
        if rights:
            found.extend((finding, "tail") for finding in rights)
            continue
        if number < _NEAR_TAIL and len(line) <= 72:
            marks = line_mark(line, site.marks)
            if marks and (number < 2 or line.strip()[0] in "([/（" or "/" in line):
                found.extend((finding, "tail") for finding in marks)
                continue
        for finding in _announced(line):
            if number < _NEAR_TAIL or finding.role in ("original_publisher", "translator"):
                found.append((finding, "tail"))


@lru_cache(maxsize=4096)
def _announced(line: str) -> tuple[Finding, ...]:
    """What the phrases of ``line`` announce; the lines around an article are those of the last one."""
    if not may_announce(line):
        return ()
    return tuple(
        finding
        for sentence, own_line in sentences_of(line)
        for finding in phrases(sentence, own_line=own_line)
    )


def _read_meta(reading: CreditInput, site: _Site, found: list[tuple[Finding, CreditPlace]]) -> None:
    own = host_of(reading.page_url)
    for address in (reading.canonical_url, *reading.json_ld_sources[:8]):
        other = host_of(address)
        if not address or not other or not own:
            continue
        domain, ours = registrable_domain(other), registrable_domain(own)
        if (
            domain == ours
            or domain in gazetteer().platforms
            or ours in gazetteer().platforms
            or other.replace(".", "").isdigit()
        ):
            continue
        if _path(address) == _path(reading.page_url or ""):
            # One publishing system under several hosts of its house.
            continue
        brand, our_brand = letters(host_brand(domain)), letters(host_brand(ours))
        if brand == our_brand or (
            min(len(brand), len(our_brand)) >= 4 and (brand in our_brand or our_brand in brand)
        ):
            continue
        if not _is_article_address(address):
            continue
        house = gazetteer().by_host(other)
        name = house.name if house is not None else other
        found.append((Finding("original_publisher", name, address, house), "meta"))


def _path(address: str) -> str:
    return address.strip().partition("://")[2].partition("/")[2].partition("?")[0].rstrip("/")


def _is_article_address(address: str) -> bool:
    """Whether ``address`` has a path as articles have: a slug of words, or a long number."""
    last = _path(address).rpartition("/")[2]
    return last.count("-") >= 2 or last.count("_") >= 2 or sum(c.isdigit() for c in last) >= 5


def _credits(found: Iterable[tuple[Finding, CreditPlace]], site: _Site) -> tuple[Credit, ...]:
    credits: dict[tuple[str, str], Credit] = {}
    for finding, where in found:
        if site.owns(finding.name, finding.house) and finding.role in (
            "agency",
            "original_publisher",
            "source",
        ):
            continue
        key = (finding.role, house_key(finding.name) or finding.name)
        credits.setdefault(key, Credit(finding.role, finding.name, finding.evidence, where))
    # "© The Associated Press" says whose the text is only where nothing else does.
    agencies = {name for role, name in credits if role == "agency"}
    if len(agencies) > 1:
        notices = [
            held
            for held, credit in credits.items()
            if credit.role == "agency" and is_copyright(credit.evidence)
        ]
        for held in notices:
            del credits[held]
    published = {name for role, name in credits if role == "original_publisher"}
    return tuple(
        credit
        for (role, name), credit in credits.items()
        if not (role == "source" and name in published)
    )
