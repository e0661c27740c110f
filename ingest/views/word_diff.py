"""Two texts compared as people read them: paragraph by paragraph, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

__all__ = ["ParagraphDiff", "Part", "compare_paragraphs"]

Op = Literal["same", "gone", "new"]

#: A word with the blanks behind it; a sign of a script without blanks stands for itself.
_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]\\s*"
    "|[^\\s\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff]+\\s*"
)
#: Two paragraphs that share fewer words than this are not two versions of one.
_ALIKE = 0.4
#: Words of a paragraph beyond which it is shown gone and new as a whole.
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a paragraph."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class ParagraphDiff:
    """One paragraph: unchanged, changed in places, gone or new."""

    op: Literal["same", "changed", "gone", "new"]
    parts: tuple[Part, ...]


def compare_paragraphs(old: Sequence[str], new: Sequence[str]) -> list[ParagraphDiff]:
    """What became of each paragraph, in the order of the new text."""
    found: list[ParagraphDiff] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            found += [ParagraphDiff("same", (Part("same", text),)) for text in old[a:a_end]]
        else:
            found += _replaced(old[a:a_end], new[b:b_end])
    return found


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[ParagraphDiff]:
    """Pair the paragraphs that are versions of each other, in order."""
    waiting = list(old)
    for text in new:
        match = next(
            (place for place, other in enumerate(waiting[:8]) if _alike(other, text)), None
        )
        if match is None:
            yield ParagraphDiff("new", (Part("new", text),))
            continue
        for gone in waiting[:match]:
            yield ParagraphDiff("gone", (Part("gone", gone),))
        yield ParagraphDiff("changed", tuple(_words(waiting[match], text)))
        del waiting[: match + 1]
    for gone in waiting:
        yield ParagraphDiff("gone", (Part("gone", gone),))


def _alike(one: str, other: str) -> bool:
    first, second = set(_split(one)), set(_split(other))
    least = min(len(first), len(second))
    return (
        least > 0
        and max(len(first), len(second)) <= _LONGEST
        and (len(first & second) >= _ALIKE * least)
    )


def _split(text: str) -> list[str]:
    return [word.rstrip() for word in _WORD.findall(text)]


def _words(old: str, new: str) -> Iterator[Part]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(
        a=[word.rstrip() for word in before], b=[word.rstrip() for word in after], autojunk=False
    )
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            yield Part("same", "".join(after[b:b_end]))
            continue
        if a < a_end:
            yield Part("gone", "".join(before[a:a_end]))
        if b < b_end:
            yield Part("new", "".join(after[b:b_end]))
