"""Whether the templates that read a source's pages fit them no longer: the site has a new design."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ingest.health.breaks import find_break
from ingest.health.state import Finding
from ingest.health.words import percent
from storage.health.evidence import Evidence, TemplateSeen
from storage.templates import ON_TRIAL

__all__ = ["templates_of_source"]

#: Share of articles that no template read, where templates read most before; articles.
_SHARE, _MOST_BEFORE, _FEWEST = 0.8, 0.4, 6
#: Articles by the new template, filed in so many polls, that show that all is well again.
_PROVEN, _PROVEN_POLLS = 12, 3
#: Templates that gave way longer ago are no news.
_RECENT = timedelta(days=30)
_LOOK = (
    "look at `copydesk templates {name}` and at an article or two; a new template is learned by"
    " itself, `copydesk templates relearn {name}` does it at once"
)


def templates_of_source(evidence: Evidence, now: datetime) -> Iterator[Finding]:
    """Whether pages stopped fitting, until a new template has read enough of them."""
    filled = [poll for poll in evidence.worked if poll.is_noted and poll.filed]
    found = find_break(
        [(p.filed - (p.by_template or 0), p.filed) for p in filled],
        share=_SHARE,
        fewest=_FEWEST,
        most_before=_MOST_BEFORE,
    )
    if found is not None:
        before = found.of_before - found.some_before
        yield Finding(
            reason="markup",
            severity="degraded",
            since=filled[found.polls - 1].started_at,
            why=f"its pages changed: {found.some} of the last {found.of} articles fitted no template;"
            f" before, templates read {percent(before, found.of_before)}",
            advice=_LOOK,
            polls=found.polls,
        )
        return
    for old, new in _gave_way(evidence.templates):
        since = new.made_at
        later = [poll for poll in filled if (poll.finished_at or poll.started_at) >= since]
        read = sum(poll.by_template or 0 for poll in later)
        if now - since > _RECENT or (read >= _PROVEN and len(later) >= _PROVEN_POLLS):
            continue
        why = old.reason if old.status == "doubted" and old.reason else "no longer fits"
        yield Finding(
            reason="markup",
            severity="degraded",
            since=since,
            why=f"its pages changed: template {old.label} {why}, {new.label} took its place and has"
            f" read {read} articles",
            advice=_LOOK,
            polls=max(1, len(later)),
        )
        return


def _gave_way(rows: Sequence[TemplateSeen]) -> Iterator[tuple[TemplateSeen, TemplateSeen]]:
    """Templates whose place another has taken because the pages are others now, the latest first."""
    by_label = {row.label: row for row in rows}
    for new in rows:
        old = by_label.get(new.replaces or "")
        if new.status != "active" or old is None:
            continue
        if old.status == "doubted":
            # What failed its own trial says nothing of the pages.
            gone = not (old.reason or "").endswith(ON_TRIAL)
        else:
            seen = old.last_applied_at or old.made_at
            gone = old.status == "active" and old.name != new.name and seen < new.made_at
        if gone:
            yield old, new
