"""Strikes lines of a body that are the site's and not the article's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.extract.data import load_data
from ingest.extract.folding import fold, letters
from storage.article import Block, Struck

__all__ = ["ChromeContext", "chrome_kind", "strike_chrome"]

#: Longer lines are prose, whatever they begin with.
LONGEST = 320
#: Lines at the beginning and the end of a text where a byline or a tag list may stand.
FIRST_LINES = 4
LAST_LINES = 12
#: Kinds whose lines introduce others: a heading of this kind goes with the links below it.
_INTRODUCES = frozenset(["related", "prompt"])
#: "Home > News > Region": short names between arrows, none of them a sentence.
_BREADCRUMB = re.compile(r"[^.!?。>›»]{1,30}(?:\s[>›»]\s[^.!?。>›»]{1,40}){1,6}")
_DATE_LINE = re.compile(
    r"(?:[^\W\d_]{2,12},?\s)?(?:\d{1,2}[./\s-]{1,2}(?:\d{1,2}|[^\W\d_]{3,12})[./\s,-]{1,2}\d{2,4}|[^\W\d_]{3,12}\.?\s\d{1,2},?\s\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})"
    r"(?:[\s,|·•at-]{0,6}\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s?(?:uhr|utc|gmt|cet|cest|est|edt|pst|[a-z]{3,4}))?)?"
)


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
class _Rules:
    """The data, arranged so that a line costs a few look-ups, however many rules there are."""

    whole: dict[str, str]
    #: By the beginning's own length.
    beginnings: dict[int, dict[str, str]]
    endings: dict[int, dict[str, str]]
    longest: dict[str, int]
    at_edges: frozenset[str]


@cache
def _rules() -> _Rules:
    whole: dict[str, str] = {}
    beginnings: dict[int, dict[str, str]] = {}
    endings: dict[int, dict[str, str]] = {}
    longest: dict[str, int] = {}
    at_edges = set()
    for kind, table in load_data("chrome").items():
        longest[kind] = table["longest"]
        if table["where"] == "edges":
            at_edges.add(kind)
        for line in table["lines"]:
            whole.setdefault(fold(line), kind)
        for line in table.get("beginnings", ()):
            key = _begin_fold(line)
            beginnings.setdefault(len(key), {}).setdefault(key, kind)
        for line in table.get("endings", ()):
            key = fold(line)
            endings.setdefault(len(key), {}).setdefault(key, kind)
    return _Rules(whole, beginnings, endings, longest, frozenset(at_edges))


def _begin_fold(text: str) -> str:
    """Folded, but with the punctuation that ends it: "more:" must not match "more people"."""
    folded = fold(text)
    tail = text.rstrip()[-1:]
    return folded + (":" if tail in ":：" else " |" if tail == "|" else "")


def chrome_kind(text: str, *, edge: bool) -> str | None:
    """The kind of chrome that a whole line is, or ``None``; ``edge``: it stands at an end of a text."""
    if len(text) > LONGEST:
        return None
    rules = _rules()
    folded = fold(text)
    if not folded:
        return "ornament" if edge and not set(text) & set("{}[]()<>=") else None
    kind = rules.whole.get(folded)
    if kind and (edge or kind not in rules.at_edges):
        return kind
    lead = folded.replace(" :", ":").replace("：", ":")
    for length, table in rules.beginnings.items():
        kind = table.get(lead[:length])
        if (
            kind is None
            or len(text) > rules.longest[kind]
            or not (edge or kind not in rules.at_edges)
        ):
            continue
        after = lead[length : length + 1]
        if (not after or not after.isalnum() or not lead[length - 1].isalnum()) and not _is_prose(
            text, kind
        ):
            return kind
    for length, table in rules.endings.items():
        kind = table.get(folded[-length:])
        if (
            kind
            and len(text) <= rules.longest[kind]
            and (edge or kind not in rules.at_edges)
            and not _is_prose(text, kind)
        ):
            return kind
    if edge and len(text) <= 120 and _BREADCRUMB.fullmatch(text):
        return "breadcrumb"
    if edge and len(text) <= 60 and _DATE_LINE.fullmatch(folded):
        return "timestamp"
    return None


def _is_prose(text: str, kind: str) -> bool:
    """Whether a line that begins like chrome goes on like a story: several sentences."""
    if kind in ("legal", "ad", "page_anchor"):
        return False
    sentences = len(re.findall(r"[.!?。][\"”’')]?\s", text[:400]))
    return sentences >= 2 or (kind == "byline" and sentences >= 1 and len(text) > 80)


def strike_chrome(
    blocks: Sequence[Block], context: ChromeContext
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into those of the article and the lines struck, in their order."""
    titles = {letters(title) for title in context.titles if len(letters(title)) >= 3}
    own = {fold(line) for line in context.lines}
    people = {fold(name) for name in context.authors}
    reasons: list[str | None] = []
    prose = _prose_span(blocks)
    last_text = ""
    for number, block in enumerate(blocks):
        edge = number < FIRST_LINES or number >= len(blocks) - LAST_LINES
        reason = _reason(block, own, titles, people, edge=edge, before_prose=number <= prose[0])
        key = letters(block.text)
        if reason is None and key and key == last_text:
            reason = "doubled_line"
        if reason is None:
            last_text = key
        reasons.append(reason)
    reasons = list(_with_what_they_introduce(blocks, reasons))
    kept = tuple(block for block, reason in zip(blocks, reasons, strict=True) if reason is None)
    struck = tuple(
        Struck(block.text, reason) for block, reason in zip(blocks, reasons, strict=True) if reason
    )
    return kept, struck


def _prose_span(blocks: Sequence[Block]) -> tuple[int, int]:
    """Numbers of the first and the last block that is long enough to be prose."""
    long = [
        n for n, block in enumerate(blocks) if len(block.text) > 120 and block.type == "paragraph"
    ]
    return (long[0], long[-1]) if long else (len(blocks), -1)


def _reason(
    block: Block,
    own: set[str],
    titles: set[str],
    people: set[str],
    *,
    edge: bool,
    before_prose: bool,
) -> str | None:
    text = block.text
    if len(text) > LONGEST and letters(text) not in titles:
        return None
    folded = fold(text)
    if folded in own:
        # What the operator named may be of a kind that has a name.
        return chrome_kind(text, edge=True) or "source_line"
    if letters(text) in titles and (before_prose or block.type == "heading" or len(text) > 25):
        return "doubled_title"
    kind = chrome_kind(text, edge=edge)
    if kind is not None:
        return kind
    bare = re.sub(
        r"^(?:by|von|par|por|di|door|av|af|от|автор|writer|author)[:\s]\s{0,3}", "", folded
    )
    if edge and bare in people and len(text) < 80:
        return "byline"
    return None


def _with_what_they_introduce(
    blocks: Sequence[Block], reasons: list[str | None]
) -> Iterator[str | None]:
    """Lists of headlines under "Related articles" go with it, at the end of a text."""
    introducing: str | None = None
    last_prose = max(
        (n for n, b in enumerate(blocks) if reasons[n] is None and len(b.text) > 160), default=-1
    )
    for number, (block, reason) in enumerate(zip(blocks, reasons, strict=True)):
        if reason is not None:
            whole = fold(block.text) in _rules().whole
            introducing = (
                reason if reason in _INTRODUCES and whole and number > last_prose else None
            )
            yield reason
        elif (
            introducing == "related"
            and len(block.text) <= 160
            and not block.text.rstrip().endswith((".", "!", "。"))
        ):
            yield "related"
        else:
            introducing = None
            yield None
