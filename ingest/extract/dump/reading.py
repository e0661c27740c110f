"""The article in a text dump: its lines told apart, then what is said around the text, then the same
finishing as a page gets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.extract.chrome.chrome import ChromeContext, strike_chrome
from ingest.extract.chrome.repeats import strike_repeats
from ingest.extract.chrome.site_lines import strike_site_lines
from ingest.extract.credits.page_credits import CreditInput, CreditReading, read_credits
from ingest.extract.dump import model
from ingest.extract.dump.decisions import text_of_odds
from ingest.extract.dump.header import Statements, read_header
from ingest.extract.dump.headline import headline_of, without_site
from ingest.extract.dump.kinds import read_lines
from ingest.extract.dump.lines import TooLong, lines_of, rows_of
from ingest.extract.dump.outside import SHORTENED, Said, outside_lines
from ingest.extract.dump.refusing import refuse_text
from ingest.extract.dump.said import Place, authors_said, times_said
from ingest.extract.dump.several import end_of_first
from ingest.extract.metadata.author_names import names_in
from ingest.extract.metadata.language import language_of
from ingest.extract.metadata.times.address import date_of_address
from ingest.extract.metadata.times.plausible import possible_time
from ingest.extract.metadata.times.stated_times import stated_time
from ingest.extract.metadata.times.visible_dates import visible_time
from ingest.extract.page.folding import fold, letters
from ingest.extract.page.lines import Line
from ingest.extract.page_context import PageContext
from ingest.extract.refusal import Refusal, is_front_page
from ingest.extract.verdict.by_source import refused_by_source
from sources.hosting import same_site
from sources.source import ExtractRules
from storage.article import Article, Block, Struck

if TYPE_CHECKING:
    from ingest.extract.dump.kinds import Lines
    from ingest.extract.dump.line import DumpLine
    from ingest.extract.metadata.author_names import Author

__all__ = ["extract_text"]

#: Weighted characters of text from which there is an article.
_LEAST = 60
#: Characters from which a text is more than the beginning that a paywall shows.
_WHOLE = 1500
_CUT = ("[…]", "[...]", "(...)", "(…)")
#: What a paragraph has before others, in log-odds, for standing in the run that holds most prose.
_OF_RUN = 1.0
#: Lines above the text that may hold a credit, and those at either end that are read as its own.
_NEAR, _CLOSE = 14, 4


@dataclass(frozen=True, slots=True)
class _Dump:
    """The lines of one dump, and what the models make of them."""

    lines: list[DumpLine]
    read: Lines
    #: The headline's line.
    headline: int | None
    #: Whether each line is of the text.
    is_text: list[bool]


def extract_text(text: str, about: PageContext | None = None) -> Article | Refusal:
    """The article in a plain text dump, or why it is none."""
    about = about or PageContext()
    try:
        rows = rows_of(text)
        stated, start = read_header(rows)
        lines = lines_of(rows[start:])
    except TooLong:
        return Refusal(about.url, "too_costly", "more lines than any article has: not read")
    url = _address(stated, about)
    if not lines:
        return Refusal(url, "no_text", "the text holds no paragraph of an article")
    rules = about.source.extract if about.source else ExtractRules()
    names = _site_names(stated, about, url)
    end = end_of_first(lines)
    dump = _decided(lines[:end], stated, about, names)
    return _article(dump, lines[end:], stated, about, url, rules, names)


def _decided(
    lines: list[DumpLine], stated: Statements, about: PageContext, names: tuple[str, ...]
) -> _Dump:
    read = read_lines(lines)
    rows = model.rows_of(lines, read, about.site)
    odds = model.title_odds(rows)
    known = stated.first("title") or (about.link.title if about.link else None)
    headline = _stands(read, known)
    if headline is None:
        headline = headline_of(lines, read, odds, names)
    if headline is not None:
        odds[headline] = max(odds[headline], max(odds) + 0.01)
    found = model.text_odds(model.with_title(rows, lines, read, odds))
    for number in range(read.first, read.last + 1):
        found[number] += _OF_RUN if read.prose[number] else 0.0
    is_text = text_of_odds(found)
    for number, line in enumerate(lines):
        if line.mark or number == headline or not (read.keys[number] or line.type == "code"):
            is_text[number] = False
    return _Dump(lines, read, headline, is_text)


def _stands(read: Lines, title: str | None) -> int | None:
    """The last line above the end of the text that is ``title``."""
    key = letters(title) if title else ""
    if not key:
        return None
    numbers = [n for n in range(read.last + 1) if read.keys[n] == key]
    before = [n for n in numbers if n <= read.first] or numbers
    return before[-1] if before else None


def _article(
    dump: _Dump,
    rest: Sequence[DumpLine],
    stated: Statements,
    about: PageContext,
    url: str | None,
    rules: ExtractRules,
    names: tuple[str, ...],
) -> Article | Refusal:
    lines, read = dump.lines, dump.read
    kept = [n for n, is_text in enumerate(dump.is_text) if is_text]
    first, last = (kept[0], kept[-1]) if kept else (read.first, read.last)
    place = Place(dump.headline, first, last)
    own = frozenset(fold(name) for name in names)
    title = stated.first("title") or (
        without_site(lines[dump.headline].text, {*read.keys, *map(letters, names)})
        if dump.headline is not None
        else None
    )
    title = title or (about.link.title if about.link else None)
    blocks = tuple(Block(lines[n].type, lines[n].text) for n in kept)
    refused = refused_by_source(rules, (url, about.url), "article") or refuse_text(
        url, title, blocks, [line.text for line in lines[:60]]
    )
    if refused is not None:
        return refused
    plain = " ".join(block.text for block in blocks)
    declared = _language(stated) or (about.source.language if about.source else None)
    language = language_of(plain, declared)
    authors, bylines, of_authors = _authors(dump, stated, place, own, about)
    published, modified, of_times = _times(dump, stated, place, language, about)
    reading = _credits(dump, place, blocks, stated, bylines, names, url, title, language)
    blocks, struck = strike_chrome(
        reading.blocks,
        ChromeContext(
            titles=tuple(
                t for t in dict.fromkeys((title, about.link.title if about.link else None)) if t
            ),
            authors=tuple(author.name for author in authors),
            site_name=next(iter(names), None),
            lines=rules.chrome,
            language=language,
        ),
    )
    blocks, repeated = _without_notices(blocks, [author.name for author in authors])
    if about.site is not None and about.site.counts:
        blocks, sites = strike_site_lines(blocks, about.site)
    else:
        sites = ()
    while blocks and blocks[-1].type == "heading":
        struck, blocks = (*struck, Struck(blocks[-1].text, "lost_heading")), blocks[:-1]
    if not any(block.type in ("paragraph", "list_item", "quote") for block in blocks) or (
        sum(len(block.text) for block in blocks) < _LEAST
    ):
        return Refusal(url, "no_text", "the text holds no paragraph of an article")
    of_credits = {letters(credit.evidence) for credit in reading.credits} - {""}
    said = Said(place, of_authors, of_times, frozenset(of_credits), rules.chrome)
    outside = outside_lines(dump.lines, dump.read, dump.is_text, dump.headline, said)
    return Article(
        url=url,
        title=title,
        blocks=blocks,
        standfirst=stated.first("standfirst"),
        authors=tuple(author.name for author in authors),
        organisations=tuple(author.name for author in authors if author.organisation),
        published_at=published,
        modified_at=modified,
        language=language,
        section=stated.first("section"),
        tags=_tags(stated),
        credits=reading.credits,
        struck=(
            *(Struck(row[:SHORTENED], "header") for row in stated.rows),
            *outside,
            *reading.struck,
            *struck,
            *repeated,
            *sites,
            *(Struck(line.text[:SHORTENED], "next_article") for line in rest),
        ),
        complete=_is_complete(blocks, lines[last + 1 :]),
        source=about.source.name if about.source else None,
        extractor="text",
        declared_language=_language(stated),
    )


def _credits(
    dump: _Dump,
    place: Place,
    blocks: tuple[Block, ...],
    stated: Statements,
    bylines: tuple[str, ...],
    names: tuple[str, ...],
    url: str | None,
    title: str | None,
    language: str | None,
) -> CreditReading:
    """The credits; lines close to the text are read as if they were its own, and are not among its blocks."""
    lines = dump.lines
    above = [n for n in range(max(0, place.first - _NEAR), place.first) if n != dump.headline]
    below = range(place.last + 1, min(place.last + 41, len(lines)))
    head = [lines[n].text for n in above]
    close = [
        [
            Block("paragraph", lines[n].text)
            for n in some
            if dump.read.kinds[n] in (0, 6, 8) and not lines[n].mark
        ]
        for some in (above[-_CLOSE:], below[:_CLOSE])
    ]
    named = (value for value in stated.said.get("source", ()) if "://" not in value)
    close[1] += [Block("paragraph", f"Source: {value}") for value in named]
    reading = read_credits(
        CreditInput(
            head=tuple(Line(text, linked=False, area=None, tag="p") for text in head),
            blocks=(*close[0], *blocks, *close[1]),
            tail=tuple(Line(lines[n].text, linked=False, area=None, tag="p") for n in below),
            byline=bylines,
            site_name=next(iter(names), None),
            page_url=url,
            title=title or "",
            language=language or "",
        )
    )
    extra = {id(block) for some in close for block in some}
    outside = Counter(block.text for some in close for block in some)
    left = [block for block in reading.blocks if id(block) not in extra]
    return replace(
        reading,
        # A block that a mark was cut off from is a new one: of the text only what stood in it is left.
        blocks=tuple(b for b in left if not outside[b.text]),
        struck=tuple(line for line in reading.struck if not outside[line.text]),
    )


def _without_notices(
    blocks: tuple[Block, ...], authors: Sequence[str]
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """As ``strike_repeats``; what a dump marks as a quotation is the author's own, not a designer's."""
    plain = tuple(replace(b, type="paragraph") if b.type == "quote" else b for b in blocks)
    kept, struck = strike_repeats(plain, authors)
    left = list(kept)
    found = [b for b, p in zip(blocks, plain, strict=True) if left and left[0] is p and left.pop(0)]
    return tuple(found), struck


def _address(stated: Statements, about: PageContext) -> str | None:
    """The address that the dump states, where that is one of an article of the same site."""
    for said in (*stated.said.get("url", ()), *stated.said.get("source", ())):
        try:
            parts = urlsplit(said)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and not is_front_page(said):
            if about.url is None or same_site(said, about.url):
                return said
    return about.url


def _site_names(stated: Statements, about: PageContext, url: str | None) -> tuple[str, ...]:
    names = [about.source.title if about.source else None]
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    except ValueError:
        host = ""
    names += [host, host.rpartition(".")[0], host.split(".")[0]] if host else []
    return tuple(dict.fromkeys(name for name in names if name))


def _language(stated: Statements) -> str | None:
    said = (stated.first("language") or "").strip().lower().replace("_", "-").partition("-")[0]
    return said if len(said) == 2 and said.isalpha() and said.isascii() else None


def _tags(stated: Statements) -> tuple[str, ...]:
    said = (part.strip(" #") for value in stated.said.get("tags", ()) for part in value.split(","))
    return tuple(dict.fromkeys(tag for tag in said if tag))[:40]


def _authors(
    dump: _Dump, stated: Statements, place: Place, own: frozenset[str], about: PageContext
) -> tuple[tuple[Author, ...], tuple[str, ...], frozenset[int]]:
    found, bylines, used = authors_said(dump.lines, dump.read, place, own)
    said = stated.said.get("author", ())
    of_header = names_in(said, own=own)
    if of_header:
        return of_header, tuple(said), used
    if not found and about.link and about.link.authors:
        return names_in(about.link.authors, own=own), tuple(about.link.authors), used
    return found, bylines, used


def _times(
    dump: _Dump, stated: Statements, place: Place, language: str | None, about: PageContext
) -> tuple[str | None, str | None, frozenset[int]]:
    published, modified, used = times_said(dump.lines, place, language, about.now)
    said = [_time_in(value, language) for value in stated.said.get("date", ())]
    changed = [_time_in(value, language) for value in stated.said.get("modified", ())]
    published = next((t for t in said if possible_time(t, about.now)), None) or published
    modified = next((t for t in changed if possible_time(t, about.now)), None) or modified
    if published is None and about.link and about.link.published:
        published = possible_time(about.link.published, about.now)
    published = published or possible_time(date_of_address(about.url), about.now)
    return published, modified, used


def _time_in(text: str, language: str | None) -> str | None:
    return stated_time(text) or visible_time(text, language)


def _is_complete(blocks: tuple[Block, ...], below: Sequence[DumpLine]) -> bool:
    last = blocks[-1].text if blocks else ""
    return not last.endswith(_CUT)
