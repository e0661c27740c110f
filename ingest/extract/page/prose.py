"""How long a text is, whatever its script: what makes a block prose rather than a label.

Scripts without blanks between words say in one sign what others say in three letters. How long prose
is, each part of extraction says itself, since each errs another way:

    ``page.sums``         80, weighed, outside links: features that the block model was trained with
    ``body.density``      80 characters, not weighed: old markup, whose lines are short in any script
    ``chrome.chrome``     120, weighed: a paragraph that no line of chrome is as long as
    ``chrome.site_lines`` 200 letters, not weighed: what wire stories repeat as their background
"""

from __future__ import annotations

import re

__all__ = ["WIDE", "is_prose", "weighted_size"]

#: A sign of a script without blanks between words: kana, Han, hangul.
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def weighted_size(text: str) -> int:
    """Characters of ``text``; those of scripts without blanks between words count three times."""
    size = len(text)
    return size if text.isascii() else size + 2 * len(WIDE.findall(text))


def is_prose(text: str, least: int) -> bool:
    """Whether the weighted size of ``text`` is ``least`` or more."""
    size = len(text)
    # Most texts are told by their length alone.
    return size >= least or (size * 3 >= least and weighted_size(text) >= least)
