"""``copydesk status``: how each source does, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.catalogue.selection import names_switched_on
from ingest.cli.collected_sources import check_collected
from ingest.cli.reading.status_table import ShownSource, status_lines
from ingest.cli.terminal import output_width
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK
from ingest.health.kept import kept_healths
from storage.database import Database
from storage.leases import DAEMON, Lease, lease_of
from storage.reading.overview import SourceOverview, overview_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.health.state import SourceHealth
    from ingest.settings import Settings
    from ingest.views.template_health import TemplateNote
    from storage.reading.queries import LinkProblem, SourceStatus
    from storage.reading.wrong_claims import WrongClaims

__all__ = ["show_status"]


@dataclass(frozen=True, slots=True)
class _Details:
    """What is asked of single sources, and by programs: it takes longer than a glance."""

    counts: Mapping[str, SourceStatus]
    claims: Mapping[str, WrongClaims]
    notes: Mapping[str, Sequence[TemplateNote]]
    problems: Mapping[str, Sequence[LinkProblem]]


def show_status(settings: Settings, names: Sequence[str], *, problems: int, as_json: bool) -> int:
    """Show every source that is on or was ever collected, or those named.

    Returns 1 where one of them that is on is broken.

    Raises:
        SettingsError: one of ``names`` was never collected.
        UnknownSource: the settings name a source that there is not.
    """
    catalogue, on = names_switched_on(settings)
    now = datetime.now(UTC)
    details: _Details | None = None
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        check_collected(c, [name for name in names if name not in on], database.address, catalogue)
        found = overview_of(c, now, names or None)
        wanted = list(dict.fromkeys(names) or sorted({*found, *on}))
        judged = kept_healths(c, wanted)
        daemon = _daemon(c, now)
        if names or as_json:
            details = _details(c, settings, list(found), now, problems if names else 0)
    shown = [ShownSource(name, name in on, found.get(name), judged.get(name)) for name in wanted]
    if as_json:
        _print_json(shown, details, daemon, now)
    else:
        for line in status_lines(shown, daemon, output_width(), now):
            print(line)
        if details is not None:
            _print_details(shown, details)
    broken = any(each.on and _is_broken(each.health) for each in shown)
    return EXIT_INCOMPLETE if broken else EXIT_OK


def _is_broken(health: SourceHealth | None) -> bool:
    return health is not None and health.state == "broken"


def _daemon(connection: Connection, now: datetime) -> Lease | None:
    lease = lease_of(connection, DAEMON, now)
    return lease if lease is not None and lease.is_live(now) else None


def _details(
    connection: Connection, settings: Settings, names: Sequence[str], now: datetime, problems: int
) -> _Details:
    from ingest.views.template_health import template_notes
    from storage.reading.queries import link_problems, status_of
    from storage.reading.wrong_claims import wrong_claims_of

    return _Details(
        counts={status.name: status for status in status_of(connection, names)},
        claims=wrong_claims_of(connection, names),
        notes=template_notes(connection, names, now) if settings.collect.templates else {},
        problems={
            name: link_problems(connection, name, problems) if problems else () for name in names
        },
    )


def _print_json(
    shown: Sequence[ShownSource], details: _Details | None, daemon: Lease | None, now: datetime
) -> None:
    from ingest.views.json_values import json_line
    from ingest.views.status_json import status_json

    for each in shown:
        if each.seen is None or details is None:
            continue
        value: dict[str, Any] = status_json(
            details.counts[each.name],
            each.seen,
            now,
            on=each.on,
            health=each.health,
            daemon=daemon,
            claims=details.claims.get(each.name),
            notes=details.notes.get(each.name, ()),
            problems=details.problems.get(each.name, ()),
        )
        print(json_line(value))


def _print_details(shown: Sequence[ShownSource], details: _Details) -> None:
    from ingest.cli.reading.status_details import detail_lines

    for each in shown:
        seen: SourceOverview | None = each.seen
        if seen is None:
            continue
        for line in detail_lines(
            details.counts[each.name],
            details.claims.get(each.name),
            details.notes.get(each.name, ()),
            details.problems.get(each.name, ()),
            output_width(),
        ):
            print(line)
