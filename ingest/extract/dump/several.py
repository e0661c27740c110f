"""Where a second article begins in one file.

A file is one article: what begins again with a headline of its own is another's text. It has to say so
clearly, since a rule and a heading also divide the parts of one text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from ingest.extract.dump.headline import may_be_headline
from ingest.extract.metadata.author_names import byline_rest, is_person_name
from ingest.extract.metadata.times.visible_dates import dates_in
from ingest.extract.page.folding import letters
from ingest.extract.page.prose import is_prose

if TYPE_CHECKING:
    from ingest.extract.dump.line import DumpLine

__all__ = ["end_of_first"]

#: Signs of a line that is a rule, and how many at least.
_RULE = re.compile(r"[-–—=_*~#+.·•]{3,}|(?:[-*_•·]\s){2,}[-*_•·]")
#: Prose of an article, and lines below its headline within which it says whose it is.
_PROSE, _WITHIN = 80, 4
#: Paragraphs of prose that either of two articles has.
_PARAGRAPHS = 2


def end_of_first(lines: Sequence[DumpLine]) -> int:
    """The number of the line that divides the first article from a second one, else that behind the last.

    A second one stands below a rule, or has a heading of the first rank as the first one has; under its
    headline it says whose it is or of which day; and both have prose.
    """
    titles = [n for n, line in enumerate(lines) if line.level == 1]
    rules = [n for n, line in enumerate(lines) if _RULE.fullmatch(line.text[:200].strip())]
    if not rules and len(titles) < 2:
        return len(lines)
    prose = [0, *accumulate(is_prose(line.text, _PROSE) for line in lines)]
    again = {n for n in titles[1:] if letters(lines[n].text) != letters(lines[titles[0]].text)}
    for number in sorted({*rules, *again}):
        headline = number if number in again else number + 1
        if (
            headline + 1 < len(lines)
            and prose[number] >= _PARAGRAPHS
            and prose[-1] - prose[headline + 1] >= _PARAGRAPHS
            and _begins_article(lines, headline)
        ):
            return number
    return len(lines)


def _begins_article(lines: Sequence[DumpLine], number: int) -> bool:
    line = lines[number]
    if not may_be_headline(line) or _RULE.fullmatch(line.text) or is_prose(line.text, 200):
        return False
    return any(_says_whose(below.text) for below in lines[number + 1 : number + 1 + _WITHIN])


def _says_whose(text: str) -> bool:
    if len(text) > 100:
        return False
    rest = byline_rest(text)
    if rest and is_person_name(rest.partition(",")[0].strip()):
        return True
    return len(text) <= 60 and any(map(str.isdigit, text)) and bool(dates_in(text, None))
