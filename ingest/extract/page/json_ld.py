"""JSON-LD (https://schema.org) as pages write it: graphs, lists, comments around it, broken JSON."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.extract.page.folding import collapse

__all__ = ["ARTICLE_TYPES", "article_of", "names_of", "nodes_of", "text_of", "types_of"]

LARGEST = 2_000_000
MOST_NODES = 2000
DEEPEST = 12
#: Of authors, publishers, ... of one node; a paper of physics may have thousands, of which the first count.
MOST_NAMES = 200
ARTICLE_TYPES = frozenset(
    [
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "backgroundnewsarticle",
        "askpublicnewsarticle",
        "liveblogposting",
        "report",
        "scholarlyarticle",
        "techarticle",
        "socialmediaposting",
        "advertisercontentarticle",
        "satiricalarticle",
        "medicalscholarlyarticle",
        "videoobjectarticle",
        "review",
        "criticreview",
        "interview",
    ]
)
#: Kinds of organisation whose names do not say so.
_ORGANISATIONS = frozenset(
    ["corporation", "localbusiness", "collegeoruniversity", "governmentoffice", "brand"]
)
_DECODER = json.JSONDecoder(strict=False)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TRAILING_COMMA = re.compile(r",(\s{0,50}[}\]])")
_WRAPPERS = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)


def nodes_of(scripts: Iterable[str]) -> list[dict[str, Any]]:
    """Every object with a type in the JSON-LD ``scripts``, outer ones first, in the page's order."""
    nodes: list[dict[str, Any]] = []
    for script in scripts:
        for value in _parsed(script):
            for node in _walk(value):
                nodes.append(node)
                if len(nodes) >= MOST_NODES:
                    return nodes
    return nodes


def _parsed(script: str) -> Iterator[Any]:
    text = script[:LARGEST].strip()
    if not text:
        return
    if text[0] not in "[{" or text[-1] not in "]}":
        for _ in range(2):
            text = _WRAPPERS.sub("", text).strip()
        if not text:
            return
    for attempt in (text, None):
        if attempt is None:
            attempt = _TRAILING_COMMA.sub(r"\1", _CONTROLS.sub(" ", text))  # noqa: PLW2901
        try:
            yield _DECODER.decode(attempt)
        except (ValueError, RecursionError):
            continue
        return
    # Two documents in one script, or something behind the end: the first is good.
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return
    yield value


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop(0)
        if depth > DEEPEST:
            continue
        if isinstance(item, list):
            waiting[:0] = [(inner, depth + 1) for inner in item[:500]]
        elif isinstance(item, dict):
            if "@type" in item:
                yield item
            inner = [
                item[key]
                for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")
                if key in item
            ]
            waiting.extend((entry, depth + 1) for entry in inner if isinstance(entry, (dict, list)))


def types_of(node: dict[str, Any]) -> frozenset[str]:
    """The node's types, lower case, without their vocabulary's address."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return frozenset(
        item.rpartition("/")[2].rpartition(":")[2].lower()
        for item in values
        if isinstance(item, str)
    )


def article_of(nodes: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The node that describes the page's article; of several, the one that says the most."""
    candidates = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    fields = ("headline", "datePublished", "author", "articleBody", "description", "image")
    return max(candidates, key=lambda node: sum(bool(node.get(f)) for f in fields), default=None)


def text_of(value: Any) -> str | None:
    """A text, of a text or of the first of several; entities undone."""
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, (str, dict))), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return collapse(value) or None


def names_of(value: Any, graph: Iterable[dict[str, Any]] = ()) -> list[tuple[str, bool]]:
    """(name, whether it is an organisation) of an author, publisher, ... field; ids are looked up."""
    by_id: dict[str, dict[str, Any]] | None = None
    found: list[tuple[str, bool]] = []
    for item in value[:MOST_NAMES] if isinstance(value, list) else [value]:
        entry: Any = item
        if isinstance(entry, dict) and "name" not in entry and isinstance(entry.get("@id"), str):
            if by_id is None:
                by_id = {node["@id"]: node for node in graph if isinstance(node.get("@id"), str)}
            entry = by_id.get(entry["@id"], entry)
        if isinstance(entry, str):
            found.append((entry, False))
        elif isinstance(entry, dict):
            names = entry.get("name")
            organisation = any(
                kind.endswith("organization") or kind in _ORGANISATIONS for kind in types_of(entry)
            ) and "person" not in types_of(entry)
            for name in names[:MOST_NAMES] if isinstance(names, list) else [names]:
                text = text_of(name)
                if text:
                    found.append((text, organisation))
    return found
