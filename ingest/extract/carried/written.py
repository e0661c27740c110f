"""A text as one string, to blocks: HTML (escaped or not), Markdown, or lines.

What a field called "body" holds is told by how it is written; systems escape HTML once or twice.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from ingest.extract.dump.markdown import read_markdown
from ingest.extract.page.blocks import blocks_of
from ingest.extract.page.folding import collapse
from sources.markup import excess
from storage.article import Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["blocks_of_text", "plain_of_html"]

_MARKUP = re.compile(
    r"</?(?:p|br|div|a|strong|em|h[1-6]|li|ul|ol|span|b|i|section|article|blockquote)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"<(?:p|div|br|h[1-6]|li|blockquote|section|article)\b", re.IGNORECASE)
#: What Markdown writes and prose does not (https://spec.commonmark.org, 4.2, 4.5, 5.1, 5.2, 6.2, 6.3).
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^ {0,3}[*+-] \S|^> ?\S|\[[^\[\]\n]{1,200}\]\(\S{1,500}\)|\*\*\S|^```|!\[",
    re.MULTILINE,
)
#: Kramdown's: "[link](/a){: target=_blank}".
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,200}\}")


def blocks_of_text(text: str) -> tuple[Block, ...]:
    """The blocks of ``text``, however it is written; none where it is markup that is not to be parsed."""
    if "&" in text and (_MARKUP.search(text) is None or "&lt;" in text):
        text = html.unescape(html.unescape(text))
    if _MARKUP.search(text) is not None:
        if _PARAGRAPH.search(text) is None and "\n" in text:
            return tuple(
                Block("paragraph", plain)
                for line in text.split("\n")
                if (plain := plain_of_html(line))
            )
        if excess(text.encode("utf-8", "replace")) is not None:
            return ()
        body = LexborHTMLParser(f"<html><body>{text}</body></html>").body
        return blocks_of(body) if body is not None else ()
    if _MARKDOWN.search(text) is not None:
        return _of_markdown(text)
    lines = (collapse(line) for line in text.splitlines())
    return tuple(Block("paragraph", line) for line in lines if line)


def plain_of_html(text: str) -> str:
    """One line of HTML without its elements."""
    if "<" in text:
        if excess(text.encode("utf-8", "replace")) is not None:
            return ""
        body = LexborHTMLParser(f"<html><body>{text}</body></html>").body
        return " ".join(block.text for block in blocks_of(body)) if body is not None else ""
    return collapse(html.unescape(text) if "&" in text else text)


def _of_markdown(text: str) -> tuple[Block, ...]:
    rows = [_ATTRIBUTES.sub("", row) for row in text.splitlines()]
    # What an image is called is no text of the article, where nobody sees it as a caption.
    return tuple(
        Block(line.type, line.text) for line in read_markdown(rows, _joined) if not line.mark
    )


def _joined(rows: Sequence[str]) -> Iterator[str]:
    """The paragraphs of rows that stand together, however they are wrapped."""
    lines: list[str] = []
    for row in [*rows, ""]:
        if row.strip():
            lines.append(row)
        elif lines:
            yield collapse(" ".join(lines))
            lines = []
