"""The headline of a dump: the likeliest line, if it may be one at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ingest.extract.metadata.author_names import byline_rest
from ingest.extract.page.folding import fold, letters
from ingest.extract.page.prose import weighted_size

if TYPE_CHECKING:
    from ingest.extract.dump.kinds import Lines
    from ingest.extract.dump.line import DumpLine

__all__ = ["headline_of", "may_be_headline", "without_site"]

#: Log-odds from which a line is the headline, and less where a mark of Markdown says that it is.
_SURE, _MARKED = -2.6, -4.5
_SHORTEST, _LONGEST = 6, 300
#: Sentences that a quotation ends with; a headline ends in one that asks or calls, and that is short.
_QUOTED = re.compile(r"[.!?…。！？։۔][\"”’»」』)\]]+$")
_STOP = re.compile(r"[.。։۔]$")
_INNER = re.compile(r"[.。！？։۔]\s?(?=\S)")
_CLOSED = re.compile(r"[.。։۔][\"”’»」』)\]]*$")
_BAR = re.compile(r"\s[|–—·•»-]\s")
#: Letters of a headline that is looked for in a longer line, and how much less likely it may be.
_LEAST_HELD, _LESS = 12, 4.0
_LONGEST_LABEL = 50
#: Lines within which paragraphs follow a headline that nothing but its place shows.
_CLOSE = 4
_OPENING = "“\"«„「『‘'"


def headline_of(
    lines: Sequence[DumpLine], read: Lines, odds: Sequence[float], site_names: Sequence[str] = ()
) -> int | None:
    """The number of the headline's line, ``None`` where no line is one.

    Args:
        lines: of the dump.
        read: what each is.
        odds: how likely each is the headline.
        site_names: what the site is called, which is no headline.
    """
    own = {fold(name) for name in site_names}
    best: int | None = None
    for number in range(min(len(lines), read.last + 1)):
        sure = _MARKED if lines[number].level == 1 else _SURE
        if odds[number] < sure or (best is not None and odds[number] <= odds[best]):
            continue
        may_be = may_be_headline(lines[number]) and not read.kinds[number]
        if (
            may_be
            and not _is_label(lines[number], read, number)
            and fold(lines[number].text) not in own
        ):
            best = number
    return _alone(lines, read, own) if best is None else _bare(read, odds, best)


def _bare(read: Lines, odds: Sequence[float], best: int) -> int:
    """The line that says only what ``best`` says beside a path or the site's name, where there is one."""
    whole = read.keys[best]
    held = [
        number
        for number in range(read.last + 1)
        if _LEAST_HELD <= len(read.keys[number]) < len(whole)
        and 2 * len(read.keys[number]) >= len(whole)
        and odds[number] > odds[best] - _LESS
        and read.keys[number] in whole
    ]
    return max(held, key=lambda n: odds[n], default=best)


def without_site(text: str, others: Collection[str]) -> str:
    """A headline without what stands behind its last bar, where that is a line of the dump or a name in it.

    Args:
        text: the headline.
        others: letters of the dump's lines.
    """
    for _ in range(2):
        cut = _BAR.split(text)
        if len(cut) < 2 or letters(cut[-1]) not in others:
            break
        text = text[: text.rindex(cut[-1])].rstrip(" |–—-·•»")
    return text


def _is_label(line: DumpLine, read: Lines, number: int) -> bool:
    """Whether a line is a date or a byline, and little else."""
    if read.dated[number] and len(line.text) <= _LONGEST_LABEL:
        return True
    return read.named[number] and byline_rest(line.text) is not None


def _alone(lines: Sequence[DumpLine], read: Lines, own: set[str]) -> int | None:
    """The line that a text begins with, above its paragraphs, where nothing but chrome stands above it."""
    number = next((n for n, kind in enumerate(read.kinds) if not kind), None)
    if number is None or number >= read.last or read.prose[number] or read.first - number > _CLOSE:
        return None
    line = lines[number]
    is_label = (
        read.dated[number] or read.named[number] or line.text.endswith((":", "：", ",", "，"))
    )
    if is_label or fold(line.text) in own or not may_be_headline(line):
        return None
    return None if _CLOSED.search(line.text) else number


def may_be_headline(line: DumpLine) -> bool:
    """Whether a line is neither a paragraph nor a quotation, whatever its place says."""
    text = line.text
    size = weighted_size(text)
    if not _SHORTEST <= size <= _LONGEST or not letters(text) or line.type in ("code", "table"):
        return False
    if line.mark or (line.type == "quote"):
        return False
    if line.level == 1:
        return True
    # A sentence of some length that is closed by a quotation mark, or with others before it, is prose.
    if _QUOTED.search(text) and (size > 90 or text[:1] in _OPENING):
        return False
    return not (_STOP.search(text) and (size > 110 or _INNER.search(text[:-1])))
