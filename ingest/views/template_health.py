"""What an operator should know of a source's templates: that its pages changed, and what reads them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from storage.templates import ON_TRIAL, articles_since, templates_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from storage.templates import TemplateRow

__all__ = ["RECENT", "TemplateNote", "template_notes"]

#: How long a change is told of.
RECENT = timedelta(days=30)
#: Articles in a row that a believed template made none of, after which its source looks changed.
_WITHOUT = 10


@dataclass(frozen=True, slots=True)
class TemplateNote:
    """One thing that happened to the templates of a source."""

    source: str
    template: str
    #: When the new one was learned; where there is none, when the old one last fitted a page.
    at: datetime
    #: Why it is not applied any more; ``None`` where it fits no page any more.
    reason: str | None
    #: The template that is believed, or on trial, instead.
    replaced_by: str | None
    on_trial: bool = False

    @property
    def sentence(self) -> str:
        """For a person; the source's name goes in front."""
        why = f"template {self.template} {self.reason or 'no longer fits'}"
        if self.replaced_by is not None and not self.on_trial:
            return f"its pages changed: {why}, {self.replaced_by} took its place {self.at:%Y-%m-%d}"
        if self.reason is None:
            why = f"no page has fitted template {self.template} since {self.at:%Y-%m-%d}"
        until = f"{self.replaced_by} is believed" if self.on_trial else "a new one is learned"
        return f"{why}; pages are read by the generic path until {until}"


def template_notes(
    connection: Connection, sources: Sequence[str], now: datetime
) -> dict[str, list[TemplateNote]]:
    """What happened lately to the templates of ``sources``, the latest first; nothing where all is well."""
    by_source: dict[str, list[TemplateRow]] = {}
    for row in templates_of(connection, *sources, with_rules=False):
        by_source.setdefault(row.source, []).append(row)
    found: dict[str, list[TemplateNote]] = {}
    for name in sources:
        rows = by_source.get(name, [])
        notes = [*_replaced(rows), *_doubted(rows)] or _without_any(connection, rows)
        recent = [note for note in notes if note.at >= now - RECENT]
        if recent:
            found[name] = sorted(recent, key=lambda note: note.at, reverse=True)
    return found


def _replaced(rows: Sequence[TemplateRow]) -> list[TemplateNote]:
    """Templates whose place another has taken because the pages are others now."""
    by_label = {row.label: row for row in rows}
    found = []
    for new in rows:
        old = by_label.get(new.replaces or "")
        if new.status != "active" or old is None:
            continue
        if old.status == "doubted":
            reason = old.reason
            # What failed its own trial says nothing of the pages.
            gone = not (reason or "").endswith(ON_TRIAL)
        else:
            reason = None
            # One that still fits pages was refined, or is of pages that the site has beside the new.
            seen = old.last_applied_at or old.made_at
            gone = old.status == "active" and old.name != new.name and seen < new.made_at
        if gone:
            found.append(TemplateNote(new.source, old.label, new.made_at, reason, new.label))
    return found


def _doubted(rows: Sequence[TemplateRow]) -> list[TemplateNote]:
    """Templates that are not applied any more and have no successor."""
    found = []
    for row in rows:
        others = [
            other
            for other in rows
            if other is not row
            and (other.signature == row.signature or other.replaces == row.label)
        ]
        later = [other for other in others if other.made_at >= row.made_at]
        if (
            row.status != "doubted"
            or any(other.status == "active" for other in others)
            or any(other.status == "doubted" for other in later)
        ):
            continue
        trial = next((other.label for other in later if other.status == "trial"), None)
        at = row.last_applied_at or row.made_at
        reason = row.reason or "differs from the generic path"
        found.append(TemplateNote(row.source, row.label, at, reason, trial, trial is not None))
    return found


def _without_any(connection: Connection, rows: Sequence[TemplateRow]) -> list[TemplateNote]:
    """The template in use, where none has fitted the latest articles."""
    active = [row for row in rows if row.status == "active" and row.last_applied_at is not None]
    if not active:
        return []
    last = max(active, key=lambda row: row.last_applied_at or row.made_at)
    at = last.last_applied_at or last.made_at
    filed, by_templates = articles_since(connection, last.source, at)
    if filed < _WITHOUT or by_templates:
        return []
    return [TemplateNote(last.source, last.label, at, None, None)]
