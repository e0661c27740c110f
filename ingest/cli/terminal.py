"""How wide the output is, and text broken into lines of that width."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

from ingest.views.article_text import plain

__all__ = ["output_width", "wrapped"]

#: Where nobody says how wide the output is, a file or a pipe: nothing is broken or left out.
_NO_WIDTH = 10_000
_NARROWEST = 20


def output_width() -> int:
    """Columns of standard output; plenty where it is no terminal and ``COLUMNS`` does not say."""
    if os.environ.get("COLUMNS") or sys.stdout.isatty():
        return max(shutil.get_terminal_size().columns, _NARROWEST)
    return _NO_WIDTH


def wrapped(text: str, width: int, *, indent: str = "", further: str = "    ") -> list[str]:
    """``text`` without control characters as lines of ``width``; ``further`` begins all but the first.

    An address is of use only whole: it is never broken, however long.
    """
    return textwrap.wrap(
        plain(text),
        width,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
