"""What runs and backfills do, in words: a plan, counts, a time, a step."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ingest.events import EndpointRead, LinksFound, SourceStarted
from ingest.periods import duration

if TYPE_CHECKING:
    from ingest.events import BackfillPlanned, Event
    from ingest.health.state import SourceHealth
    from storage.runs import RunCounts

__all__ = ["counts_line", "detail_line", "health_line", "plan_lines"]

#: Months listed of a plan; beyond, years are.
MOST_MONTHS = 36


def plan_lines(plan: BackfillPlanned) -> list[str]:
    """A plan in words: how many, by month, how long."""
    lines = [
        f"{plan.source}: {plan.links} links to fetch"
        + (f", {plan.pages} of them now" if plan.pages != plan.links else "")
        + (f", named by {plan.documents} documents" if plan.documents else "")
        + (" (goes on with an earlier command)" if plan.resumed else "")
    ]
    months = {month: count for month, count in plan.by_month.items() if month is not None}
    named: Counter[str] = Counter()
    for month, count in months.items():
        named[month if len(months) <= MOST_MONTHS else month[:4]] += count
    lines += [f"  {period}  {count:>8}" for period, count in sorted(named.items(), reverse=True)]
    if unknown := plan.by_month.get(None, 0):
        lines.append(f"  no date  {unknown:>6}")
    if plan.pages:
        lines.append(f"  about {duration(plan.seconds)} at the polite rate")
    lines += [f"  problem: {problem}" for problem in plan.problems[:10]]
    return lines


def counts_line(counts: RunCounts) -> str:
    """The counts of one pass; what is zero is left out."""
    parts = [
        f"{counts.links_new} new links" if counts.links_new else "no new link",
        *(
            f"{value} {name}"
            for name, value in (
                ("filed", counts.filed),
                ("revised", counts.revised),
                ("unchanged", counts.unchanged),
                ("duplicate", counts.duplicate),
                ("refused", counts.refused),
                ("gone", counts.gone),
                ("forbidden by robots.txt", counts.robots),
                ("failed", counts.failed),
            )
            if value
        ),
    ]
    if counts.not_modified:
        parts.append(f"{counts.not_modified} of {counts.documents} documents unchanged (304)")
    return ", ".join(parts)


def health_line(health: SourceHealth) -> str:
    """What is wrong with a source, and since when."""
    since = f" since {health.since:%Y-%m-%d %H:%M}" if health.since else ""
    return f"{health.state}{since}: {health.why}"


def detail_line(event: Event) -> str | None:
    """A step that is told with ``-v`` only; ``None`` for what is told anyhow."""
    match event:
        case SourceStarted():
            return f"{event.source}: begins"
        case EndpointRead(error=None):
            found = "not modified since" if event.not_modified else f"{event.links} links"
            return f"{event.source}: {event.url}: {found}"
        case LinksFound():
            return f"{event.source}: {event.count} links are new"
        case _:
            return None
