"""Strikes lines of a body that are the site's and not the article's.

The rules are data (``data/chrome.toml``, some 5,000 phrases in thirty languages): a line is struck
for being, whole, what sites write around articles, never for a word in it. Which rule a line meets
is found by looking up the line and its ends, so the number of rules costs nothing.

Beside the phrases a line is struck for repeating what the page says elsewhere: its title, its
authors, the line or paragraph before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from ingest.extract.credits.persons import is_person
from ingest.extract.data import load_data
from ingest.extract.page.folding import fold, letters
from ingest.extract.page.prose import WIDE, is_prose
from storage.article import Block, Struck

__all__ = ["ChromeContext", "chrome_kind", "is_byline", "strike_chrome"]

#: Longer lines are prose, whatever they begin with.
LONGEST = 320
#: A paragraph of so many characters is the article's own prose (signs of scripts without blanks
#: between words count three times).
_PROSE = 120
#: Blocks at both ends that are edges however long they are.
_FIRST, _LAST = 2, 4
_HEAD = 8
#: A quotation of so many letters that stands in the text before is a pull quote.
_TWICE = 60
#: A line of so many letters that stands twice in a row was printed twice.
_ONCE_MORE = 15
#: A title so long is not also a sentence of the text.
_LONG_TITLE = 24
#: Ends of a line that are compared; shorter phrases have an entry of their own.
_PROBE = 3
_LEADING = " \t\u00a0.,;•·|>*-–—_~#→←↑↓«»\"'“”„‘’…●■◆○□▪▸‣✔✓👉🔴"
_TRAILING = " \t\u00a0.,;•·|*:!?"
_SENTENCES = re.compile(r"[.!?][\"”’')]?\s|[。！？]")
#: "Home > News > Region": short names between arrows, none of them a sentence.
_BREADCRUMB = re.compile(r"[^.!?。>›»]{1,30}(?:\s[>›»]\s[^.!?。>›»]{1,40}){1,6}")
_DATE_LINE = re.compile(
    r"(?:[^\W\d_]{2,12}[.,]{0,2}\s)?"
    r"(?:\d{1,2}[./\s-]{1,2}(?:\d{1,2}|[^\W\d_]{3,12})[./\s,-]{1,2}\d{2,4}|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|\d{4}년 ?\d{1,2}월 ?\d{1,2}일)"
    r"(?:[\s,|·•at-]{0,6}\d{1,2}[:.時h]\s?\d{2}分?(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s?(?:uhr|utc|gmt|[a-z]{2,4}))?)?"
    r"(?:\s?\([^()]{3,30}\))?"
)
#: "1.5x": buttons of players.
_SPEED = re.compile(r"\d(?:[.,]\d{1,2})?\s?[x×]")
#: "© Jane Doe/AFP" within a text is a picture's; with a year it is the site's and stands at its end.
_OWNER = re.compile(r"[©Ⓒ]\s?\D+$")
_PICTURE = 80
#: "© 2003 The Brook Gazette": whose a page is, at the end of its text.
_COPYRIGHT = re.compile(
    r"(?:copyright\s{0,2}(?:©|\(c\))?|©|\(c\))\s{0,2}(?:by\s)?(?:19|20)\d\d\b", re.IGNORECASE
)
_NOTICE = 200
_COUNTER = re.compile(
    r"\d{1,7}[.,]?\d{0,3}[km]?\s?(?:shares?|views?|likes?|comments?|kommentare?|replies|reads|retweets|votes?|aufrufe|commentaires?|comentarios?|visualizações|visualizzazioni|reacties|просмотров|комментари(?:й|я|ев)|görüntülenme|조회)|\d{1,3}\s?(?:/|of|von|de|di|sur|van|из|z)\s?/?\s?\d{1,3}"
)
_BY = re.compile(
    r"(?:by|von|par|por|di|door|av|af|przez|от|автор|writer|author|text|story by|reported by|written by|oleh|penulis|autor|autora)[:\s]\s{0,3}",
    re.IGNORECASE,
)
#: Between the names of two who wrote it.
_AND = re.compile(r"\s(?:and|und|et|y|e|en|og|och|&)\s")
_SIGN_OFF = re.compile(r"\([a-zäöü]{2,4}(?:/[a-zäöü]{2,4})?\)")


@dataclass(frozen=True, slots=True)
class ChromeContext:
    """What is known of the page beside its body, which tells its own words from the site's."""

    #: Titles as metadata and headline give them: a line that repeats one is a doubled title.
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    site_name: str | None = None
    #: Chrome lines of the source file.
    lines: tuple[str, ...] = ()
    #: ISO 639-1, where known.
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    longest: int
    edges: bool
    digits: bool
    introduces: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    whole: dict[str, _Kind] = field(default_factory=dict)
    weak: dict[str, _Kind] = field(default_factory=dict)
    #: By the first and last signs of the phrase.
    beginnings: dict[str, list[tuple[str, _Kind]]] = field(default_factory=dict)
    endings: dict[str, list[tuple[str, _Kind]]] = field(default_factory=dict)


@cache
def _rules() -> _Rules:
    rules = _Rules()
    tables: dict[str, dict[str, Any]] = load_data("chrome")
    for name, table in tables.items():
        kind = _Kind(
            name,
            table["longest"],
            table["where"] == "edges",
            table.get("digits", False),
            table.get("introduces", False),
        )
        for phrases in table.values():
            if not isinstance(phrases, dict):
                continue
            for line in phrases.get("lines", ()):
                rules.whole.setdefault(fold(line), kind)
            for line in phrases.get("weak", ()):
                rules.weak.setdefault(fold(line), kind)
            for line in phrases.get("beginnings", ()):
                lead = _guarded(line).lstrip(_LEADING) or _guarded(line)
                rules.beginnings.setdefault(lead[:_PROBE], []).append((lead, kind))
            for line in phrases.get("endings", ()):
                rest = _guarded(line)
                rules.endings.setdefault(rest[-_PROBE:], []).append((rest, kind))
    rules.whole.pop("", None)
    rules.weak.pop("", None)
    return rules


@lru_cache(maxsize=4096)
def _guarded(text: str) -> str:
    """Folded like ``fold``, but brackets, bars and colons at the ends stay."""
    folded = fold(f"x{text.strip()}x")[1:-1]
    return " ".join(folded.replace(" :", ":").split())


def chrome_kind(text: str, *, edge: bool) -> str | None:
    """The kind of chrome that a whole line is, or ``None``.

    Args:
        text: the line.
        edge: whether it stands before or behind the prose of its text.
    """
    kind = _kind(text, edge=edge, heading=False) if len(text) <= LONGEST else None
    return kind.name if kind is not None else None


@lru_cache(maxsize=4096)
def _kind(text: str, *, edge: bool, heading: bool) -> _Kind | None:
    """The kind of a line of up to ``LONGEST`` characters: each is asked about at several steps."""
    rules = _rules()
    folded = fold(text)
    if not folded:
        return _ORNAMENT if edge and text.strip() and not set(text) & set("{}[]()<>=") else None
    kind = rules.whole.get(folded)
    if kind is not None and (edge or not kind.edges):
        return kind
    kind = rules.weak.get(folded)
    if kind is not None and edge and not heading:
        return kind
    found = _by_its_ends(text, edge=edge)
    if found is not None:
        return found
    if _SPEED.fullmatch(folded):
        return _PLAYER
    if len(text) <= _PICTURE and _OWNER.match(text):
        return _OF_PICTURE
    if edge and len(text) <= _NOTICE and _COPYRIGHT.match(text):
        return _LEGAL
    if edge and len(text) <= 72 and not heading:
        if _DATE_LINE.fullmatch(folded):
            return _TIMESTAMP
        if _COUNTER.fullmatch(folded):
            return _COUNTED
        if _BREADCRUMB.fullmatch(text):
            return _PATH
    return None


_ORNAMENT = _Kind("ornament", LONGEST, True, False, False)
_TIMESTAMP = _Kind("timestamp", 72, True, True, False)
_PATH = _Kind("breadcrumb", 72, True, True, False)
_PLAYER = _Kind("player", 8, False, True, False)
_LEGAL = _Kind("legal", _NOTICE, True, False, False)
_OF_PICTURE = _Kind("caption", _PICTURE, False, False, False)
_COUNTED = _Kind("share", 72, True, True, False)


def _by_its_ends(text: str, *, edge: bool) -> _Kind | None:
    """The kind of the longest phrase that the line begins or ends with."""
    rules = _rules()
    line = _guarded(text).lstrip(_LEADING)
    closed = line.rstrip(_TRAILING)
    best: tuple[int, _Kind] | None = None
    for size in range(1, _PROBE + 1):
        for phrase, kind in rules.beginnings.get(line[:size], ()):
            if (
                line.startswith(phrase)
                and _fits(text, kind, edge=edge)
                and _stands_apart(phrase[-1], line[len(phrase) : len(phrase) + 1])
                and not (kind.digits and not line[len(phrase) :].lstrip()[:1].isdigit())
                and (best is None or len(phrase) > best[0])
            ):
                best = (len(phrase), kind)
        for phrase, kind in rules.endings.get(closed[-size:], ()):
            if (
                closed.endswith(phrase)
                and _fits(text, kind, edge=edge)
                and _stands_apart(phrase[0], closed[: -len(phrase)][-1:])
                # "4 min read", "Jane Doe · 4 min read", but not "He died 2 days ago"
                and not (kind.digits and not (line[0].isdigit() or set(line) & set("·•|")))
                and (best is None or len(phrase) > best[0])
            ):
                best = (len(phrase), kind)
    return best[1] if best is not None else None


def _stands_apart(inner: str, outer: str) -> bool:
    """Whether a phrase ends where a word does: "more:" anywhere, "ads" not within "adsorption"."""
    if not outer or not (inner.isalnum() and outer.isalnum()):
        return True
    return bool(WIDE.match(inner)) or inner.isdigit() != outer.isdigit()


def _fits(text: str, kind: _Kind, *, edge: bool) -> bool:
    if len(text) > kind.longest or (kind.edges and not edge):
        return False
    if kind.name in ("legal", "ad", "page_anchor", "prompt"):
        return True
    # A line that begins like chrome and goes on for several sentences is a story.
    return len(_SENTENCES.findall(text)) < 2


def strike_chrome(
    blocks: Sequence[Block], context: ChromeContext
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into those of the article and the lines struck, in their order.

    Reasons are the kinds of ``data/chrome.toml``, and ``doubled_title``, ``doubled_line``,
    ``ornament``, ``source_line`` (named by the source file, of no kind that has a name).
    """
    page = _Page.of(blocks, context)
    reasons: list[str | None] = []
    seen: set[str] = set()
    last = ""
    for number, block in enumerate(blocks):
        reason = _reason(number, block, page)
        key = letters(block.text)
        if reason is None and reasons and reasons[-1] == "share" and block.text.strip().isdigit():
            reason = "share"
        if reason is None and key and block.type not in ("code", "table"):
            if (key == last and len(key) >= _ONCE_MORE) or (
                block.type == "quote" and len(key) >= _TWICE and key in seen
            ):
                reason = "doubled_line"
            seen.add(key)
            last = key
        reasons.append(reason)
    reasons = list(_with_what_they_introduce(blocks, reasons, page))
    kept = tuple(block for block, reason in zip(blocks, reasons, strict=True) if reason is None)
    struck = tuple(
        Struck(block.text, reason) for block, reason in zip(blocks, reasons, strict=True) if reason
    )
    return kept, struck


@dataclass(frozen=True, slots=True)
class _Page:
    """What the lines of one page are judged by."""

    own: frozenset[str]
    #: Letters of the titles, the page's own first.
    titles: tuple[str, ...]
    people: frozenset[str]
    first_prose: int
    last_prose: int
    size: int

    @classmethod
    def of(cls, blocks: Sequence[Block], context: ChromeContext) -> _Page:
        prose = [
            number
            for number, block in enumerate(blocks)
            if block.type == "paragraph" and is_prose(block.text, _PROSE)
        ]
        titles = dict.fromkeys(letters(title) for title in context.titles)
        return cls(
            own=frozenset(fold(line) for line in context.lines),
            titles=tuple(title for title in titles if len(title) >= 3),
            people=frozenset(fold(name) for name in context.authors),
            first_prose=prose[0] if prose else min(_LAST, len(blocks)),
            last_prose=prose[-1] if prose else len(blocks),
            size=len(blocks),
        )

    def is_edge(self, number: int) -> bool:
        """Whether a block stands before the first or behind the last paragraph of prose."""
        return (
            number < max(self.first_prose, _FIRST)
            or number > self.last_prose
            or number >= self.size - _LAST
        )


def _reason(number: int, block: Block, page: _Page) -> str | None:
    text = block.text
    key = letters(text) if len(text) <= 600 else ""
    if key and key in page.titles:
        before = number < page.first_prose
        if before or (len(key) >= _LONG_TITLE and key == page.titles[0]):
            return "doubled_title"
    if len(text) > LONGEST or block.type in ("code", "table"):
        return None
    edge = page.is_edge(number)
    if page.own and fold(text) in page.own:
        # What the operator named may be of a kind that has a name.
        return chrome_kind(text, edge=True) or "source_line"
    kind = _kind(text, edge=edge, heading=block.type == "heading")
    if kind is _TIMESTAMP and _HEAD <= number < page.size - _LAST:
        # Far from both ends a date alone is the entry of a list.
        return None
    if kind is not None:
        return kind.name
    if not edge or len(text) > 90:
        return None
    opened = _BY.match(text)
    bare = text[opened.end() :] if opened else text
    if fold(bare) in page.people:
        return "byline"
    if number < max(page.first_prose, _FIRST + 2) and is_byline(text, ()):
        return "byline"
    if number == page.size - 1 and _SIGN_OFF.fullmatch(text.strip()):
        return "byline"
    return None


def is_byline(text: str, authors: Sequence[str]) -> bool:
    """Whether a line names a person behind "By" or its like, or one of ``authors`` and nobody else."""
    opened = _BY.match(text)
    bare = text[opened.end() :] if opened else text
    if fold(bare) in {fold(name) for name in authors}:
        return True
    names = _AND.split(bare.partition(",")[0])
    return opened is not None and all(is_person(name.strip()) for name in names)


def _with_what_they_introduce(
    blocks: Sequence[Block], reasons: list[str | None], page: _Page
) -> Iterator[str | None]:
    """Headlines under "Related articles", and the page's headings under "In this article"."""
    rules = _rules()
    headings = {letters(block.text) for block in blocks if block.type == "heading"}
    last_own = max(
        (n for n, b in enumerate(blocks) if reasons[n] is None and is_prose(b.text, _PROSE)),
        default=-1,
    )
    introducing: _Kind | None = None
    for number, (block, reason) in enumerate(zip(blocks, reasons, strict=True)):
        if reason is not None:
            kind = rules.whole.get(fold(block.text)) or rules.weak.get(fold(block.text))
            if kind is not None and (kind.name == "contents" or number > last_own):
                introducing = kind
            yield reason
        elif (
            introducing is not None
            and introducing.name == "contents"
            and block.type != "heading"
            and letters(block.text) in headings
        ):
            yield "contents"
        elif (
            introducing is not None
            and introducing.introduces
            and number > last_own
            and len(block.text) <= 160
            and not block.text.rstrip().endswith((".", "。"))
        ):
            yield introducing.name
        else:
            introducing = None
            yield None
