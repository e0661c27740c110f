"""How a source does, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.views.json_values import json_object
from ingest.views.template_health import TemplateNote
from storage.reading.health import HEALTHY, SourceHealth
from storage.reading.queries import LinkProblem, SourceStatus

__all__ = ["status_json"]


def status_json(
    status: SourceStatus,
    *,
    on: bool,
    health: SourceHealth = HEALTHY,
    notes: Sequence[TemplateNote] = (),
    problems: Sequence[LinkProblem] = (),
) -> dict[str, Any]:
    """A source with what is to be said of its templates and links: ``copydesk status --json``."""
    return {
        **json_object(status),
        "on": on,
        "health": json_object(health),
        "templates": [{**json_object(note), "sentence": note.sentence} for note in notes],
        "problems": [json_object(problem) for problem in problems],
    }
