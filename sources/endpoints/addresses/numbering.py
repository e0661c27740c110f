"""Doubtful parameters that number a site's articles, as its own documents show.

``ref``, ``feature``, ``cmp`` and their like say on most sites how a reader came, and on some which
article is meant (see ``address_parameters``). A document that names several addresses which differ in
nothing else, each under a title of its own, has shown the latter; one that repeats one title, or gives
all of its addresses the same value, has not.

What was shown is remembered by the shapes of the addresses (``/word.php?id&ref``), which are counted
with their articles anyway, so that a later document with one new address is understood too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sources.address_parameters import doubtful_parameters
from sources.endpoints.addresses.article_address import address_shape, kind_of_address
from sources.link import Announced

__all__ = ["Held", "numbered_shapes", "shown_by"]

#: Of values under one address, each with a title, so many must differ for the titles to speak.
LEAST_TITLES = 2
#: The same where the address names an article without the parameter, and the document may name one
#: article several times: a picture, a headline, "read more".
LEAST_BESIDE_A_NAME = 3
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Held:
    """An entry with doubtful parameters, until its document has shown what they are."""

    entry: Announced
    url: str
    #: Its key where none of them counts.
    key: str
    #: Doubtful parameters with their values.
    doubtful: dict[str, str]

    @classmethod
    def of(cls, entry: Announced, url: str, key: str) -> Held | None:
        """``None`` where nothing in ``url`` is doubtful."""
        query = url.partition("?")[2].partition("#")[0]
        doubtful = doubtful_parameters(query) if query else {}
        # Those that the key keeps are beyond doubt.
        kept = doubtful_parameters(key.partition("?")[2]) if doubtful else {}
        left = {name: value for name, value in doubtful.items() if name not in kept}
        return cls(entry, url, key, left) if left else None

    def counting(self, shapes: Collection[str]) -> frozenset[str]:
        """Those of its parameters that ``shapes`` say to count at addresses like this one."""
        return frozenset(
            name for name in self.doubtful if address_shape(self.url, frozenset([name])) in shapes
        )


def numbered_shapes(shapes: Iterable[str]) -> frozenset[str]:
    """Those of a source's shapes in which a doubtful parameter counts."""
    found = set()
    for shape in shapes:
        path, _, names = shape.partition("?")
        doubtful = [name for name in names.split("&") if doubtful_parameters(f"{name}=1")]
        others = [name for name in names.split("&") if name and name not in doubtful]
        # Each by itself: which of several stand in an address is no matter.
        found |= {f"{path}?{'&'.join(sorted([*others, name]))}" for name in doubtful}
    return frozenset(found)


def shown_by(held: Sequence[Held], home: str, *, sure: bool) -> frozenset[str]:
    """Shapes of addresses whose doubtful parameter numbers articles, by one document's entries.

    Args:
        held: the document's entries with doubtful parameters.
        home: of the source.
        sure: whether the document names every article once, as a feed does.
    """
    groups: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    by_group: dict[tuple[str, str], Held] = {}
    for each in held:
        for name, value in each.doubtful.items():
            groups[each.key, name][value].add(_folded(each.entry.title))
            by_group.setdefault((each.key, name), each)
    found = set()
    for (key, name), titles in groups.items():
        if len(titles) < LEAST_TITLES:
            continue
        named = _names_an_article(key, home)
        if _are_numbers(list(titles.values()), sure=sure, named=named):
            found.add(address_shape(by_group[key, name].url, frozenset([name])))
    return frozenset(found)


def _are_numbers(titles: list[set[str]], *, sure: bool, named: bool) -> bool:
    """Whether the values of a parameter, each with its titles, number articles."""
    told = [one for of_value in titles if (one := {title for title in of_value if title})]
    if not told:
        # A list of bare addresses names each page once.
        return not named
    distinct = {max(one, key=lambda title: (len(title), title)) for one in told}
    if named and not sure:
        # One article, linked from its picture, its headline and a line beneath.
        long = {title for title in distinct if len(_WORDS.findall(title)) >= 3}
        return len(long) >= LEAST_BESIDE_A_NAME and len(long) == len(titles)
    return len(distinct) >= LEAST_TITLES and 2 * len(distinct) > len(told)


def _names_an_article(key: str, home: str) -> bool:
    parts = urlsplit(key)
    return bool(parts.path.strip("/")) and kind_of_address(key, home) == "article"


def _folded(title: str | None) -> str:
    return " ".join(title.split()).casefold() if title else ""
