"""Selectors for elements that are known on several pages: the plainest that picks them, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.templates.element_names import is_word_like, stable_names

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["selector_of_path", "selectors_for"]

#: Attributes that say what an element is for, the surest first.
_ATTRIBUTES = (
    "itemprop",
    "data-testid",
    "data-test-id",
    "data-component",
    "data-gu-name",
    "data-qa",
    "data-block",
    "data-type",
    "data-module-name",
    "property",
    "rel",
    "role",
)
_LONGEST_VALUE = 40
_ANCESTORS = 4
#: Tags that mean something by themselves.
_TELLING = frozenset(["article", "main", "h1", "header", "time", "address", "figure"])
_MOST_TRIED = 150


def selectors_for(
    pages: Sequence[tuple[LexborHTMLParser, Sequence[LexborNode]]], *, most: int = 3
) -> tuple[str, ...]:
    """Up to ``most`` selectors, the plainest first, that pick on every page just the nodes given.

    Args:
        pages: parsed pages, each with the elements that are meant on it, perhaps none.
        most: how many at most; further ones stand in when a site renames what the first relies on.
    """
    meant = [(tree, [node.mem_id for node in nodes]) for tree, nodes in pages]
    found: list[str] = []
    tried: set[str] = set()
    for _, nodes in [page for page in pages if page[1]][:2]:
        for selector in _candidates(nodes[0]):
            if selector in tried:
                continue
            tried.add(selector)
            if len(tried) > _MOST_TRIED:
                return tuple(found)
            if all([n.mem_id for n in tree.css(selector)] == ids for tree, ids in meant):
                # A longer selector that rests on the same name is no second leg.
                if not any(selector.endswith(known) for known in found):
                    found.append(selector)
                if len(found) == most:
                    return tuple(found)
    return tuple(found)


def _candidates(node: LexborNode) -> Iterator[str]:
    own = list(_simple(node))
    yield from own
    ends = [*own[:4], node.tag or "*"]
    above: LexborNode | None = node.parent
    for distance in range(_ANCESTORS):
        if above is None or above.tag in (None, "html"):
            break
        for name in list(_simple(above))[:3]:
            for end in ends:
                if distance == 0:
                    yield f"{name} > {end}"
                yield f"{name} {end}"
        above = above.parent
    yield node.tag or "*"


def _simple(node: LexborNode) -> Iterator[str]:
    """Selectors of one element by its own attributes, tags that mean something last."""
    attributes = node.attributes
    tag = node.tag or "*"
    for name in _ATTRIBUTES:
        value = attributes.get(name)
        if value and len(value) <= _LONGEST_VALUE and _is_plain(value):
            yield f'{tag}[{name}="{value}"]'
    own = attributes.get("id")
    if own and _is_plain(own):
        yield f"{tag}#{own}"
    classes = stable_names(attributes.get("class") or "")
    for name in classes:
        yield _of_class(tag, name)
    plain = [name for name in classes if not name.endswith("*")]
    for number, name in enumerate(plain[:4]):
        for other in plain[number + 1 : 4]:
            yield f"{tag}.{name}.{other}"
    if tag in _TELLING:
        yield tag


def _of_class(tag: str, name: str) -> str:
    return f'{tag}[class*="{name[:-1]}"]' if name.endswith("*") else f"{tag}.{name}"


def _is_plain(value: str) -> bool:
    return value.replace("-", "").replace("_", "").isalpha() and is_word_like(value)


def selector_of_path(path: str, *, steps: int = 2, anyhow: bool = False) -> str:
    """A path inside a container as a selector of its last ``steps``: ``div.box > p``.

    Steps do not say whether a name is a class or an id, nor whether what stands before a hash is the
    first of an element's classes: the likeliest is meant, or with ``anyhow`` either.
    """
    parts = [part for part in path.partition("#")[0].split(">") if part]
    return " > ".join(_of_step(part, anyhow) for part in parts[-steps:])


def _of_step(part: str, anyhow: bool) -> str:
    tag, *names = part.split(".")
    return tag + "".join(map(_anyhow if anyhow else _likeliest, names))


def _likeliest(name: str) -> str:
    return f'[class^="{name[:-1]}"]' if name.endswith("*") else f".{name}"


def _anyhow(name: str) -> str:
    if name.endswith("*"):
        # Not *=: "ad_" is part of "lead_" too.
        return f':is([class^="{name[:-1]}"], [class*=" {name[:-1]}"])'
    return f":is(.{name}, #{name})"
