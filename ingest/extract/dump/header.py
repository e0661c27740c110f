"""Statements at the top of a dump: "Title: ...", "Author: ...", or front matter between two rules.

Scrapers and converters write what they know of a page above its text, in the language of whoever wrote
them; the words are in ``data/dump_words.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ingest.extract.chrome.chrome import chrome_kind
from ingest.extract.data import load_data
from ingest.extract.page.folding import collapse, fold

__all__ = ["Statements", "read_header"]

#: Rows at the top within which a block of statements begins, and rows that it may have.
_WITHIN, _LONGEST = 6, 80
_LONGEST_LABEL, _LONGEST_VALUE = 30, 2000
_LABEL = re.compile(
    r"(?:[*_]{1,2})?[\"']?([^\W\d_](?:[^\W_]|[ _./'’-]){0,29}?)[\"']?(?:[*_]{1,2})?\s{0,3}[:：՝]\s{0,3}(?:[*_]{1,2})?(?:\s|$|(?=\S))"
)
_FRONT = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}
_TOML = re.compile(r"([A-Za-z_]{1,30})\s{0,3}=\s{0,3}")
_LIST_ITEM = re.compile(r"\s{0,8}-\s+(\S.{0,300})")
#: What says by itself that a block of statements begins.
_SURE = ("title",)


@dataclass(frozen=True, slots=True)
class Statements:
    """What the head of a dump says of it: by the names of ``data/dump_words.toml``, first words first."""

    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: The rows that say so, as they stand.
    rows: tuple[str, ...] = ()

    def first(self, name: str) -> str | None:
        """The first statement of ``name``."""
        return next(iter(self.said.get(name, ())), None)


def read_header(rows: Sequence[str]) -> tuple[Statements, int]:
    """(the statements at the top of ``rows``, the number of the first row below them).

    One statement makes a block only where it is the title's: a byline, a source or a date alone belongs to
    the text, where they are read too.
    """
    start = next((n for n, row in enumerate(rows[:_WITHIN]) if row.strip()), None)
    if start is None:
        return Statements(), 0
    closing = _FRONT.get(rows[start].strip())
    if closing is not None:
        found = _front_matter(rows, start, closing)
        if found is not None:
            return found
    # Anchors may stand above a header that a scraper wrote below them.
    while start < min(len(rows), _WITHIN) and (
        not rows[start].strip() or chrome_kind(collapse(rows[start]), edge=True) == "page_anchor"
    ):
        start += 1
    said: dict[str, list[str]] = {}
    taken: list[str] = []
    end = start
    for number in range(start, min(len(rows), start + _LONGEST)):
        row = rows[number]
        if not row.strip():
            continue
        statement = _statement(row)
        if statement is None:
            break
        name, value = statement
        if name == "other" and not said:
            break
        said.setdefault(name, []).append(value)
        taken.append(collapse(row))
        end = number + 1
    kinds = {name for name, values in said.items() if any(values)} - {"other"}
    if len(kinds) >= 2 or (kinds and kinds <= set(_SURE) and len(taken) == 1):
        return Statements({n: tuple(filter(None, v)) for n, v in said.items()}, tuple(taken)), end
    return Statements(), 0


def _front_matter(
    rows: Sequence[str], start: int, closing: tuple[str, ...]
) -> tuple[Statements, int] | None:
    end = next(
        (
            n
            for n in range(start + 1, min(len(rows), start + _LONGEST))
            if rows[n].strip() in closing
        ),
        None,
    )
    if end is None:
        return None
    said: dict[str, list[str]] = {}
    name = ""
    labelled = 0
    for row in rows[start + 1 : end]:
        item = _LIST_ITEM.match(row)
        if item and name:
            said.setdefault(name, []).append(_unquoted(item[1]))
            continue
        toml = _TOML.match(row)
        match = toml or _LABEL.match(row.strip())
        if match is None:
            if row.strip() and name and row[:1] in " \t":  # folded onto the next row
                values = said.setdefault(name, [])
                values[-1:] = [collapse(f"{values[-1] if values else ''} {row}")]
            continue
        labelled += 1
        name = _names().get(fold(match[1].replace("_", " ")), "other")
        value = row[match.end() :] if toml else row.strip()[match.end() :]
        said.setdefault(name, []).extend(_values(value))
    if not labelled:
        return None
    texts = tuple(collapse(row) for row in rows[start : end + 1] if row.strip())
    return Statements({n: tuple(filter(None, v)) for n, v in said.items()}, texts), end + 1


def _values(value: str) -> list[str]:
    """The strings of a value: one, or those of a list in brackets."""
    value = value.strip()
    if value in (">", "|", ">-", "|-", ""):
        return []
    if value.startswith("[") and value.endswith("]"):
        return [_unquoted(part) for part in value[1:-1].split(",")]
    return [_unquoted(value)]


def _unquoted(value: str) -> str:
    value = collapse(value[:_LONGEST_VALUE])
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace('\\"', '"').strip()
    return value


def _statement(row: str) -> tuple[str, str] | None:
    """(what a row states, the words that say it), ``None`` where it is no statement."""
    text = row.strip()
    match = _LABEL.match(text[: _LONGEST_LABEL + 20])
    if match is None:
        return None
    name = _names().get(fold(match[1].replace("_", " ")))
    value = collapse(text[match.end() :].strip("*_ "))
    if name is None or len(value) > _LONGEST_VALUE:
        return None
    return name, _unquoted(value)


@cache
def _names() -> dict[str, str]:
    table: dict[str, Any] = load_data("dump_words")["header"]
    names: dict[str, str] = {}
    for name, words in table.items():
        for word in words:
            names.setdefault(fold(word.replace("_", " ")), name)
    return names
