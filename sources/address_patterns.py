"""Patterns of addresses as source files write them: globs over path and query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from urllib.parse import urlsplit

from sources.source import ACCEPTABLE, REFUSABLE

__all__ = ["accepted", "matches_any", "pattern_of", "refused"]

_SIGNS = frozenset("/*?")


@lru_cache(maxsize=4096)
def pattern_of(glob: str) -> re.Pattern[str]:
    """``glob`` (``*``, ``?``, ``[...]``) compiled, to be matched with path and query."""
    # fnmatch's translation joins its stars with atomic groups: no backtracking without bound.
    return re.compile(translate(glob))


def matches_any(globs: Iterable[str], url: str) -> str | None:
    """The first of ``globs`` that path and query of the absolute address ``url`` match."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    return next((glob for glob in globs if pattern_of(glob).match(target)), None)


def accepted(entries: list[str]) -> list[str]:
    """``entries``, those of ``accept`` of a source file.

    Raises:
        ValueError: one is neither a pattern of addresses nor a kind that can be accepted.
    """
    return _patterns_or_kinds(entries, ACCEPTABLE)


def refused(entries: list[str]) -> list[str]:
    """As ``accepted``, of ``refuse``."""
    return _patterns_or_kinds(entries, REFUSABLE)


def _patterns_or_kinds(entries: list[str], kinds: tuple[str, ...]) -> list[str]:
    for entry in entries:
        if entry not in kinds and not _SIGNS & set(entry):
            raise ValueError(
                f'expected patterns of addresses, such as "/live/*", or of {", ".join(kinds)}, '
                f"found {entry[:80]!r}"
            )
    return entries
