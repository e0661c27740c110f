"""Which lines of a page are the article's: as the corpus' ``score.py`` judges lines, and nearly so.

Blocks of pages and lines of dumps are labelled alike.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

__all__ = ["labels_of", "paragraphs_of_truth"]

#: Share of a line's 4-word runs that the truth has to hold where the line is not in it as it stands.
_MOSTLY = 0.6


def paragraphs_of_truth(
    score: ModuleType, entry: dict[str, Any], dataset: str
) -> tuple[list[str], list[str]]:
    """(paragraphs of the text, optional ones) of an entry of ``truth.jsonl``."""
    paragraphs = [p for p in re.split(r"\n\s*\n", entry.get("body") or "") if p.strip()]
    if dataset != "fundus-eval":
        return paragraphs, []
    parts = [score.split_optional(p) for p in paragraphs]
    return [p for p, optional in parts if not optional], [p for p, optional in parts if optional]


def labels_of(
    score: ModuleType, texts: Sequence[str], paragraphs: list[str], optional: list[str]
) -> list[int]:
    """1 for the article's, 0 for others, -1 where either would do.

    As ``score.py`` judges lines; of a text that stands twice, the one amid the article counts.
    """
    lines = [line for text in paragraphs for line in score.lines_of(text)]
    truth = score._Text(lines)
    spare = score._Text([line for text in optional for line in score.lines_of(text)])
    keys = [score.key(text) for text in texts]
    once = [n for n, key in enumerate(keys) if len(key) >= 60 and key in truth.stream]
    middle = statistics.median(once) if once else 0
    labels = [0] * len(texts)
    for number in sorted(range(len(texts)), key=lambda n: (-len(keys[n]), abs(n - middle))):
        key = keys[number]
        if not key:
            labels[number] = -1
        elif truth.take(key):
            labels[number] = 1
        elif spare.take(key):
            labels[number] = -1
    for number in _nearly(score, texts, keys, labels, lines):
        labels[number] = 1
    return labels


def _nearly(
    score: ModuleType, texts: Sequence[str], keys: list[str], labels: list[int], lines: list[str]
) -> Iterator[int]:
    """Lines that are the truth's but for a few words."""
    stream = "".join(score.key(line) for line in lines)
    words = score._WORD_CJK.findall(" ".join(lines).lower())
    runs = {tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))}
    seen: set[str] = set()
    for number, (text, key) in enumerate(zip(texts, keys, strict=True)):
        if labels[number] == 0 and len(key) >= 40 and key not in stream and key not in seen:
            own_words = score._WORD_CJK.findall(text.lower())
            own = [tuple(own_words[n : n + 4]) for n in range(max(1, len(own_words) - 3))]
            if sum(run in runs for run in own) >= _MOSTLY * len(own):
                yield number
        seen.add(key)
