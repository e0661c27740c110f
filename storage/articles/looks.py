"""Whether what an article's page holds now is that article still.

An address that answered with an article once may answer with something else: a notice that it was
removed or that the site is being repaired, a parked domain, a consent or paywall text, a page that
blocks, another article. Such a page changes nothing. A correction, however long, does; the two are
told apart by what stays of the old text, and where hardly anything stays by whether old and new
speak of the same things. Measured by ``python -m bench.second_look``, which fitted the weights too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from math import exp, log, prod, sqrt

import numpy as np

from storage.text.sketch import SketchedText
from storage.text.tokens import tokens_of

__all__ = ["EVIDENCE", "LIKELY", "Look", "Unlike", "judge_look", "shows_less"]

#: Share of the old text that stays word by word in a correction, whatever came with it.
MOSTLY_KEPT = 0.5
#: A page that shows the beginning alone shows less of the old text than this.
WHOLE = 0.9
#: A page that shares little and is shorter than this share of the old text shows no new version.
MUCH_SHORTER = 0.4
#: Tokens of a box below the beginning ("Subscribe to go on reading").
_BOX = 60
#: Of a text with fewer tokens too little is known to say that another is not its successor.
_STUB = 25
#: Letters of a word that is about something, in scripts with blanks.
_TELLING = 5

#: Below it no script goes without blanks (Thai is the first that does).
_FIRST_UNSPACED = 0x0E00

#: Logistic regression over ``Look.evidence``: that a text of which little stayed is the successor.
_BIAS = -3.04
#: The parts of the evidence, and what each weighs. Words are telling ones, see ``_telling``.
EVIDENCE = {
    "words of the old title in the new text": 2.15,
    "words of the new title in the old text": -1.69,
    "words in common of the titles, of the shorter one's": 4.74,
    "words in common of the texts, of the poorer one's": 3.58,
    "words that the new text repeats in the old one": 4.83,
    "cosine of the two": 9.60,
    "how many words in common, as a logarithm": 3.48,
    "share of the old text that stays": -8.17,
    "length of the old text, as a logarithm": -6.61,
    "what is left of the length": -1.47,
}
#: A false page does more harm than a correction that comes at a later look.
LIKELY = 0.6


@dataclass(frozen=True, slots=True)
class Unlike:
    """Why a page is not the article that was filed from it."""

    #: ``only_beginning`` or ``other_text``.
    reason: str
    #: The same for a person.
    detail: str


class Look:
    """Two texts at one address, the filed one and the one that is there now."""

    def __init__(
        self, *, title: str | None, text: str, new_title: str | None, new_text: str
    ) -> None:
        self._titles = (tokens_of(title or ""), tokens_of(new_title or ""))
        self._old, self._new = SketchedText(text=text), SketchedText(text=new_text)

    @property
    def words(self) -> tuple[int, int]:
        """Tokens of the old and of the new text."""
        return len(self._old.tokens), len(self._new.tokens)

    @cached_property
    def kept(self) -> float:
        """Share of the old text's shingles that stand in the new one, from 0 to 1."""
        return _share(self._old, self._new)

    @cached_property
    def length(self) -> float:
        """The new text's length in old ones."""
        old, new = self.words
        return new / max(1, old)

    @property
    def is_beginning(self) -> bool:
        """Whether the new text is the old one's beginning, and perhaps a box below it."""
        old, new = self._old.tokens, self._new.tokens
        same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
        return (min(len(old), len(new)) if same is None else same) >= max(1, len(new) - _BOX)

    @property
    def same_title(self) -> bool:
        """Whether one of the titles holds all words of the other."""
        some, more = sorted(map(set, self._titles), key=len)
        return bool(some) and some <= more

    @cached_property
    def evidence(self) -> tuple[float, ...]:
        """What tells a text that was rewritten from another one; its parts are :data:`EVIDENCE`."""
        old, new = _telling(self._old.tokens), _telling(self._new.tokens)
        title, new_title = (_telling(each) for each in self._titles)
        return (
            _found(title, new),
            _found(new_title, old),
            _common(title, new_title),
            _common(old, new),
            _found(_repeated(self._new.tokens), old),
            _cosine(self._old.tokens, self._new.tokens),
            log(1 + len(old & new)) / 5,
            self.kept,
            min(1.0, log(1 + len(self._old.tokens)) / 8),
            min(1.0, max(0.0, 1 + log(max(self.length, 0.01)) / 2)),
        )

    @property
    def successor(self) -> float:
        """How likely it is that the new text took the old one's place, though little stayed."""
        weighed = sum(w * e for w, e in zip(EVIDENCE.values(), self.evidence, strict=True))
        return 1 / (1 + exp(-(_BIAS + weighed)))


def judge_look(
    *,
    title: str | None,
    text: str,
    new_title: str | None,
    new_text: str,
    announced: str | None = None,
    loses_part: bool = False,
) -> Unlike | None:
    """Why a page that holds ``new_text`` is not the article of ``text``; ``None`` where it is.

    Args:
        title: of the article as it is filed, like ``text``.
        text: its paragraphs.
        new_title: of the page as it is now, like ``new_text``.
        new_text: its paragraphs.
        announced: the title that the address was announced with. Where only the new text is about
            that, what was filed was the wrong page.
        loses_part: whether the page says that it shows a part only, and did not before.
    """
    look = Look(title=title, text=text, new_title=new_title, new_text=new_text)
    old, new = look.words
    beginning = Unlike(
        "only_beginning", f"the page shows only a part of the article now, {new} of {old} words"
    )
    if new < old and (loses_part or (look.length < WHOLE and look.is_beginning)):
        return beginning
    if look.kept >= MOSTLY_KEPT or old == 0 or (old < _STUB and look.same_title):
        return None
    if announced is not None and _was_wrong(tokens_of(announced), title, text, new_title, new_text):
        return None
    if look.length >= MUCH_SHORTER and look.successor >= LIKELY:
        return None
    return Unlike(
        "other_text",
        f"the page shows another text now ({new} words, of the article's {look.kept:.0%} stand in it)",
    )


def shows_less(text: str, new_text: str, *, loses_part: bool) -> bool:
    """Whether of two views of one article the new one shows a part alone.

    What a view has below the end, as where it was printed from, is no part of the article.
    """
    look = Look(title=None, text=text, new_title=None, new_text=new_text)
    old, new = look.words
    cut = old - new > _BOX and look.length < WHOLE and look.is_beginning
    return new < old and (loses_part or cut)


def _was_wrong(
    announced: Sequence[str],
    title: str | None,
    text: str,
    new_title: str | None,
    new_text: str,
) -> bool:
    wanted = _telling(announced)
    if len(wanted) < 2:
        return False
    old = set(tokens_of(f"{title or ''} {text}"))
    new = set(tokens_of(f"{new_title or ''} {new_text}"))
    return _found(wanted, new) >= 0.8 and _found(wanted, old) <= 0.2


def _share(some: SketchedText, other: SketchedText) -> float:
    if not len(some.unique) or not len(other.unique):
        mine, theirs = set(some.tokens), set(other.tokens)
        return len(mine & theirs) / max(1, len(mine))
    return float(np.isin(some.unique, other.unique, assume_unique=True).mean())


def _telling(tokens: Sequence[str]) -> set[str]:
    """Words that are about something: long ones, and pairs of signs that stand without blanks."""
    long = {token for token in tokens if len(token) >= _TELLING}
    signs = {a + b for a, b in zip(tokens, tokens[1:], strict=False) if _is_sign(a) and _is_sign(b)}
    return long | signs


def _repeated(tokens: Sequence[str]) -> set[str]:
    return {word for word, count in Counter(tokens).items() if count > 1 and len(word) >= _TELLING}


def _cosine(one: Sequence[str], other: Sequence[str]) -> float:
    some, more = (Counter(w for w in each if len(w) >= _TELLING) for each in (one, other))
    common = sum(count * more[word] for word, count in some.items())
    sizes = (sum(count * count for count in each.values()) for each in (some, more))
    return common / sqrt(prod(sizes)) if common else 0.0


def _is_sign(word: str) -> bool:
    return len(word) == 1 and ord(word) >= _FIRST_UNSPACED


def _found(some: Set[str], among: Set[str]) -> float:
    return len(some & among) / len(some) if some else 0.0


def _common(one: Set[str], other: Set[str]) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
