"""What is known of each line of a dump, as numbers: the columns that the models over lines weigh.

Every column names something a reader of the dump could point at: how long the line is and how it ends,
what its neighbours are, how far it stands from the main run of prose, whether it is a word of menus or
stands twice. A name with ``+1`` or ``-1`` speaks of the next and the last line; ``above`` and ``below`` of
the lines around within the number that follows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.extract.chrome.site_lines import SiteLines, line_key
from ingest.extract.dump.kinds import ENDS_SENTENCE, KINDS, LOOKED_AT, STOPS, Lines

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.extract.dump.line import DumpLine

    Column = NDArray[np.float64]

__all__ = ["NAMES", "columns_of"]

_WORD = re.compile(r"\w{4,}|[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]{2}")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_PRICE = re.compile(r"[$€£¥₽₴₺₹]\s?\d|\d\s?[€£¥₽₴₺₹]")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")
_NUMBERED = re.compile(r"\d{1,3}[.)]\s")
_BARS = "|•·»›→/>"
#: Characters from which shares are taken.
_SAMPLE = 200
_OPENING = "\"'“‘„«‹「『"
#: Letters of a line that is looked for in others, and lines around it in which it is.
_LEAST_HELD, _MOST_HELD, _NEAR = 12, 300, 4
_FAR = 60


def columns_of(
    lines: Sequence[DumpLine], read: Lines, site: SiteLines | None = None
) -> dict[str, Column]:
    """The columns by their names, each with a value a line.

    Args:
        lines: of the dump, at least one.
        read: what each is.
        site: the lines of the source's other articles, where any are known.
    """
    columns: dict[str, Column] = {}
    _own(lines, read, columns)
    _repeated(lines, read, site, columns)
    _around(read, columns)
    _placed(read, columns)
    return columns


_OWN = (
    "size", "words", "letters", "capitals", "digits", "capital_words", "starts_small", "starts_with_sign", "ends_sentence", "ends_colon",
    "ends_open", "asks", "sentences", "commas", "bars", "quotes", "copyright", "address", "price", "clock", "numbered", "single_letter",
    "item", "level", "apart",
)  # fmt: skip


def _own(lines: Sequence[DumpLine], read: Lines, columns: dict[str, Column]) -> None:
    """Of each line alone."""
    import numpy as np

    rows = []
    for number, line in enumerate(lines):
        text = line.text[:LOOKED_AT]
        start = text[:_SAMPLE]
        length = max(len(start), 1)
        words = start.split()
        alphabetic = max(sum(map(str.isalpha, start)), 1)
        last = text[-1:]
        rows.append(
            (
                read.sizes[number],
                text.count(" ") + 1,
                alphabetic / length,
                sum(map(str.isupper, start)) / alphabetic,
                sum(map(str.isdigit, start)) / length,
                sum(word[0].isupper() for word in words) / max(len(words), 1),
                text[:1].islower(),
                not text[:1].isalnum(),
                ENDS_SENTENCE.search(text[-6:]) is not None,
                last in ":：",
                last in "…»›→" or text.endswith("..."),
                last in "?？؟",
                len(STOPS.findall(text)),
                sum(map(text.count, ",，、،")),
                sum(map(start.count, _BARS)),
                text[:1] in _OPENING or '"' in text or "“" in text or "«" in text,
                "©" in text,
                _ADDRESS.search(text) is not None,
                _PRICE.search(start) is not None,
                _CLOCK.search(start) is not None,
                _NUMBERED.match(text) is not None,
                len(words) > 1 and len(words[0]) == 1 and words[0].isalpha(),
                line.type == "list_item",
                line.level,
                line.apart,
            )
        )
    table = np.array(rows, dtype=np.float64)
    table[:, 0] = np.log2(1 + table[:, 0])
    for at, name in enumerate(_OWN):
        columns[name] = table[:, at]
    for name, values in (("dated", read.dated), ("named", read.named), ("kind", read.kinds)):
        columns[name] = np.array(values, dtype=np.float64)


def _repeated(
    lines: Sequence[DumpLine], read: Lines, site: SiteLines | None, columns: dict[str, Column]
) -> None:
    """Where a line stands again: in the dump, in the source's other dumps; and whose words it has."""
    import numpy as np

    times = Counter(read.keys)
    seen: set[str] = set()
    earlier = []
    for key in read.keys:
        earlier.append(key in seen)
        seen.add(key)
    columns["times"] = np.array([min(times[key], 9) for key in read.keys], dtype=np.float64)
    columns["earlier"] = np.array(earlier, dtype=np.float64)
    own = 1 if site is not None and site.includes_this else 0
    others = site.articles - own if site is not None else 0
    elsewhere = np.full(len(lines), -1.0)
    if site is not None and others >= 1:
        for number, line in enumerate(lines):
            key_of_line = line_key(line.text)
            if key_of_line is not None:
                elsewhere[number] = max(site.counts.get(key_of_line, 0) - own, 0) / others
    columns["elsewhere"] = elsewhere
    words = [set(_WORD.findall(line.text[:LOOKED_AT].lower())) for line in lines]
    spread: Counter[str] = Counter()
    for number in range(read.first, read.last + 1):
        if read.prose[number]:
            spread.update(words[number])
    common, often = np.full(len(lines), -1.0), np.full(len(lines), -1.0)
    for number, own_words in enumerate(words):
        if own_words:
            is_own = read.prose[number] > 0 and read.first <= number <= read.last
            found = [spread[word] - is_own for word in own_words]
            common[number] = sum(n > 0 for n in found) / len(found)
            often[number] = sum(min(n, 5) for n in found) / len(found)
    columns["words_of_text"], columns["words_often"] = common, often
    columns["holds"], columns["held"] = _held(read.keys)


def _held(keys: Sequence[str]) -> tuple[Column, Column]:
    """Whether each line holds all of another one nearby, or stands whole in one: breadcrumbs, window titles."""
    import numpy as np

    holds, held = np.zeros(len(keys)), np.zeros(len(keys))
    for number, key in enumerate(keys):
        if not _LEAST_HELD <= len(key) <= _MOST_HELD:
            continue
        for other in range(max(number - _NEAR, 0), min(number + _NEAR + 1, len(keys))):
            whole = keys[other]
            if len(key) < len(whole) <= _MOST_HELD and key in whole:
                held[number] = holds[other] = 1.0
    return holds, held


def _around(read: Lines, columns: dict[str, Column]) -> None:
    """The neighbours of each line, and the prose around it."""
    import numpy as np

    count = len(read.keys)
    for name in ("size", "ends_sentence", "kind", "dated", "named", "capital_words"):
        for by in (-3, -2, -1, 1, 2, 3) if name in ("size", "kind") else (-2, -1, 1, 2):
            columns[f"{name}{by:+}"] = _shifted(columns[name], by)
    sizes = np.minimum(np.array(read.sizes, dtype=np.float64), 1000)
    prose = np.minimum(np.array(read.prose, dtype=np.float64), 1000)
    is_prose, is_chrome = (prose > 0).astype(float), (columns["kind"] > 0).astype(float)
    for reach in (3, 8, 20):
        columns[f"prose_above{reach}"] = _sum(prose, -reach, -1)
        columns[f"prose_below{reach}"] = _sum(prose, 1, reach)
        here = np.minimum(np.arange(count) + reach + 1, count) - np.maximum(
            np.arange(count) - reach, 0
        )
        columns[f"paragraphs{reach}"] = _sum(is_prose, -reach, reach) / here
        columns[f"chrome{reach}"] = _sum(is_chrome, -reach, reach) / here
        columns[f"mean{reach}"] = _sum(sizes, -reach, reach) / here
    columns["dated8"] = _sum(columns["dated"], -8, 8)
    columns["dated25"] = _sum(columns["dated"], -25, 25)
    columns["dated_below6"] = _sum(columns["dated"], 1, 6)
    columns["named_below6"] = _sum(columns["named"], 1, 6)
    above = np.array(
        [max(read.sizes[max(n - 10, 0) : n], default=0) for n in range(count)], dtype=np.float64
    )
    columns["longer_than_above10"] = columns["size"] - np.log2(1 + np.minimum(above, 300))
    keys = read.keys
    columns["twice"] = np.array(
        [
            (n > 0 and keys[n - 1] == key) or (n + 1 < count and keys[n + 1] == key)
            for n, key in enumerate(keys)
        ],
        dtype=np.float64,
    )


def _shifted(values: Column, by: int) -> Column:
    """Of each line, the value ``by`` lines further on; -1 beyond the ends."""
    import numpy as np

    found = np.full(len(values), -1.0)
    if by > 0:
        found[:-by] = values[by:]
    else:
        found[-by:] = values[:by]
    return found


def _sum(values: Column, start: int, end: int) -> Column:
    """Of each line, the sum over the lines from ``start`` to ``end`` of it, both included."""
    import numpy as np

    count = len(values)
    sums = np.concatenate(([0.0], np.cumsum(values)))
    numbers = np.arange(count)
    found: Column = (
        sums[np.clip(numbers + end + 1, 0, count)] - sums[np.clip(numbers + start, 0, count)]
    )
    return found


def _placed(read: Lines, columns: dict[str, Column]) -> None:
    """Where each line stands in the dump, and relative to the main run of prose."""
    import numpy as np

    count = len(read.keys)
    numbers = np.arange(count, dtype=np.float64)
    prose = np.concatenate(
        ([0.0], np.cumsum(np.minimum(np.array(read.prose, dtype=np.float64), 1000)))
    )
    whole = max(float(prose[-1]), 1.0)
    first, last = read.first, read.last
    columns["position"] = numbers / count
    columns["from_top"] = np.minimum(numbers, 400)
    columns["from_end"] = np.minimum(count - 1 - numbers, 400)
    columns["lines"] = np.full(count, float(count))
    columns["prose_before"] = prose[:-1] / whole
    columns["prose_of_dump"] = np.full(count, np.log2(1 + whole))
    columns["run_share"] = np.full(count, (prose[last + 1] - prose[first]) / whole)
    columns["from_first"] = np.clip(numbers - first, -_FAR, _FAR)
    columns["from_last"] = np.clip(numbers - last, -_FAR, _FAR)
    columns["prose_from_last"] = np.where(
        numbers > last, np.minimum(prose[:-1] - prose[last + 1], 3000), -1.0
    )
    ending = np.isin(columns["kind"], _ENDING)
    ends = np.cumsum(ending)
    columns["endings_since_first"] = np.where(
        numbers >= first, np.minimum(ends - ends[first], 9), -1.0
    )
    plain = np.cumsum(columns["kind"] == 0)
    columns["plain_above"] = np.minimum(plain - (columns["kind"] == 0), 50)
    is_prose = np.array(read.prose) > 0
    columns["since_prose"] = np.minimum(
        numbers - np.maximum.accumulate(np.where(is_prose, numbers, -_FAR)), _FAR
    )
    following = np.minimum.accumulate(np.where(is_prose, numbers, count + _FAR)[::-1])[::-1]
    columns["to_prose"] = np.minimum(following - numbers, _FAR)
    of_cluster = np.array(_clusters(read.prose), dtype=np.float64)
    columns["cluster"] = np.log2(1 + of_cluster)
    columns["cluster_share"] = of_cluster / max(float(of_cluster.max()), 1.0)
    latest = np.maximum.accumulate(np.where(ending, numbers, -_FAR))
    columns["since_ending"] = np.minimum(numbers - latest, _FAR)


def _clusters(prose: Sequence[int]) -> list[int]:
    """Of each line, the prose that stands together with it: with gaps of few lines; 0 in a longer gap."""
    found = [0] * len(prose)
    start = last = -1
    total = 0
    for number, size in enumerate((*prose, *[0] * (_APART + 1))):
        if size:
            if start < 0:
                start = number
            last = number
            total += min(size, 1000)
        elif start >= 0 and number - last > _APART:
            found[start : last + 1] = [total] * (last + 1 - start)
            start, total = -1, 0
    return found


#: Lines that part clusters of prose.
_APART = 4
#: Kinds of lines below which a text seldom goes on.
_ENDING = tuple(KINDS[kind] for kind in ("related", "prompt", "share", "legal"))


def _names() -> tuple[str, ...]:
    own: tuple[str, ...] = (
        *_OWN,
        "dated",
        "named",
        "kind",
        "times",
        "earlier",
        "elsewhere",
        "words_of_text",
    )
    own += ("words_often", "holds", "held")
    shifted = []
    for name in ("size", "ends_sentence", "kind", "dated", "named", "capital_words"):
        reach = (-3, -2, -1, 1, 2, 3) if name in ("size", "kind") else (-2, -1, 1, 2)
        shifted += [f"{name}{by:+}" for by in reach]
    windows = [
        f"{name}{reach}"
        for reach in (3, 8, 20)
        for name in ("prose_above", "prose_below", "paragraphs", "chrome", "mean")
    ]
    around = ("dated8", "dated25", "dated_below6", "named_below6", "longer_than_above10", "twice")
    placed = (
        "position", "from_top", "from_end", "lines", "prose_before", "prose_of_dump", "run_share", "from_first", "from_last",
        "prose_from_last", "endings_since_first", "since_ending", "plain_above", "since_prose", "to_prose", "cluster", "cluster_share",
    )  # fmt: skip
    return (*own, *shifted, *windows, *around, *placed)


#: The columns, in the order of a row.
NAMES = _names()
