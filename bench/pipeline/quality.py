"""How good filed texts are against the truth: words, lines too many, lines too few.

Lines are compared by their letters and digits alone, case folded. A filed line is *leaked* where the
truth does not hold it at a place that no longer line took; a true line is *lost* where the filed text
does not hold it in the same sense. Optional lines (standfirst, credit line) are neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.pipeline.made_articles import MadeArticle

__all__ = ["FiledArticle", "TextQuality", "compare", "summary", "word_f1"]

_WORD = re.compile(r"\w+")
#: Letters of a line below which it must begin or end where a line of the other side does.
_SHORT = 20
#: Below this the text is wrong, whatever the lines say.
LEAST_F1 = 0.95


@dataclass(frozen=True, slots=True)
class FiledArticle:
    """What some program made of a page."""

    text: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    #: As it was written down, ISO 8601.
    published: str | None = None


@dataclass(frozen=True, slots=True)
class TextQuality:
    """One filed article beside its truth."""

    f1: float
    leaked: tuple[str, ...]
    lost: tuple[str, ...]
    title: bool
    authors: bool
    day: bool

    @property
    def wrong(self) -> bool:
        """Whether a reader downstream would be told something that the article does not say."""
        return self.f1 < LEAST_F1 or bool(self.leaked)

    @property
    def far_off(self) -> bool:
        """Whether the text is not that of the article, rather than a line off."""
        return self.f1 < LEAST_F1


def compare(truth: MadeArticle, filed: FiledArticle) -> TextQuality:
    """``filed`` against ``truth``."""
    lines = [line for line in filed.text.splitlines() if _letters(line)]
    own = _Lines(truth.paragraphs)
    optional = _Lines(truth.optional)
    back = _Lines(lines)
    leaked = [
        line
        for line in sorted(lines, key=lambda line: -len(_letters(line)))
        if not own.take(_letters(line)) and not optional.take(_letters(line))
    ]
    lost = [
        line
        for line in sorted(truth.paragraphs, key=lambda line: -len(_letters(line)))
        if not back.take(_letters(line))
    ]
    text = "\n".join(truth.paragraphs)
    return TextQuality(
        f1=max(
            word_f1(text, filed.text),
            word_f1("\n".join((*truth.optional, *truth.paragraphs)), filed.text),
        ),
        leaked=tuple(leaked),
        lost=tuple(lost),
        title=filed.title == truth.title,
        authors=set(filed.authors) == set(truth.authors),
        day=(filed.published or "")[:10] == truth.published.date().isoformat(),
    )


def word_f1(truth: str, text: str) -> float:
    """F1 of the multisets of lower-case words."""
    wanted = Counter(_WORD.findall(truth.lower()))
    found = Counter(_WORD.findall(text.lower()))
    if not wanted or not found:
        return float(not wanted and not found)
    return 2 * (wanted & found).total() / (wanted.total() + found.total())


class _Lines:
    """The lines of one side as one stream of letters, each place of which is taken once."""

    def __init__(self, lines: Sequence[str]) -> None:
        keys = [_letters(line) for line in lines]
        self._stream = "".join(keys)
        self._taken = bytearray(len(self._stream))
        self._edges = {0}
        end = 0
        for key in keys:
            end += len(key)
            self._edges.add(end)

    def take(self, key: str) -> bool:
        """Take the first free place of ``key``; whether there is one."""
        start = self._stream.find(key)
        while start >= 0:
            end = start + len(key)
            whole = len(key) >= _SHORT or start in self._edges or end in self._edges
            if whole and not any(self._taken[start:end]):
                self._taken[start:end] = b"\1" * len(key)
                return True
            start = self._stream.find(key, start + 1)
        return False


def _letters(line: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", line).casefold() if c.isalnum())


def summary(found: Sequence[TextQuality]) -> dict[str, float]:
    """Means over articles."""
    if not found:
        return {}
    return {
        "word_f1": round(fmean(q.f1 for q in found), 4),
        "leaked_per_article": round(fmean(len(q.leaked) for q in found), 3),
        "lost_per_article": round(fmean(len(q.lost) for q in found), 3),
        "wrong": sum(q.wrong for q in found),
        "far_off": sum(q.far_off for q in found),
        "title": round(fmean(q.title for q in found), 4),
        "authors": round(fmean(q.authors for q in found), 4),
        "day": round(fmean(q.day for q in found), 4),
    }
