"""readability-lxml: its title and author, and its summary's markup as lines of text.

It gives markup, not text: what begins or ends a block begins a line. That is timed with the rest.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from lxml import html
from lxml.etree import iterwalk
from page_protocol import Page, serve
from readability import Document

_BLANKS = re.compile(r"\s+")
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)


def read(page: Page) -> dict[str, Any]:
    """Title, author and text; it reads no dates."""
    document = Document(page.text)
    title, author = document.short_title(), document.author()
    return {
        "title": title,
        "authors": [] if author == "[no-author]" else [author],
        "date": None,
        "body": "\n".join(lines_of(document.summary())),
    }


def lines_of(markup: str) -> list[str]:
    """The text of ``markup``, a block a line."""
    parts: list[str] = []
    for event, element in iterwalk(
        html.fromstring(markup), events=("start", "end", "comment", "pi")
    ):
        if element.tag in _BLOCKS:
            parts.append("\n")
        said = (element.text if event == "start" else element.tail) or ""
        parts.append(_BLANKS.sub(" ", said))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return [line for line in lines if line]


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(read)
