"""What can be saved of JSON that is broken: quotation marks in texts, missing commas, a missing end.

Templates print headlines between quotation marks without escaping those inside, leave commas at ends and
comments between. Each value is read by what must follow it: a text ends at the quotation mark behind
which an object or array can go on. Linear in the text: what is looked at ahead is bounded.
"""

from __future__ import annotations

import re
from typing import Any

__all__ = ["saved_json"]

_BLANK = re.compile(
    r"(?:[\s\x00-\x1f\ufeff]++|//[^\n\"{}\[\]]{0,200}\n|/\*[^*]{0,500}\*/|<!--|-->)+"
)
_NAME = re.compile(r"\"([@\w$.:-]{1,60})\"\s{0,50}:")
#: Behind the text of a property: the next one, with or without a comma, or the end of the object.
_AFTER_PROPERTY = re.compile(
    r"\s{0,200}+(?:,\s{0,200}+){0,4}+(?:\"[@\w$.:-]{1,60}+\"\s{0,50}+:|[}\]]\s{0,200}+(?:[,}\]\[{\"<;]|\Z)|\Z)"
)
#: Behind the text of an array: the next value or the end.
_AFTER_ITEM = re.compile(r"\s{0,200}+(?:,\s{0,200}+(?:[\"\[{\d\]-]|true\b|false\b|null\b)|\]|\Z)")
_BARE = re.compile(r"[^\s,}\]\"\[{]{1,60}")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "false": False, "null": None}
#: A text in which a property stands swallowed its neighbours: it says nothing.
_SWALLOWED = re.compile(r",\s{0,20}+\"@?\w{1,40}+\"\s{0,20}+:")
_DEEPEST = 16
_MOST = 20_000
_LONGEST = 300_000


def saved_json(text: str) -> Any:
    """The value that the broken JSON ``text`` begins with, as far as it can be read; ``None`` where nothing can.

    Properties whose text took in their neighbours are left out; what is cut off ends where it ends.
    """
    return _Reader(text[:_LONGEST]).value(0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.left = _MOST

    def value(self, depth: int, *, item: bool = False) -> Any:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            self.at = len(self.text)
            return None
        self._skip()
        char = self.text[self.at : self.at + 1]
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._array(depth)
        if char == '"':
            return self._string(_AFTER_ITEM if item else _AFTER_PROPERTY)
        bare = _BARE.match(self.text, self.at)
        if bare is None:
            return None
        self.at = bare.end()
        return _plain(bare.group())

    def _skip(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        if blank is not None:
            self.at = blank.end()

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        while self.at < len(self.text) and self.left > 0:
            self._skip()
            char = self.text[self.at : self.at + 1]
            if char == "}":
                self.at += 1
                break
            if char == "]":
                break
            name = _NAME.match(self.text, self.at)
            if name is None:
                # A stray sign: a comma, or what a broken text left behind.
                self.at += 1
                if char != ",":
                    self._to_next_name()
                continue
            self.at = name.end()
            value = self.value(depth + 1)
            if value is not None:
                found.setdefault(name.group(1), value)
        return found

    def _to_next_name(self) -> None:
        """On to the next property, or to the end of the object."""
        while self.at < len(self.text) and self.text[self.at] not in '"}':
            self.at += 1

    def _array(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        while self.at < len(self.text) and self.left > 0:
            self._skip()
            char = self.text[self.at : self.at + 1]
            if char == "]":
                self.at += 1
                break
            if char == "}":
                break
            before = self.at
            if char == ",":
                self.at += 1
                continue
            value = self.value(depth + 1, item=True)
            if value is not None:
                found.append(value)
            if self.at == before:
                self.at += 1
        return found

    def _string(self, after: re.Pattern[str]) -> str | None:
        start = at = self.at + 1
        while True:
            quote = self.text.find('"', at)
            if quote < 0:
                # Cut off: the rest is all that there is of it.
                self.at = len(self.text)
                return None
            if _is_escaped(self.text, start, quote):
                at = quote + 1
                continue
            if after.match(self.text, quote + 1) is not None:
                break
            at = quote + 1
        self.at = quote + 1
        raw = self.text[start:quote]
        return None if _SWALLOWED.search(raw) else _unescaped(raw)


def _is_escaped(text: str, start: int, quote: int) -> bool:
    slashes = 0
    while quote - slashes - 1 >= start and text[quote - slashes - 1] == "\\" and slashes < 64:
        slashes += 1
    return slashes % 2 == 1


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw

    def one(match: re.Match[str]) -> str:
        sign = match.group(1)
        if sign[0] == "u" and len(sign) == 5:
            return chr(int(sign[1:], 16))
        return _ESCAPED.get(sign, sign)

    text = _ESCAPE.sub(one, raw)
    # Signs beyond the first plane are written as two halves.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    try:
        return float(word) if "." in word or "e" in word.lower() else int(word)
    except ValueError:
        return None
