"""JSON-LD (https://schema.org) as pages write it: graphs, lists, comments around it, broken JSON."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ingest.extract.page.broken_json import saved_json
from ingest.extract.page.folding import collapse, letters

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
_DOCUMENT = re.compile(r"[\[{]")
_MOST_DOCUMENTS = 50
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
    # Several documents in one script, or something behind the end; then what is broken.
    at = 0
    for _ in range(_MOST_DOCUMENTS):
        start = _DOCUMENT.search(text, at)
        if start is None:
            return
        try:
            value, at = _DECODER.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            break
        yield value
    else:
        return
    saved = saved_json(text[start.start() :])
    if saved is not None:
        yield saved


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


def article_of(
    nodes: Iterable[dict[str, Any]], addresses: Iterable[str] = (), titles: Iterable[str] = ()
) -> dict[str, Any] | None:
    """The node that describes the page's article.

    Pages describe related articles too: the page's own has its address or its title; of several
    that do, or where none does, the one that says the most.

    Args:
        nodes: of the page, in its order.
        addresses: what the page says that its address is.
        titles: what it shows as its title.
    """
    candidates = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    paths = {_path(address) for address in addresses if address} - {"", "/"}
    shown = {key for title in titles if title and len(key := letters(title)) >= _LEAST_TITLE}

    def rank(node: dict[str, Any]) -> tuple[bool, bool, int]:
        return (
            bool(paths & _paths_of(node)) or _is_title(node, shown),
            _is_title(node, shown),
            sum(bool(node.get(field)) for field in _FIELDS),
        )

    return max(candidates, key=rank)


_FIELDS = ("headline", "datePublished", "author", "articleBody", "description", "image")
_LEAST_TITLE = 6


def _is_title(node: dict[str, Any], shown: set[str]) -> bool:
    """Whether a title that the page shows is the node's, or begins with it."""
    key = letters(text_of(node.get("headline")) or text_of(node.get("name")) or "")
    return len(key) >= _LEAST_TITLE and any(
        title.startswith(key) or key == title for title in shown
    )


def _paths_of(node: dict[str, Any]) -> set[str]:
    main = node.get("mainEntityOfPage")
    stated = [node.get("url"), node.get("@id"), main]
    if isinstance(main, dict):
        stated += [main.get("@id"), main.get("url")]
    return {_path(value) for value in stated if isinstance(value, str)} - {"", "/"}


def _path(address: str) -> str:
    """The path of ``address`` with its query: hosts of one site are called differently."""
    try:
        parts = urlsplit(address.strip()[:2000])
    except ValueError:
        return ""
    path = unquote(parts.path).rstrip("/").lower()
    return f"{path}?{parts.query}" if parts.query else path


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
