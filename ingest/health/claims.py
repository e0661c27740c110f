"""Addresses that pages claim as theirs though another text stands there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ingest.health.state import Finding
from ingest.health.words import times
from storage.health.evidence import MOST_CLAIMS, Evidence

__all__ = ["claims_of_source"]

#: For how long a claim is worth a word.
_RECENT = timedelta(days=30)


def claims_of_source(evidence: Evidence, now: datetime) -> Iterator[Finding]:
    """Whether its pages say wrongly where they are."""
    if evidence.claims is None:
        return
    addresses, pages, example, last = evidence.claims
    if now - last > _RECENT:
        return
    least = "at least " if addresses >= MOST_CLAIMS else ""
    yield Finding(
        reason="false_canonicals",
        severity="note",
        since=None,
        why=f"its pages claimed {least}{times(pages, 'time')} to stand where another text does, such"
        f" as {example}; each is filed under the address that it was fetched from",
        advice="nothing to do; its operators may want to know that their canonical links are wrong",
    )
