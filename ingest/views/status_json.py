"""How a source does, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.views.json_values import json_object, json_value

if TYPE_CHECKING:
    from ingest.health.state import SourceHealth
    from ingest.views.template_health import TemplateNote
    from storage.leases import Lease
    from storage.reading.overview import SourceOverview
    from storage.reading.queries import LinkProblem, SourceStatus
    from storage.reading.wrong_claims import WrongClaims

__all__ = ["status_json"]


def status_json(
    status: SourceStatus,
    seen: SourceOverview,
    now: datetime,
    *,
    on: bool,
    health: SourceHealth | None,
    daemon: Lease | None,
    claims: WrongClaims | None = None,
    notes: Sequence[TemplateNote] = (),
    problems: Sequence[LinkProblem] = (),
) -> dict[str, Any]:
    """A source with what is to be said of it: ``copydesk status --json``.

    ``health`` is ``None`` of one that was never judged, ``daemon`` where none runs.
    """
    due, amounts = status.next_due_at, seen.amounts
    waits = on and seen.paused_at is None and due is not None and due < now
    return {
        **json_object(status),
        "on": on,
        "health": _health(health),
        "wrong_claims": None if claims is None else json_object(claims),
        "templates": [{**json_object(note), "sentence": note.sentence} for note in notes],
        "problems": [json_object(problem) for problem in problems],
        "last_cause": seen.last_cause,
        "paused_at": json_value(seen.paused_at),
        "newest_at": json_value(seen.newest_at),
        "filed_24h": amounts.day,
        "usual_24h": _rounded(amounts.usual_day),
        "filed_7d": amounts.week,
        "usual_7d": _rounded(amounts.usual_week),
        "filed_by_day": list(amounts.days),
        "overdue_seconds": round((now - due).total_seconds()) if waits and due else 0,
        "daemon": None
        if daemon is None
        else {"host": daemon.host, "pid": daemon.pid, "since": json_value(daemon.since)},
    }


def _health(health: SourceHealth | None) -> dict[str, Any]:
    if health is None:
        return {"state": None, "since": None, "why": None, "passes": 0, "reason": None, "advice": None, "findings": []}  # fmt: skip
    value = json_object(health)
    chief = health.findings[0] if health.findings and health.reason else None
    return {
        **{name: value[name] for name in ("state", "since", "why")},
        "passes": chief.polls if chief is not None else 0,
        **{name: value[name] for name in ("reason", "advice", "findings")},
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
