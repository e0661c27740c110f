"""A text as one string, to blocks: HTML (escaped or not), Markdown, or lines.

What a field called "body" holds is told by how it is written; systems escape HTML once or twice.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from ingest.extract.page.blocks import blocks_of
from ingest.extract.page.folding import collapse
from sources.markup import excess
from storage.article import Block

if TYPE_CHECKING:
    from storage.article import BlockType

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
_HEADING = re.compile(r"(#{1,6}) (.*?)(?: #*)?$")
_ITEM = re.compile(r" {0,6}(?:[*+-]|\d{1,3}[.)]) (\S.*)")
_RULE = re.compile(r" {0,3}(?:\* ?){3,}$|^ {0,3}(?:- ?){3,}$|^ {0,3}(?:_ ?){3,}$|^=+$|^-{2,}$")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,1000}\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\n]{0,1000}\)")
_STRESS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,500})(?<=\S)\1(?![\w*_])")
#: Kramdown's: "[link](/a){: target=_blank}".
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,200}\}")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!~>-])")
#: Where escaped signs wait: in the private use area of Unicode, which no text has.
_ASIDE = 0xE000
_BACK = {_ASIDE + code: chr(code) for code in range(33, 127)}


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
    found: list[Block] = []
    lines: list[str] = []
    kind: BlockType = "paragraph"
    fenced = False

    def close() -> None:
        if lines:
            joined = "\n".join(lines) if kind == "code" else collapse(" ".join(lines))
            line = joined if kind == "code" else _without_signs(joined)
            if line:
                found.append(Block(kind, line))
            lines.clear()

    for raw in text.splitlines():
        if raw.lstrip().startswith(("```", "~~~")):
            close()
            fenced = not fenced
            kind = "code" if fenced else "paragraph"
            continue
        if fenced:
            lines.append(raw)
            continue
        line = raw.rstrip()
        heading, item = _HEADING.match(line.lstrip()), _ITEM.match(line)
        if not line.strip() or (_RULE.match(line) and not (lines and set(line) <= {"=", "-"})):
            close()
            kind = "paragraph"
        elif _RULE.match(line):
            kind = "heading"
            close()
            kind = "paragraph"
        elif heading is not None:
            close()
            kind = "heading"
            lines.append(heading[2])
            close()
            kind = "paragraph"
        elif item is not None:
            close()
            kind = "list_item"
            lines.append(item[1])
        elif line.startswith(">"):
            if kind != "quote":
                close()
            kind = "quote"
            lines.append(line.lstrip("> "))
        else:
            lines.append(line)
    close()
    return tuple(found)


def _without_signs(line: str) -> str:
    # An escaped sign is none until the others are gone.
    line = _ESCAPE.sub(lambda found: chr(_ASIDE + ord(found[1])), line)
    line = _LINK.sub(r"\1", _IMAGE.sub("", _ATTRIBUTES.sub("", line)))
    line = _STRESS.sub(r"\2", _STRESS.sub(r"\2", line))
    return collapse(line.replace("`", "").translate(_BACK))
