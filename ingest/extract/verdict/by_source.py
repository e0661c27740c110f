"""What the source file says of a page: ``[extract] accept`` and ``refuse``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.extract.refusal import Refusal
from sources.address_patterns import matches_any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sources.source import ExtractRules

__all__ = ["accepted_by_source", "refused_by_source"]


def refused_by_source(rules: ExtractRules, urls: Iterable[str | None], kind: str) -> Refusal | None:
    """The refusal of an article of ``kind`` at one of ``urls``, where ``refuse`` names it."""
    if not rules.refuse:
        return None
    addresses = [url for url in urls if url]
    said = kind if kind in rules.refuse else _pattern(rules.refuse, addresses)
    if said is None:
        return None
    address = addresses[0] if addresses else None
    return Refusal(address, "by_source", f"the source file's [extract] refuse names {said!r}")


def accepted_by_source(rules: ExtractRules, urls: Iterable[str | None], kind: str | None) -> bool:
    """Whether ``accept`` names a page of ``kind`` (as it would be refused) at one of ``urls``."""
    if not rules.accept:
        return False
    return kind in rules.accept or _pattern(rules.accept, [u for u in urls if u]) is not None


def _pattern(entries: Iterable[str], urls: Iterable[str]) -> str | None:
    globs = [entry for entry in entries if not entry.replace("_", "").isalpha()]
    return next((glob for url in urls if (glob := matches_any(globs, url)) is not None), None)
