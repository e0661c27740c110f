"""How likely each line of a dump is its headline, and how likely each belongs to the article.

Two ensembles (``data/line_model.json``): one that looks for the headline, and one for the text, which is
told where the first one sees the headline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.extract.dump.columns import NAMES, columns_of
from ingest.extract.dump.kinds import Lines
from ingest.extract.trees import ensemble

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.extract.chrome.site_lines import SiteLines
    from ingest.extract.dump.line import DumpLine

    Rows = NDArray[np.float64]

__all__ = [
    "TEXT_NAMES",
    "rows_of",
    "text_odds",
    "title_odds",
    "with_title",
]

#: How likely a line is the headline, how likely the likeliest is, how far below that one the line stands,
#: whether it repeats it, and how many of its words it has.
_TITLED = ("title_odds", "best_title_odds", "from_title", "is_title", "words_of_title")
TEXT_NAMES = (*NAMES, *_TITLED)
_WORD = re.compile(r"\w{4,}|[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]{2}")
_FAR = 80
_LOOKED_AT = 1200


def rows_of(lines: Sequence[DumpLine], read: Lines, site: SiteLines | None = None) -> Rows:
    """A row of ``NAMES`` for each line."""
    import numpy as np

    columns = columns_of(lines, read, site)
    return np.column_stack([columns[name] for name in NAMES])


def title_odds(rows: Rows) -> list[float]:
    """The log-odds of each line to be the headline, rows as of ``rows_of``."""
    return ensemble("line", "title", NAMES).odds(rows)


def text_odds(rows: Rows) -> list[float]:
    """The log-odds of each line to belong to the text, rows as of ``with_title``."""
    return ensemble("line", "text", TEXT_NAMES).odds(rows)


def with_title(rows: Rows, lines: Sequence[DumpLine], read: Lines, odds: Sequence[float]) -> Rows:
    """``rows`` with the columns that tell of the headline."""
    import numpy as np

    best = max(range(len(lines)), key=lambda n: (odds[n], -n))
    key = read.keys[best]
    words = set(_WORD.findall(lines[best].text[:_LOOKED_AT].lower()))
    shares = [
        len(words.intersection(_WORD.findall(line.text[:_LOOKED_AT].lower()))) / len(words)
        if words
        else -1.0
        for line in lines
    ]
    return np.column_stack(
        [
            rows,
            odds,
            np.full(len(lines), odds[best]),
            np.clip(np.arange(len(lines)) - best, -_FAR, _FAR),
            [float(bool(key) and other == key) for other in read.keys],
            shares,
        ]
    )
