"""What line breaks within one element stand for: paragraphs, lines of a verse, or the width of a screen.

First paragraph.<br>Second one.<br>Third      old systems and blogs: each line a paragraph
roses are red<br>violets are blue             verses, addresses: lines of one paragraph
<pre>A letter of 1998, whose lines            prose set as it was typed: lines of 72 characters,
end where the screen did.</pre>               paragraphs between empty ones
"""

from __future__ import annotations

import re

from ingest.extract.page.prose import weighted_size

__all__ = ["is_typed_prose", "paragraphs", "unwrapped"]

#: Weighted characters of a line that is a paragraph, and how many lines make a text.
_LONG, _LEAST_LINES = 100, 3
#: Share of a text that stands in such lines, and of them that end as sentences do.
_MOSTLY, _ENDED = 0.7, 0.75
_END = re.compile(r"[.!?…:。！？।۔][\"'”’»)\]」』]{0,3}\s*$")
_BLANKS = " \t\r\u00a0\u200b\u3000"
#: Characters of a typed line, and of a typed text that is looked at.
_WIDEST, _LOOKED = 120, 4000
_PROSE_SIGNS = re.compile(r"[^\W\d_]|\s|[.,;:'’\"“”!?()-]")
_CODE = re.compile(
    r"[;{}][ \t]*$|^[ \t]*(?:[$#>]\s|//|/\*|<\w|def |class |import |function |var |const )"
    r"|[=<>]{2}|\w\(\)|\t\S+\t",
    re.MULTILINE,
)
_SENTENCE = re.compile(r"[^\W\d_]{2}[.!?](?:\s|$)")


def paragraphs(text: str) -> list[str]:
    """``text`` divided at two or more line breaks with nothing but blanks between them.

    What is left with single ones is divided there too where its lines are paragraphs.
    """
    found: list[str] = []
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip(_BLANKS):
            lines.append(line)
        elif lines:
            if len(lines) >= _LEAST_LINES and _are_paragraphs(lines):
                found += lines
            else:
                found.append("\n".join(lines))
            lines = []
    return found


def _are_paragraphs(lines: list[str]) -> bool:
    sizes = [weighted_size(line.strip()) for line in lines]
    long = [line for line, size in zip(lines, sizes, strict=True) if size >= _LONG]
    if len(long) < _LEAST_LINES:
        return False
    in_long = sum(size for size in sizes if size >= _LONG)
    ended = sum(1 for line in long if _END.search(line[-12:]))
    return in_long >= _MOSTLY * sum(sizes) and ended >= _ENDED * len(long)


def is_typed_prose(text: str) -> bool:
    """Whether the content of a ``pre`` is a text for people: sentences, and no code or table."""
    sample = text[:_LOOKED]
    if len(sample) < _LONG or len(_SENTENCE.findall(sample)) < 2:
        return False
    lines = [line.strip() for line in sample.split("\n") if line.strip()]
    columns = sum("   " in line for line in lines)
    if max(columns, len(_CODE.findall(sample))) > len(lines) // 10:
        return False
    return len(_PROSE_SIGNS.findall(sample)) >= 0.93 * len(sample)


def unwrapped(text: str) -> str:
    """A typed text with the lines of a paragraph joined; a line that ends early keeps its break."""
    lines = [line.rstrip() for line in text.split("\n")]
    widest = max((len(line) for line in lines), default=0)
    if widest > _WIDEST:
        return text
    parts: list[str] = []
    for number, line in enumerate(lines):
        parts.append(line)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        # Lines are as wide as the next word lets them be.
        first = following.split(None, 1)[0] if following.strip() else ""
        indented = following[:1].isspace() and not line[:1].isspace()
        full = bool(line) and bool(first) and len(line) + 1 + len(first) > 0.85 * widest
        parts.append(" " if full and not indented else "\n")
    return "".join(parts)
