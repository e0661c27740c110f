"""Whether markup is more than a parser should be given, told in one pass over its bytes.

An HTML parser takes time with the square of some numbers: of the attributes of one element (each is
compared with those before it), of elements that are open at once (each start tag looks among them),
of formatting elements left open (each paragraph has them all again), of the options of a list. No page
for people comes near the bounds here; what does is made to hold a parser up, or broken beyond reading.

The pass is cheap where nothing is suspicious: some counts of a byte. Only markup that is tells its
tags, by the rules of the HTML Living Standard, 13.2.5 (tokens) and, roughly, 13.2.6 (which start tags
end what is open). It is a guard, not a proof: who parses does so where it can be ended.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "MOST_ATTRIBUTES",
    "MOST_ELEMENTS",
    "MOST_OPEN",
    "MOST_OPTIONS",
    "excess",
    "has_long_tag",
]

#: Of 2,261 pages of news sites, blogs and shops the largest has 10,224 elements.
MOST_ELEMENTS = 60_000
#: Elements open at once. Those pages nest 56 deep; browsers stop at 512.
MOST_OPEN = 512
#: Of one element; those pages have 421 at most.
MOST_ATTRIBUTES = 2_000
MOST_OPTIONS = 5_000

#: Bytes that are counted together.
_WINDOW = 8 * 1024
#: A stretch without a tag from where on an element of too many attributes is possible: no aligned
#: one of half the bytes that they take at least may have a tag.
_LONG = MOST_ATTRIBUTES
#: Start tags beyond the end tags, and tags in all, from where on a page is looked at closely.
_UNCLOSED = 1_500
_TAGS = 30_000
_LESS, _SLASH = b"</"
#: Two bytes as one number, on any machine, and the two that begin an end tag.
_PAIR, _END_TAG = "<u2", _SLASH << 8 | _LESS
#: How the names of elements without an end tag begin: those of HTML (br, img, input, meta, hr, source,
#: wbr) and of drawings (path, circle, rect, polygon, use).
_ENDLESS = [first << 8 | second for first, second in (b"br", b"im", b"in", b"me", b"hr", b"so", b"wb", b"pa", b"ci", b"re", b"po", b"us")]  # fmt: skip

_NAME = re.compile(rb"<(/?)([a-z][^\s/>]*+)")
#: The rest of a tag: attributes with or without values, to the end of the tag or of the page.
_REST = re.compile(rb"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')|=|["'])*+""")
_ATTRIBUTE = re.compile(rb"""[^\s/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s]*+))?+""")
_OPTION = re.compile(rb"<option[\s>]", re.IGNORECASE)


def _names(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


_VOID = _names("area base br col embed hr img input link meta param source track wbr")
#: Whose content is text until their own end tag.
_RAW = _names("script style textarea title xmp iframe noembed noframes")
_FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
_BLOCKS = _names(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary"
    " table ul"
)
_CELLS = _names("table template td th caption button object html")
#: What a start tag ends, and what it does not look beyond.
_ENDS: dict[bytes, tuple[frozenset[bytes], frozenset[bytes]]] = {
    **dict.fromkeys(_BLOCKS, (_names("p"), _CELLS)),
    b"li": (_names("li p"), _CELLS | _names("ul ol menu")),
    b"dt": (_names("dt dd p"), _CELLS | _names("dl")),
    b"dd": (_names("dt dd p"), _CELLS | _names("dl")),
    b"option": (_names("option"), _names("select optgroup datalist")),
    b"optgroup": (_names("option optgroup"), _names("select")),
    b"td": (_names("td th"), _names("tr table")),
    b"th": (_names("td th"), _names("tr table")),
    b"tr": (_names("tr td th"), _names("table tbody thead tfoot")),
    **dict.fromkeys(
        _names("tbody thead tfoot"), (_names("tbody thead tfoot tr td th"), _names("table"))
    ),
    b"a": (_names("a"), _CELLS),
}
#: Open elements that a start tag looks among.
_LOOK = 40


def excess(markup: bytes) -> str | None:
    """Why ``markup`` is not to be parsed: what it has too much of; ``None`` where it may be."""
    tags, unclosed = _counts(markup)
    if tags > _TAGS or unclosed > _UNCLOSED or has_long_tag(markup):
        return _Tags(markup.lower()).excess()
    if tags > MOST_OPTIONS and len(_OPTION.findall(markup)) > MOST_OPTIONS:
        return _more("options of lists", MOST_OPTIONS)
    return None


def _counts(markup: bytes) -> tuple[int, int]:
    """Tags, and the most start tags without an end tag before any place; more rather than fewer."""
    # Where a document is parsed, and not by whoever only imports this.
    import numpy as np

    letters = np.frombuffer(markup, np.uint8)
    tags = int(np.count_nonzero(letters == _LESS))
    if tags <= _UNCLOSED or (tags <= _TAGS and tags - _end_tags(markup) <= _UNCLOSED):
        # No more start tags than that in all, wherever their end tags stand.
        return tags, min(tags, _UNCLOSED)
    opening = letters[:-1] == _LESS
    closing = opening & (letters[1:] == _SLASH)
    tags = unclosed = most = 0
    for at in range(0, len(opening), _WINDOW):
        opened = int(np.count_nonzero(opening[at : at + _WINDOW]))
        tags += opened
        ended = int(np.count_nonzero(closing[at : at + _WINDOW]))
        # As if they all ended first: an end tag without a start tag makes no room for one.
        unclosed = max(0, unclosed - ended) + opened - ended
        most = max(most, unclosed)
    if most > _UNCLOSED:
        most = _unclosed(letters, opening)
    return tags, most


def _end_tags(markup: bytes) -> int:
    """How often ``markup`` has ``</``: in one of the two ways to see its bytes as pairs."""
    import numpy as np

    return sum(
        int(
            np.count_nonzero(
                np.frombuffer(markup, _PAIR, (len(markup) - first) // 2, first) == _END_TAG
            )
        )
        for first in (0, 1)
    )


def _unclosed(letters: npt.NDArray[np.uint8], opening: npt.NDArray[np.bool_]) -> int:
    """The same, of tags only, without those that have no end tag by their nature."""
    import numpy as np

    at = np.flatnonzero(opening)
    at = at[at < len(letters) - 2]
    first, second = letters[at + 1] | 32, letters[at + 2] | 32
    start = first - np.uint8(97) < 26
    start &= ~np.isin(first.astype(np.uint16) << 8 | second, _ENDLESS)
    step = start.astype(np.int32) - (letters[at + 1] == _SLASH)
    height = np.cumsum(step)
    # Above the lowest before it, since end tags without a start tag end nothing.
    lowest = np.minimum(np.minimum.accumulate(height), 0)
    return int((height - lowest).max(initial=0))


def has_long_tag(markup: bytes) -> bool:
    """Whether an element of HTML or XML has more attributes than ``MOST_ATTRIBUTES``, told by its length."""
    at = 0
    while at + _LONG <= len(markup):
        if markup.find(b"<", at, at + _LONG) >= 0:
            at += _LONG
            continue
        opened = markup.rfind(b"<", 0, at)
        named = _NAME.match(markup[opened : opened + 40].lower()) if opened >= 0 else None
        if named is not None and not named[1] and named[2] not in _RAW:
            rest = _REST.match(markup, opened + named.end())
            # One attribute with a long value (a picture as an address, data of a script) is usual.
            if rest is not None and _has_many(rest[0]):
                return True
            at = max(at, rest.end()) if rest is not None else at
        at = markup.find(b"<", at)
        if at < 0:
            return False
    return False


def _has_many(attributes: bytes) -> bool:
    if len(attributes) <= 2 * MOST_ATTRIBUTES:
        return False
    return len(_ATTRIBUTE.findall(attributes)) > MOST_ATTRIBUTES


@dataclass(slots=True)
class _Tags:
    """The tags of a page, told one after the other; of markup in lower case."""

    markup: bytes
    elements: int = 0
    options: int = 0
    open: list[bytes] = field(default_factory=list)
    #: How many of a name are open.
    count: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    #: Formatting elements without an end tag, whole, by name; of three alike the parser keeps no more.
    formatting: dict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    formatted: int = 0

    def excess(self) -> str | None:
        markup, at = self.markup, 0
        while (at := markup.find(b"<", at)) >= 0:
            named = _NAME.match(markup, at)
            if named is None:
                at = self._behind(at)
                continue
            rest = _REST.match(markup, named.end())
            at = rest.end() if rest is not None else named.end()
            if named[1]:
                self._end(named[2])
                continue
            found = self._start(named[2], markup[named.end() : at])
            if found is not None:
                return found
            if named[2] in _RAW:
                at = markup.find(b"</" + named[2], at)
                if at < 0:
                    return None
        return None

    def _behind(self, at: int) -> int:
        """The place behind what is no tag: a comment, a declaration, a bare ``<``."""
        if not self.markup.startswith(b"<!--", at):
            return at + 1
        end = self.markup.find(b"-->", at + 2)
        return len(self.markup) if end < 0 else end + 3

    def _start(self, name: bytes, attributes: bytes) -> str | None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            return _more("elements", MOST_ELEMENTS)
        if _has_many(attributes):
            return _more("attributes of one element", MOST_ATTRIBUTES)
        if name == b"option":
            self.options += 1
            if self.options > MOST_OPTIONS:
                return _more("options of lists", MOST_OPTIONS)
        ends = _ENDS.get(name)
        if ends is not None:
            self._imply(*ends)
        if name in _VOID or name in _RAW:
            return None
        if attributes.endswith(b"/") and (self.count[b"svg"] or self.count[b"math"]):
            return None
        if name in _FORMATTING:
            self._format(name, attributes)
        self.open.append(name)
        self.count[name] += 1
        if len(self.open) > MOST_OPEN or self.formatted > MOST_OPEN:
            return _more("elements open at once", MOST_OPEN)
        return None

    def _imply(self, ended: frozenset[bytes], within: frozenset[bytes]) -> None:
        """End what a start tag ends: the outermost of ``ended`` that stands in the same ``within``."""
        if not any(self.count[name] for name in ended):
            return
        outermost = None
        for at in range(len(self.open) - 1, max(-1, len(self.open) - 1 - _LOOK), -1):
            if self.open[at] in within:
                break
            if self.open[at] in ended:
                outermost = at
        if outermost is not None:
            self._pop(outermost)

    def _end(self, name: bytes) -> None:
        if self.count[name]:
            at = len(self.open) - 1
            while self.open[at] != name:
                at -= 1
            self._pop(at)
        if name in _FORMATTING and self.formatting[name]:
            self.formatting[name].pop()
            self.formatted -= 1

    def _pop(self, at: int) -> None:
        for name in self.open[at:]:
            self.count[name] -= 1
        del self.open[at:]

    def _format(self, name: bytes, attributes: bytes) -> None:
        alike = self.formatting[name]
        if name == b"a" and alike:
            self.formatted -= len(alike)
            alike.clear()
        if alike[-3:].count(attributes) < 3:
            alike.append(attributes)
            self.formatted += 1


def _more(what: str, most: int) -> str:
    return f"more than {most:,} {what}"
