"""What there is to judge a source's health from: its last polls, its endpoints, its claims.

Read at the end of every pass, so each question is answered by an index, and what it reads is bounded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage.engine.statements import run, stored_time

__all__ = ["MOST_POLLS", "MOST_WORKED", "Evidence", "Poll", "TemplateSeen", "evidence_of"]

#: The last polls that are read, whatever they brought; and the last of those that brought pages.
MOST_POLLS, MOST_WORKED = 40, 90
#: Addresses that pages claimed wrongly, which are counted.
MOST_CLAIMS = 200


class Poll(NamedTuple):
    """A pass that has ended, as ``passes`` has it; backfills are none.

    There are some hundred at each judgement, so what a database gives is read where it is asked for.
    """

    began: Any
    ended: Any
    reasons_as_stored: Any
    troubles_as_stored: Any
    outcome: str
    error: str | None
    cause: str | None
    documents: int
    not_modified: int
    links_new: int
    filed: int
    revised: int
    unchanged: int
    duplicate: int
    refused: int
    gone: int
    robots: int
    failed: int
    announced: int | None
    known: int | None
    #: As of ``storage.runs.PassNotes``; ``None`` before schema 0011.
    appeared: int | None
    tried: int | None
    words: int | None
    untitled: int | None
    undated: int | None
    authorless: int | None
    by_template: int | None
    struck: int | None
    garbled: int | None
    incomplete: int | None
    delays: int | None
    delay: int | None

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return stored_time(self.began)

    @property
    def finished_at(self) -> datetime | None:
        """When it was over."""
        return _time(self.ended)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many links brought nothing, by reason."""
        return _json(self.reasons_as_stored)

    @property
    def troubles(self) -> Mapping[str, str]:
        """What was wrong with an endpoint, by its address."""
        return _json(self.troubles_as_stored)

    @property
    def has_failed(self) -> bool:
        """Whether it failed as a whole."""
        return self.outcome == "failed"

    @property
    def is_noted(self) -> bool:
        """Whether its process noted what articles were like."""
        return self.words is not None

    @property
    def bad(self) -> int:
        """Links that were dealt with for the first time and brought nothing."""
        if self.is_noted:
            return sum(self.reasons.values()) if self.reasons_as_stored else 0
        return min(self.tried or 0, self.refused + self.gone + self.robots + self.failed)


@dataclass(frozen=True, slots=True)
class TemplateSeen:
    """A template of a source, without its rules."""

    name: str
    version: int
    status: str
    made_at: datetime
    last_applied_at: datetime | None
    replaces: str | None
    reason: str | None

    @property
    def label(self) -> str:
        """``article@2``."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a source is judged from."""

    name: str
    home: str | None
    first_seen_at: datetime
    paused_at: datetime | None
    #: Passes that failed since the last that did not.
    failures: int
    last_success_at: datetime | None
    #: When its newest article was filed.
    last_filed_at: datetime | None
    #: The last ones, the newest first; and those of them and of before that brought pages.
    polls: tuple[Poll, ...] = ()
    worked: tuple[Poll, ...] = ()
    #: Addresses of endpoints, and where they have moved to for good.
    moved: tuple[tuple[str, str], ...] = ()
    #: Addresses that pages claimed wrongly, how often, such a page, when last.
    claims: tuple[int, int, str, datetime] | None = None
    #: The newest first; read only where articles came without a template.
    templates: tuple[TemplateSeen, ...] = ()


_OF_SOURCE = (
    "SELECT home, first_seen_at, paused_at, failures, last_success_at,"
    " (SELECT max(filed_at) FROM articles WHERE articles.source = sources.name),"
    " EXISTS (SELECT 1 FROM documents WHERE documents.source = sources.name"
    " AND moved_to IS NOT NULL),"
    " EXISTS (SELECT 1 FROM wrong_claims WHERE wrong_claims.source = sources.name)"
    " FROM sources WHERE name = ?"
)
_NAMED = {
    "began": "started_at",
    "ended": "finished_at",
    "reasons_as_stored": "reasons",
    "troubles_as_stored": "troubles",
}
_COLUMNS = tuple(_NAMED.get(name, name) for name in Poll._fields)
#: What was broken off says nothing of its source.
_ENDED = (
    f"SELECT {', '.join(_COLUMNS)} FROM passes WHERE source = ?"  # noqa: S608
    " AND started_by <> 'backfill' AND outcome IN ('ok', 'failed')"
    " AND (cause IS NULL OR cause NOT IN ('stopped', 'database'))"
)
_POLLS = f"{_ENDED} ORDER BY started_at DESC LIMIT {MOST_POLLS}"
_WORKED = f"{_ENDED} AND tried > 0 ORDER BY started_at DESC LIMIT {MOST_WORKED}"
_MOVED = (
    "SELECT url, moved_to FROM documents"
    " WHERE source = ? AND moved_to IS NOT NULL AND url = endpoint_url ORDER BY id LIMIT 20"
)
_CLAIMS = (
    "SELECT count(*), sum(pages), min(example), max(last_at) FROM"  # noqa: S608
    f" (SELECT pages, example, last_at FROM wrong_claims WHERE source = ? LIMIT {MOST_CLAIMS})"
    " AS claims"
)
_TEMPLATES = (
    "SELECT name, version, status, made_at, last_applied_at, replaces, reason"
    " FROM templates WHERE source = ? ORDER BY made_at DESC"
)


def evidence_of(connection: sa.Connection, source: str) -> Evidence | None:
    """What is known of ``source``; ``None`` where there is no such source."""
    row = run(connection, _OF_SOURCE, (source,)).first()
    if row is None:
        return None
    home, first_seen, paused, failures, success, filed, has_moved, claims_wrongly = row
    worked = _polls(connection, _WORKED, source)
    claims = run(connection, _CLAIMS, (source,)).first() if claims_wrongly else None
    by_hand = any(poll.filed and (poll.by_template or 0) < poll.filed for poll in worked[:10])
    return Evidence(
        name=source,
        home=home,
        first_seen_at=stored_time(first_seen),
        paused_at=_time(paused),
        failures=failures,
        last_success_at=_time(success),
        last_filed_at=_time(filed),
        polls=_polls(connection, _POLLS, source),
        worked=worked,
        moved=tuple((url, to) for url, to in run(connection, _MOVED, (source,)))
        if has_moved
        else (),
        claims=(claims[0], int(claims[1]), claims[2], stored_time(claims[3]))
        if claims and claims[0]
        else None,
        templates=_templates(connection, source) if by_hand else (),
    )


def _polls(connection: sa.Connection, statement: str, source: str) -> tuple[Poll, ...]:
    return tuple(map(Poll._make, run(connection, statement, (source,))))


def _templates(connection: sa.Connection, source: str) -> tuple[TemplateSeen, ...]:
    return tuple(
        TemplateSeen(name, version, status, stored_time(made), _time(applied), replaces, reason)
        for name, version, status, made, applied, replaces, reason in run(
            connection, _TEMPLATES, (source,)
        )
    )


def _time(value: Any) -> datetime | None:
    return None if value is None else stored_time(value)


def _json(stored: Any) -> Mapping[str, Any]:
    return (json.loads(stored) if isinstance(stored, str) else stored) or {}
