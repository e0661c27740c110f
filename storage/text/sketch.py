"""Which texts are the same story: a few marks of each text, and the true overlap of two.

The marks are the smallest hashes of a text's shingles (five tokens in a row): a MinHash by bottom-k
sampling (A. Broder, "On the resemblance and containment of documents", 1997). Unlike k permutations
it costs one hash a shingle and needs no bands of several: each mark is kept as a row of an indexed
table, and texts that have a mark in common are candidates.

What two candidates truly share is measured in runs: a copy, shortened or lightly edited, shares long
stretches word for word; two reports made from one template share their words in pieces.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from storage.text.tokens import tokens_of

__all__ = ["MARKS", "Overlap", "SketchedText", "is_same_story", "overlap", "shared_in_runs"]

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
#: Such stretches as shingles that are there, and the tokens that one of those stands for at most.
_RUNS = re.compile(b"\x01{%d,}" % (RUN - SHINGLE + 1))
_TOKENS_A_SHINGLE = RUN / (RUN - SHINGLE + 1)
#: Share of the shorter text that stands in such stretches in the other: measured by bench/dedup.
SAME_STORY = 0.55

_Hashes = npt.NDArray[np.uint64]
_Shingles = npt.NDArray[np.uint32]
_Number = TypeVar("_Number", np.uint32, np.uint64)
#: As they are stored, on any machine.
_SHINGLE_TYPE = np.dtype("<u4")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_WORD = np.dtype("<u8")
_UNMARKED = np.uint64(64 - _BITS)
#: Words whose hashes are kept twice over, and letters of one at most: some ten megabytes.
_MOST_WORDS, _LONGEST_WORD = 32_768, 40


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
    """A text as stories compare it: its shingles in their order, each part made when asked for.

    Made of its tokens (``storage.text.tokens``), of the text, or of the sketch that was stored of it.
    """

    __slots__ = ("_hashes", "_marks", "_shingles", "_text", "_tokens", "_unique", "fingerprint")

    def __init__(
        self,
        tokens: Sequence[str] | None = None,
        *,
        text: str = "",
        marks: tuple[int, ...] | None = None,
        sketch: bytes | None = None,
        fingerprint: str | None = None,
    ) -> None:
        """A text.

        Args:
            tokens: its tokens.
            text: itself, where its tokens are not known.
            marks: its marks, where they are known.
            sketch: what :attr:`sketch` gave for it, in place of all that.
            fingerprint: by which texts are told to be the same one (``storage.text.fingerprint``).
        """
        self.fingerprint = fingerprint
        self._text = text
        self._tokens = tokens
        self._marks = marks
        self._hashes: _Hashes | None = None
        self._shingles: _Shingles | None = (
            None if sketch is None else np.frombuffer(sketch, _SHINGLE_TYPE)
        )
        self._unique: _Shingles | None = None

    @property
    def tokens(self) -> Sequence[str]:
        """In their order; of a text of which only the sketch is known there are none."""
        if self._tokens is None:
            self._tokens = tokens_of(self._text)
        return self._tokens

    @property
    def shingles(self) -> _Shingles:
        """The last 32 bits of their hashes, in the order of the text."""
        if self._shingles is None:
            self._shingles = self._hashed().astype(_SHINGLE_TYPE)
        return self._shingles

    @property
    def sketch(self) -> bytes:
        """All that it takes to compare it: four bytes a token, empty for a text of no shingle."""
        return self.shingles.tobytes()

    @property
    def unique(self) -> _Shingles:
        """The different ones, rising."""
        if self._unique is None:
            self._unique = _different(self.shingles)
        return self._unique

    @property
    def marks(self) -> tuple[int, ...]:
        """By which the text is found as a candidate; none for a very short one."""
        if self._marks is None:
            found = _different(self._hashed())
            enough = len(found) >= LEAST_SHINGLES
            self._marks = tuple((found[:MARKS] >> _UNMARKED).tolist()) if enough else ()
        return self._marks

    @property
    def length(self) -> int:
        """How many tokens it has."""
        count = len(self.shingles)
        return count + SHINGLE - 1 if count else len(self.tokens)

    def _hashed(self) -> _Hashes:
        if self._hashes is None:
            self._hashes = _hashes(self.tokens)
        return self._hashes


def _different(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """The different ones among ``values``, rising."""
    ordered = np.sort(values)
    if not len(ordered):
        return ordered
    first = np.empty(len(ordered), np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def overlap(one: SketchedText, other: SketchedText) -> Overlap:
    """What two texts have in common."""
    if len(one.shingles) > len(other.shingles):
        one, other = other, one
    if not len(one.shingles):
        return Overlap(0.0, 0.0, 0.0)
    short, long = one.unique, other.unique
    common = int(np.count_nonzero(_among(short, long)))
    return Overlap(
        resemblance=common / (len(short) + len(long) - common),
        containment=common / len(short),
        in_runs=shared_in_runs(one, other),
    )


def shared_in_runs(one: SketchedText, other: SketchedText, least: float = 0.0) -> float:
    """Of the shorter text, what stands in the other in long stretches, word for word; from 0 to 1.

    Less than ``least`` may be said to be 0.
    """
    if len(one.shingles) > len(other.shingles):
        one, other = other, one
    if not len(one.shingles):
        return 0.0
    there = _among(one.shingles, other.unique)
    # So many shingles stand for no more tokens than if all of them stood in the shortest of runs.
    if np.count_nonzero(there) * _TOKENS_A_SHINGLE < least * one.length:
        return 0.0
    return _covered(there) / one.length


def _among(some: _Shingles, rising: _Shingles) -> npt.NDArray[np.bool_]:
    """Which of ``some`` are among ``rising``, of which there is one at least."""
    places = rising.searchsorted(some)
    places[places == len(rising)] = 0
    found: npt.NDArray[np.bool_] = rising[places] == some
    return found


def is_same_story(in_runs: float) -> bool:
    """Whether two texts are one story that share so much in long stretches."""
    return in_runs >= SAME_STORY


def _covered(there: npt.NDArray[np.bool_]) -> int:
    """Tokens in stretches of ``RUN`` and more, of a text whose shingles stand in the other or not."""
    runs = _RUNS.findall(there.tobytes())
    return sum(map(len, runs)) + (SHINGLE - 1) * len(runs)


def _hashes(tokens: Sequence[str]) -> _Hashes:
    """The hashes of a text's shingles, in their order; none for fewer tokens than one takes."""
    count = len(tokens) - SHINGLE + 1
    if count < 1:
        return np.empty(0, np.uint64)
    words = np.frombuffer(b"".join(map(_WORDS.__getitem__, tokens)), _WORD)
    mixed = words[:count] * _MULTIPLIER
    mixed ^= mixed >> _SHIFT
    for place in range(1, SHINGLE):
        mixed += words[place : place + count]
        mixed *= _MULTIPLIER
        mixed ^= mixed >> _SHIFT
    # The finish of splitmix64, so that the smallest are a fair sample.
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


class _Words(dict[str, bytes]):
    """Hashes of words, each made once; of those long not seen it forgets half at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._older: dict[str, bytes] = {}

    def __missing__(self, token: str) -> bytes:
        value = self._older.get(token)
        if value is None:
            data = token.encode("utf-8", "surrogatepass")
            value = (zlib.crc32(data) | zlib.adler32(data) << 32).to_bytes(8, "little")
        if len(token) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self._older = dict(self)
                self.clear()
            self[token] = value
        return value


_WORDS = _Words()
