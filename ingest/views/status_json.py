"""How a source does, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.health.state import HEALTHY, SourceHealth
from ingest.views.json_values import json_object
from ingest.views.template_health import TemplateNote
from storage.reading.queries import LinkProblem, SourceStatus
from storage.reading.wrong_claims import WrongClaims

__all__ = ["status_json"]


def status_json(
    status: SourceStatus,
    *,
    on: bool,
    health: SourceHealth = HEALTHY,
    claims: WrongClaims | None = None,
    notes: Sequence[TemplateNote] = (),
    problems: Sequence[LinkProblem] = (),
) -> dict[str, Any]:
    """A source with what is to be said of its templates and links: ``copydesk status --json``."""
    return {
        **json_object(status),
        "on": on,
        "health": json_object(health),
        "wrong_claims": None if claims is None else json_object(claims),
        "templates": [{**json_object(note), "sentence": note.sentence} for note in notes],
        "problems": [json_object(problem) for problem in problems],
    }
