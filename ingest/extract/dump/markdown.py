"""Markdown as converters write it: headings, quotes, lists, tables, code, images, links and emphasis.

Only what stands in dumps of pages is read (https://spec.commonmark.org and the tables of GitHub's
dialect); what is no mark stays as it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.extract.dump.line import DumpLine

if TYPE_CHECKING:
    from storage.article import BlockType

__all__ = ["is_markdown", "plain_text", "read_markdown"]

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?=\S)")
_TABLE_RULE = re.compile(r"\|?[ \t]{0,9}:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*){0,50}\|?$")
_DEFINITION = re.compile(r" {0,3}\[[^\]]{1,200}\]:[ \t]+\S+")
_IMAGE = re.compile(
    r"!\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?(?:\s+\"[^\"]{0,300}\")?\)"
)
_LINK = re.compile(
    r"\[([^\[\]]{0,500})\]\(<?[^()\s<>]{0,2000}(?:\([^()\s]{0,200}\)[^()\s<>]{0,500})?>?(?:\s+\"[^\"]{0,300}\")?\)"
)
_REFERENCE = re.compile(r"\[([^\[\]]{1,500})\]\[[^\[\]]{0,100}\]")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000}|[^<>\s@]{1,100}@[^<>\s]{1,100})>")
_STRONG = re.compile(r"(?<![\w*])(\*\*\*|\*\*|___|__)(?=\S)([^*_]{1,2000}?)(?<=\S)\1(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]{1,2000}?)(?<=[^\s])\1(?![\w*])")
_CODE = re.compile(r"`{1,2}([^`]{1,500})`{1,2}")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
#: Escaped signs stand as signs of private use until all marks are read.
_PRIVATE = 0xE000
_HIDDEN = re.compile(f"[{chr(_PRIVATE + 0x21)}-{chr(_PRIVATE + 0x7E)}]")
_BREAK = re.compile(r"(?:<br\s{0,3}/?>|\\$)", re.IGNORECASE)
#: Rows from which a text is told to be Markdown.
_LOOKED_AT = 2000


def is_markdown(rows: Sequence[str]) -> bool:
    """Whether the text of ``rows`` is Markdown: by marks that plain text does not have by chance."""
    signs = 0
    before = ""
    for row in rows[:_LOOKED_AT]:
        if _HEADING.match(row):
            signs += 2
        elif (
            before.strip()
            and _UNDERLINE.match(row)
            and len(row.strip()) >= max(4, len(before.strip()) // 2)
        ):
            signs += 1
        elif "|" in row and _TABLE_RULE.match(row.strip()) and "|" in before:
            signs += 2
        if "](" in row and (_IMAGE.search(row) or _LINK.search(row)):
            signs += 2
        elif "**" in row and _STRONG.search(row):
            signs += 1
        before = row
        if signs >= 2:
            return True
    return False


def plain_text(text: str) -> str:
    """``text``, a piece of Markdown in one line, without marks of links, images and emphasis."""
    escaped = "\\" in text
    if escaped:  # out of the way of marks
        text = _ESCAPE.sub(lambda match: chr(_PRIVATE + ord(match[1])), text)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", _BREAK.sub(" ", text))
    if "[" in text:
        text = _IMAGE.sub(" ", text)
        # Links around images hold nothing else.
        text = _REFERENCE.sub(r"\1", _LINK.sub(r"\1", text))
    text = _CODE.sub(r"\1", text) if "`" in text else text
    if "*" in text or "_" in text:
        for _ in range(2):
            text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    if escaped:
        text = _HIDDEN.sub(lambda match: chr(ord(match[0]) - _PRIVATE), text)
    return " ".join((html.unescape(text) if "&" in text else text).split())


#: Paragraphs of rows; ``None`` where a blank one stands between two.
Joiner = Callable[[Sequence[str]], Iterable[str | None]]


def read_markdown(rows: Sequence[str], joined: Joiner) -> Iterator[DumpLine]:
    """The blocks of the Markdown text in ``rows``.

    Args:
        rows: of the text, blank ones too.
        joined: what makes paragraphs of rows that stand together.
    """
    apart = False
    for line in _blocks(rows, joined):
        if line is None:
            apart = True
            continue
        yield replace(line, apart=apart)
        apart = False


def _blocks(rows: Sequence[str], joined: Joiner) -> Iterator[DumpLine | None]:
    number = 0
    text: list[str] = []
    while number < len(rows):
        row = rows[number]
        special = _special(rows, number)
        if special is None and _starts_item(row):
            yield from _paragraphs(text, joined)
            text = []
            item = [_ITEM.sub("", row, count=1).strip()]
            number += 1
            while number < len(rows) and _goes_on(rows, number):
                item.append(rows[number].strip())
                number += 1
            yield from _piece(" ".join(item), "list_item")
            continue
        if special is None:
            text.append(row)
            number += 1
            continue
        found, taken, back = special
        if back:
            text.pop()
        yield from _paragraphs(text, joined)
        text = []
        yield from found
        number += taken
    yield from _paragraphs(text, joined)


def _starts_item(row: str) -> bool:
    return _ITEM.match(row) is not None


def _goes_on(rows: Sequence[str], number: int) -> bool:
    """Whether a row is the next of an item: indented, and nothing of its own."""
    row = rows[number]
    return (
        row[:2].isspace()
        and bool(row.strip())
        and not _starts_item(row)
        and _special(rows, number) is None
    )


#: What a block holds, rows that it takes, and whether the row before belongs to it.
_Special = tuple[list[DumpLine | None], int, bool]


def _special(rows: Sequence[str], number: int) -> _Special | None:
    """The block that begins at a row by a mark of its own, ``None`` where it is text or an item."""
    row = rows[number]
    heading = _HEADING.match(row)
    if heading:
        text = row[heading.end() :].strip()
        title = plain_text(text.rstrip("#") if text.endswith(" #") or text.endswith("##") else text)
        level = len(heading[1])
        return ([DumpLine(title, "heading", level)] if title else list(_pictures(row))), 1, False
    before = rows[number - 1].strip() if number else ""
    if before and _UNDERLINE.match(row) and len(row.strip()) >= 3 and _may_be_underlined(before):
        level = 1 if row.strip()[0] == "=" else 2
        return [DumpLine(plain_text(before), "heading", level)], 1, True
    if _RULE.match(row):
        return [DumpLine(row.strip(), "paragraph", mark="ornament")], 1, False
    fence = _FENCE.match(row)
    if fence:
        return _fenced(rows, number, fence[1])
    if _QUOTE.match(row):
        return _quoted(rows, number)
    if "|" in row and number + 1 < len(rows) and _TABLE_RULE.match(rows[number + 1].strip()):
        return _table(rows, number)
    if _DEFINITION.match(row):
        return [None], 1, False
    return None


def _may_be_underlined(text: str) -> bool:
    return len(text) <= 200 and not (
        _HEADING.match(text) or _ITEM.match(text) or _QUOTE.match(text) or _RULE.match(text)
    )


def _fenced(rows: Sequence[str], number: int, fence: str) -> _Special:
    end = number + 1
    while end < len(rows) and not rows[end].strip().startswith(fence):
        end += 1
    code = "\n".join(row.rstrip() for row in rows[number + 1 : end]).strip("\n")
    return ([DumpLine(code, "code")] if code.strip() else []), end + 1 - number, False


def _quoted(rows: Sequence[str], number: int) -> _Special:
    end = number
    inner: list[str] = []
    while end < len(rows) and (match := _QUOTE.match(rows[end])):
        inner.append(rows[end][match.end() :])
        end += 1
    found: list[DumpLine | None] = []
    paragraph: list[str] = []
    for row in [*inner, ""]:
        bare = row.lstrip("> ")
        if bare.strip():
            paragraph.append(bare.strip())
        elif paragraph:
            found += _piece(" ".join(paragraph), "quote")
            paragraph = []
    return found, end - number, False


def _table(rows: Sequence[str], number: int) -> _Special:
    end = number
    found: list[DumpLine | None] = []
    while end < len(rows) and "|" in rows[end]:
        if not _TABLE_RULE.match(rows[end].strip()):
            cells = [plain_text(cell) for cell in rows[end].strip().strip("|").split("|")]
            text = " | ".join(cell for cell in cells if cell)
            if text:
                found.append(DumpLine(text, "table"))
        end += 1
    return found, end - number, False


def _paragraphs(rows: list[str], joined: Joiner) -> Iterator[DumpLine | None]:
    for paragraph in joined(rows):
        if paragraph is None:
            yield None
        else:
            yield from _piece(paragraph, "paragraph")


def _piece(text: str, kind: BlockType) -> Iterator[DumpLine]:
    """A paragraph, and the captions of the images in it."""
    plain = plain_text(text)
    if plain:
        yield DumpLine(plain, kind)
    yield from _pictures(text)


def _pictures(text: str) -> Iterator[DumpLine]:
    if "![" in text:
        for match in _IMAGE.finditer(text):
            said = " ".join(match[1].split())
            if said:
                yield DumpLine(said, "caption", mark="caption")
