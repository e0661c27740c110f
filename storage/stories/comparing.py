"""Texts that are ready to be compared, and what pairs of them share, by the texts' fingerprints.

What two texts share is the same for ever, whoever asks and whatever has become of the articles that held
them: so what is remembered here needs no transaction, outlives a rollback, and is never wrong where
another process has changed an article meanwhile.
"""

from __future__ import annotations

from collections import OrderedDict

from storage.text.sketch import SketchedText, shared_in_runs

__all__ = ["RELATED", "Comparisons"]

#: Two texts that both stand in a third are of one story only where they share so much themselves.
RELATED = 0.2
#: Bytes of texts that stay ready: what is copied once is copied again soon. And pairs remembered.
_ROOM, _MOST_PAIRS = 4_000_000, 20_000
#: What a text takes beside its shingles.
_BESIDE = 600


class Comparisons:
    """The texts and pairs of texts that were asked for last. Of one thread."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, SketchedText] = OrderedDict()
        self._size = 0
        self._shares: OrderedDict[tuple[str, str], float] = OrderedDict()

    def ready(self, fingerprint: str) -> SketchedText | None:
        """The text of this fingerprint, where it is ready."""
        found = self._texts.get(fingerprint)
        if found is not None:
            self._texts.move_to_end(fingerprint)
        return found

    def add(self, text: SketchedText) -> SketchedText:
        """Have a text ready; it stays at least until the next one comes."""
        if text.fingerprint is not None and text.fingerprint not in self._texts:
            # Its tokens, which are larger, are let go.
            kept = SketchedText(sketch=text.sketch, marks=text.marks, fingerprint=text.fingerprint)
            self._texts[text.fingerprint] = kept
            self._size += _size(kept)
            while self._size > _ROOM and len(self._texts) > 1:
                self._size -= _size(self._texts.popitem(last=False)[1])
        return text

    def known(self, one: SketchedText, fingerprint: str) -> float | None:
        """What :meth:`share` gives for a text and the one of this fingerprint, where that is known."""
        if one.fingerprint == fingerprint:
            return 1.0
        return self._shares.get((one.fingerprint or "", fingerprint))

    def share(self, one: SketchedText, other: SketchedText) -> float:
        """What two texts share in long stretches, of the shorter one; 0 where that is less than RELATED."""
        if one.fingerprint is None or other.fingerprint is None:
            return shared_in_runs(one, other, RELATED)
        known = self.known(one, other.fingerprint)
        if known is None:
            known = shared_in_runs(one, other, RELATED)
            self._shares[one.fingerprint, other.fingerprint] = known
            # Of two that are equally long, it matters which is looked for in which.
            if one.length != other.length:
                self._shares[other.fingerprint, one.fingerprint] = known
            while len(self._shares) > _MOST_PAIRS:
                self._shares.popitem(last=False)
        return known


def _size(text: SketchedText) -> int:
    # Its shingles twice: in their order, and rising.
    return 8 * len(text.shingles) + _BESIDE
