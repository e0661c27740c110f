"""The words of a text, folded, and which of them open a sentence: what cues are noticed by.

Nearly every text on the web is in signs of one byte each (code page 1252, the superset of Latin-1 that
browsers take it for, https://encoding.spec.whatwg.org/#windows-1252): folding such a text and finding its
words is one table look-up a sign, in C. All others are read by regular expressions, with the same result.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.extract.credits.grammar.tokens import flat

__all__ = ["Words", "words_in", "words_of_any_script"]

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
#: The first word of what may be a sentence, a segment or a line of its own.
_OPENING_WORD = re.compile(r"(?:^|[^\w\s,;\'’-])[^\w]*(\w+)")
#: A capital behind a small letter; begun with the capital, which is rare, it is found quicker.
_TURN = re.compile(r"[A-ZÀ-ÖØ-Þ](?<=[a-z].)")
#: ASCII signs that go on within what may be a sentence; behind all others but letters one may begin.
_WITHIN = " \t\f\v\r,;'-"
#: What stands for a sign of which the table knows no more than that it is no ASCII.
_UNKNOWN = "\x00"


class Words(NamedTuple):
    """The words of a text."""

    every: list[str]
    #: The text with its words alone, what may open a sentence on a line of its own; else as folded.
    folded: str
    #: Whether ``folded`` has such lines.
    lined: bool
    #: Whether no word has a letter beyond the Latin ones.
    latin: bool
    #: Signs of scripts without blanks: each may begin a word.
    signs: list[str]
    #: Whether a capital stands behind a small letter.
    turns: bool

    def opening(self) -> list[str]:
        """The words that may open a sentence."""
        if not self.lined:
            return _OPENING_WORD.findall(self.folded)
        return [first[0] for line in self.folded.split("\n") if (first := line.split(None, 1))]


def words_in(text: str) -> Words:
    """The words of ``text``, in small letters, shapes of quotes and dashes undone."""
    try:
        raw = text.encode("ascii" if text.isascii() else "cp1252")
    except UnicodeEncodeError:
        return words_of_any_script(text)
    spaced = raw.translate(_PLAIN)
    if spaced.isascii():
        folded = spaced.decode("ascii")
    else:
        folded = raw.translate(_LATIN).decode("cp1252")
        if _UNKNOWN in folded:
            return words_of_any_script(text)
    return Words(folded.split(), folded, True, True, [], b"aA" in raw.translate(_CASES))


def words_of_any_script(text: str) -> Words:
    """As ``words_in``, of any text, slower."""
    folded = flat(text)
    turns = _TURN.search(text) is not None
    if folded.isascii():
        folded = folded.encode().translate(_SPACED).decode()
        return Words(folded.split(), folded, True, True, [], turns)
    signs = _UNSPACED.findall(folded)
    return Words([*_WORD.findall(folded), *signs], folded, False, False, signs, turns)


def _spaced(sign: str) -> str:
    """An ASCII sign as it stands among words."""
    if sign.isalnum() or sign == "_":
        return sign
    return " " if sign in _WITHIN else "\n"


def _plain(sign: str) -> str:
    """A sign as it stands among the words of a text that is ASCII once it is folded."""
    folded = flat(sign)
    return _spaced(folded) if folded.isascii() else "é"


def _latin(sign: str) -> str:
    """A sign as it stands among the words of a text that has others than ASCII signs."""
    folded = flat(sign)
    if _WORD.fullmatch(folded):
        return folded if _in_table(folded) and sign != _UNKNOWN else _UNKNOWN
    return " " if re.match(r"[\s,;'’-]", folded) else "\n"


def _in_table(sign: str) -> bool:
    try:
        return len(sign.encode("cp1252")) == 1
    except UnicodeEncodeError:
        return False


def _case(sign: str) -> str:
    if "a" <= sign <= "z":
        return "a"
    return "A" if _TURN.search(f"a{sign}") else " "


#: The signs of the table; five bytes stand for none.
_SIGNS = [bytes([code]).decode("cp1252", "ignore") or " " for code in range(256)]
_SPACED = "".join(_spaced(chr(code)) if code < 128 else " " for code in range(256)).encode("ascii")
_PLAIN, _LATIN, _CASES = (
    "".join(kind(sign) for sign in _SIGNS).encode("cp1252") for kind in (_plain, _latin, _case)
)
