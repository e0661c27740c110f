"""The candidates of one line of a page or one block of its text, in every form that the grammar has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.extract.credits.bylines import byline
from ingest.extract.credits.candidate import LONGEST_LINE, Candidate
from ingest.extract.credits.datelines import dateline
from ingest.extract.credits.dates import without_leading_day
from ingest.extract.credits.grammar.cues import may_announce, may_open
from ingest.extract.credits.line_sentences import sentences_of
from ingest.extract.credits.own_house import OwnHouse
from ingest.extract.credits.rights import rights_line
from ingest.extract.credits.sentences import is_residue, phrases
from ingest.extract.credits.sign_offs import (
    end_mark,
    host_line,
    line_mark,
    name_line,
    own_and_other,
    unknown_mark,
)
from ingest.extract.credits.spot import Spot

__all__ = ["LineReading", "is_label_alone", "of_block", "of_line"]

#: Blocks at either end of a text that are read whole; further inside only a line of its own is.
FIRST, LAST = 4, 8
#: Blocks at the end that may close with a mark, or be a name and nothing else.
_CLOSING = 5
#: Lines below the text that may be a byline or a name and nothing else.
_NEAR = 6
#: Lines below the text from which only cues and rights are read.
_FAR = 14
#: Characters of a line that may be nothing but a credit, of a byline, and of a mark.
_SHORT, _BYLINE, _MARK = 220, 120, 72
#: Characters of a byline that ends with a stop.
_LONGEST_STOPPED = 60
#: Characters of a paragraph that is looked at whole.
_LONG = 600
#: Longer lines that are links as a whole, without a label, are headlines of other articles.
_LONGEST_LINKED = 90


@dataclass(frozen=True, slots=True)
class LineReading:
    """What a line gives."""

    candidates: tuple[Candidate, ...] = ()
    #: Whether the line is nothing but credits.
    pure: bool = False
    #: The mark at its end that is nothing but a credit; empty where there is none.
    mark: str = ""


_NOTHING = LineReading()


def of_line(text: str, spot: Spot, own: OwnHouse, *, sure: bool = False) -> LineReading:
    """The candidates of a line outside the text.

    Args:
        text: the line.
        spot: where it stands.
        own: the page's own house.
        sure: whether the page's markup or metadata says that it is a byline.
    """
    headline = spot.linked and len(text) > _LONGEST_LINKED and ":" not in text[:30]
    if len(text) > LONGEST_LINE or headline:
        return _NOTHING
    return _line(
        without_leading_day(text),
        own,
        sure=sure,
        above=spot.above >= 0,
        near=spot.above >= 0 or spot.between or 0 <= spot.behind < _NEAR,
        far=spot.behind >= _FAR,
    )


# Most lines around a text stand on every page of its site.
@lru_cache(maxsize=4096)
def _line(
    text: str, own: OwnHouse, *, sure: bool, above: bool, near: bool, far: bool
) -> LineReading:
    if len(text) <= _MARK and not far:
        marks = line_mark(text, own.marks)
        if marks and not (above and sure) and not _says_more(marks, text):
            return LineReading(marks, pure=True)
    if not above and not far:
        beside = own_and_other(text, own.marks)
        if beside:
            return LineReading(beside, pure=True)
    rights = rights_line(text)
    if rights:
        return LineReading(rights, pure=True)
    found: list[Candidate] = []
    if near and len(text) <= _BYLINE and not _is_prose(text):
        found += byline(text, sure=sure) or name_line(text)
        if not found:
            found += host_line(text, above=above)
    return LineReading(_surest(found, _announced(text)))


def of_block(text: str, spot: Spot, own: OwnHouse) -> LineReading:
    """The candidates of a block of the text.

    Args:
        text: the block.
        spot: where it stands.
        own: the page's own house.
    """
    outer = spot.first < FIRST or spot.last < LAST
    short = len(text) <= _SHORT
    if not outer and (not short or not (text[0] in "([（" or may_open(text))):
        return _NOTHING
    if len(text) > _LONG and spot.first >= FIRST and spot.last >= _CLOSING:
        return _NOTHING
    closing = spot.last < _CLOSING
    heading = spot.area == "heading"
    if short and not heading:
        line = _whole_line(text, spot, own, closing=closing)
        if line.candidates:
            return line
    found: list[Candidate] = []
    if spot.first < FIRST and spot.area == "paragraph":
        found += dateline(text)
    # Of a long paragraph only the first and the last sentences are read.
    ends = text if len(text) <= _LONG else f"{text[: _LONG // 2]} {text[-_LONG // 2 :]}"
    sentences = sentences_of(text) if may_announce(ends) else []
    pure = bool(sentences) and len(text) <= LONGEST_LINE and not found
    seen: list[Candidate] = []
    for sentence, own_line in sentences:
        results = phrases(sentence, own_line=own_line and (not heading or closing))
        if spot.first >= FIRST or spot.area != "paragraph":
            # Further inside the same words are prose.
            results = [each for each in results if each.form != "dateline"]
        seen += results
        pure = pure and bool(results or is_residue(sentence))
    if heading and spot.where == "body":
        seen = []
    found = list(_surest(found, seen))
    if closing and not (seen and pure):
        marks, mark = end_mark(text, own.marks)
        if marks:
            return LineReading(_surest(found, marks), mark=mark)
    return LineReading(tuple(found), pure=bool(seen) and pure)


def _whole_line(text: str, spot: Spot, own: OwnHouse, *, closing: bool) -> LineReading:
    """The credits of a short block that is nothing but credits."""
    near = spot.first < FIRST or closing
    marked = line_mark(text, own.marks)
    if marked and not _says_more(marked, text):
        return LineReading(marked, pure=True) if near or text.strip()[0] in "([（" else _NOTHING
    if closing:
        marked = own_and_other(text, own.marks) or rights_line(text)
        if marked:
            return LineReading(marked, pure=True)
    byline_like = spot.area in ("paragraph", "quote")
    byline_like = byline_like and len(text) <= _BYLINE and not _is_prose(text)
    if near and byline_like and not may_announce(text):
        # What looks like a byline and is not sure to be one may close with a mark: read further.
        named = tuple(c for c in byline(text, sure=False) if not c.loose) or name_line(text)
        if not named and closing:
            named = host_line(text) or (unknown_mark(text) if spot.last == 0 else ())
        return LineReading(tuple(named), pure=True)
    if near and spot.where == "head" and len(text) <= _BYLINE:
        return LineReading(byline(text, sure=False), pure=True)
    return _NOTHING


def _is_prose(text: str) -> bool:
    """Whether ``text`` is a sentence, too long for a byline that ends with a stop."""
    return len(text) > _LONGEST_STOPPED and text[-1] in ".!?…。"


def _says_more(marks: tuple[Candidate, ...], text: str) -> bool:
    """Whether a cue says of ``text`` what its unsure ``marks`` leave open: "Mit Agenturmaterial."."""
    return all(mark.loose for mark in marks) and bool(_announced(text))


def is_label_alone(text: str) -> bool:
    """Whether ``text`` announces a name that the next line gives: "Quelle:"."""
    line = text.strip()
    return len(line) <= 24 and (
        line.endswith((":", "：", "՝")) or line.casefold() in _LABELS_WITHOUT_COLON
    )


#: Labels above their name, where the page's own design is the colon.
_LABELS_WITHOUT_COLON = frozenset(
    "source|sources|quelle|quellen|fuente|fuentes|fonte|bron|källa|kilde|źródło|zdroj|forrás|источник|джерело|kaynak|"
    "mənbə|المصدر|منبع|աղբյուր|աղբյուրը|წყარო|来源|來源|出典|提供|출처|translated by|translator|translation|übersetzt von|"
    "übersetzung|übersetzer|traducción|traduit par|traduction|tradução|traduzione|vertaling|翻訳者|翻訳|译者|譯者|翻译|перевод".split(
        "|"
    )
)


@lru_cache(maxsize=4096)
def _announced(line: str) -> tuple[Candidate, ...]:
    """What the cues of ``line`` announce; the lines around an article are those of the last one."""
    if not may_announce(line):
        return ()
    return tuple(
        candidate
        for sentence, own_line in sentences_of(line)
        for candidate in phrases(sentence, own_line=own_line)
        if candidate.form != "dateline"
    )


def _surest(found: Iterable[Candidate], more: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """All of them, of two for one credit the one that is sure: "Quelle: sid/dpa" is a label and looks like a byline."""
    best: dict[tuple[str, str], Candidate] = {}
    for candidate in (*found, *more):
        key = (candidate.role, candidate.name)
        held = best.get(key)
        if held is None or (held.loose and not candidate.loose):
            best[key] = candidate
    return tuple(best.values())
