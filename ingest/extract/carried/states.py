r"""The data that a page's scripts draw it from, as JSON values.

    <script id="__NEXT_DATA__" type="application/json">      Next.js, and whatever is called so
    <script id="__NUXT_DATA__" type="application/json">      Nuxt 3: one list, whose numbers are places in it
    window.__INITIAL_STATE__ = {...};                        Redux, Apollo, Vue, home-made
    window.__DATA__ = JSON.parse("{...}")                    the same, quoted once more
    self.__next_f.push([1, "4:[\"$\",...]"])                 React's server components, a line a value

Only what is JSON is read; a state that is code (``__NUXT__=function(a,b){...}``) would have to be run.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser

__all__ = ["states_of"]

#: Characters of one script and of all together that are read, and scripts that are looked at.
_LARGEST, _MOST_IN_ALL, _MOST = 3_000_000, 5_000_000, 200
#: Below it there is no article in a script.
_LEAST = 600
_ASSIGNED = re.compile(
    r"(?:^|[;\s{(,])(?:window|self|globalThis|this)?(?:\.|\[[\"'])?[$\w]{2,60}(?:[\"']\])?\s{0,9}=\s{0,9}"
    r"(?=[{\[]|JSON\.parse)"
)
_PARSED = re.compile(r"JSON\.parse\(\s{0,9}(?:decodeURIComponent\(\s{0,9})?")
_PUSHED = re.compile(r"__next_f\.push\(")
_LINE = re.compile(r"[0-9a-f]{1,6}:(?:T[0-9a-f]+,)?")
#: Assignments of one script that are tried.
_TRIED = 12
_DECODER = json.JSONDecoder(strict=False)
_DEEPEST = 30


def states_of(tree: LexborHTMLParser) -> Iterator[Any]:
    """The values, in the page's order."""
    read = 0
    pushed: list[str] = []
    for node in tree.css("script")[: 4 * _MOST]:
        kind = (node.attributes.get("type") or "").lower()
        if "ld+json" in kind or "src" in node.attributes:
            continue
        text = node.text(deep=True)
        if not _LEAST <= len(text) <= _LARGEST or read > _MOST_IN_ALL:
            if "__next_f" not in text[:200]:
                continue
        read += len(text)
        if "json" in kind:
            value = _whole(text)
            if value is not None:
                yield _resolved(value) if _is_flat(value, node.attributes) else value
        elif kind in ("", "text/javascript", "module", "application/javascript"):
            if _PUSHED.search(text[:200]):
                pushed += _pushed(text)
            else:
                yield from _assigned(text)
    if pushed:
        yield from _flight("".join(pushed))


def _whole(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _at(text: str, place: int) -> Any:
    try:
        return _DECODER.raw_decode(text, place)[0]
    except (ValueError, RecursionError):
        return None


def _assigned(text: str) -> Iterator[Any]:
    end = 0
    for tried, found in enumerate(_ASSIGNED.finditer(text)):
        if tried >= _TRIED:
            return
        place = found.end()
        if place < end:
            continue
        quoted = _PARSED.match(text, place)
        try:
            if quoted is None:
                value, end = _DECODER.raw_decode(text, place)
            else:
                inner, end = _DECODER.raw_decode(text, quoted.end())
                value = _whole(inner) if isinstance(inner, str) else None
        except (ValueError, RecursionError):
            continue
        if isinstance(value, (dict, list)) and end - place >= _LEAST:
            yield value


def _pushed(text: str) -> Iterator[str]:
    for found in _PUSHED.finditer(text):
        value = _at(text, found.end())
        if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
            yield value[1]


def _flight(text: str) -> Iterator[Any]:
    for line in text.split("\n"):
        opened = _LINE.match(line)
        if (
            opened is not None
            and len(line) >= _LEAST
            and line[opened.end() : opened.end() + 1] in "[{"
        ):
            value = _at(line, opened.end())
            if value is not None:
                yield value


def _is_flat(value: Any, attributes: dict[str, str | None]) -> bool:
    return isinstance(value, list) and (
        "nuxt" in (attributes.get("id") or "").lower() or "data-nuxt-data" in attributes
    )


def _resolved(flat: list[Any]) -> list[Any]:
    """The objects of Nuxt's list, their numbers replaced by what stands there, each resolved once.

    (https://github.com/sveltejs/devalue describes the form.)
    """
    known: dict[int, Any] = {}

    def resolve(place: Any, depth: int) -> Any:
        if type(place) is not int or not 0 <= place < len(flat):
            return None
        if place in known:
            return known[place]
        value = flat[place]
        if depth > _DEEPEST or not isinstance(value, (dict, list)):
            return None if isinstance(value, (dict, list)) else value
        known[place] = None
        made: Any
        if isinstance(value, dict):
            made = {key: resolve(inner, depth + 1) for key, inner in value.items()}
        elif len(value) == 2 and isinstance(value[0], str):
            made = resolve(value[1], depth + 1)
        else:
            made = [resolve(inner, depth + 1) for inner in value]
        known[place] = made
        return made

    # From the end: what is inside others comes behind them, and is known then.
    return [
        resolve(place, 0) for place in range(len(flat) - 1, -1, -1) if isinstance(flat[place], dict)
    ]
