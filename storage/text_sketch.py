"""Which texts are the same story: a few marks of each text, and the true overlap of two.

The marks are the smallest hashes of a text's shingles (five tokens in a row): a MinHash by bottom-k
sampling (A. Broder, "On the resemblance and containment of documents", 1997). Unlike k permutations
it costs one hash a shingle and needs no bands of several: each mark is kept as a row of an indexed
table, and texts that have a mark in common are candidates.

What two candidates truly share is measured in runs: a copy, shortened or lightly edited, shares long
stretches word for word; two reports made from one template share their words in pieces.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["MARKS", "Overlap", "SketchedText", "is_same_story", "overlap"]

#: Tokens of a shingle.
SHINGLE = 5
#: Marks of a text.
MARKS = 10
#: Bits of a mark: a billion texts have hardly a mark in common by chance.
_BITS = 52
#: Texts of fewer different shingles are too short to tell a copy from a coincidence.
LEAST_SHINGLES = 24
#: Tokens of a stretch that is no coincidence.
RUN = 12
#: Share of the shorter text that stands in such stretches in the other: measured by bench/dedup.
SAME_STORY = 0.55

_Hashes = npt.NDArray[np.uint64]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common; shares from 0 to 1."""

    #: Shingles in common, of all that either has.
    resemblance: float
    #: Shingles in common, of the shorter text's.
    containment: float
    #: Tokens of the shorter text that stand in the other in long stretches, word for word.
    in_runs: float


class SketchedText:
    """A text given by its tokens (``storage.tokens``), its shingles hashed once, when asked for."""

    __slots__ = ("_shingles", "_unique", "tokens")

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self._shingles: _Hashes | None = None
        self._unique: _Hashes | None = None

    @property
    def shingles(self) -> _Hashes:
        """Their hashes in the order of the text."""
        if self._shingles is None:
            self._shingles = _hashes(self.tokens)
        return self._shingles

    @property
    def unique(self) -> _Hashes:
        """Their different hashes, rising."""
        if self._unique is None:
            self._unique = np.unique(self.shingles)
        return self._unique

    @property
    def marks(self) -> tuple[int, ...]:
        """By which the text is found as a candidate; none for a very short one."""
        if len(self.unique) < LEAST_SHINGLES:
            return ()
        return tuple((self.unique[:MARKS] >> np.uint64(64 - _BITS)).tolist())


def overlap(one: SketchedText, other: SketchedText) -> Overlap:
    """What two texts have in common."""
    if len(one.shingles) > len(other.shingles):
        one, other = other, one
    if not len(one.shingles):
        return Overlap(0.0, 0.0, 0.0)
    short, long = one.unique, other.unique
    common = len(np.intersect1d(short, long, assume_unique=True))
    return Overlap(
        resemblance=common / (len(short) + len(long) - common),
        containment=common / len(short),
        in_runs=_covered(np.isin(one.shingles, long)) / len(one.tokens),
    )


def is_same_story(found: Overlap) -> bool:
    """Whether two texts of this overlap are one story."""
    return found.in_runs >= SAME_STORY


def _covered(there: npt.NDArray[np.bool_]) -> int:
    """Tokens in stretches of ``RUN`` and more, of a text whose shingles stand in the other or not."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there.view(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2] + SHINGLE - 1
    return int(lengths[lengths >= RUN].sum())


def _hashes(tokens: Sequence[str]) -> _Hashes:
    """The hashes of a text's shingles, in their order; none for fewer tokens than one takes."""
    count = len(tokens) - SHINGLE + 1
    if count < 1:
        return np.empty(0, np.uint64)
    words = np.fromiter(map(_hash, tokens), np.uint64, len(tokens))
    mixed = np.zeros(count, np.uint64)
    for place in range(SHINGLE):
        mixed = (mixed + words[place : place + count]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    # The finish of splitmix64, so that the smallest are a fair sample.
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: _Hashes = mixed ^ (mixed >> np.uint64(31))
    return result


@lru_cache(maxsize=65_536)
def _hash(token: str) -> int:
    data = token.encode("utf-8", "surrogatepass")
    return zlib.crc32(data) | zlib.adler32(data) << 32
