"""``copydesk status``: how each source does, in as many columns as the terminal has room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.catalogue.selection import load_catalogue, selected_sources
from ingest.cli.collected_sources import check_collected
from ingest.cli.collecting.lines import health_line
from ingest.cli.reading.articles import moment_text, print_json
from ingest.cli.terminal import output_width, wrapped
from ingest.errors import EXIT_INCOMPLETE, EXIT_OK
from ingest.health.judge import kept_healths
from ingest.health.state import HEALTHY, SourceHealth
from ingest.views.status_json import status_json
from ingest.views.template_health import template_notes
from storage.database import Database
from storage.reading.queries import LinkProblem, SourceStatus, link_problems, source_status
from storage.reading.wrong_claims import WrongClaims, wrong_claims_of

if TYPE_CHECKING:
    from ingest.settings import Settings
    from ingest.views.template_health import TemplateNote

__all__ = ["show_status"]

#: The states of a link, in the order in which it may go through them.
_STATES = (
    "pending",
    "planned",
    "done",
    "duplicate",
    "refused",
    "failed",
    "given_up",
    "gone",
)
#: What an operator can do something about, the last to go where room is short: heading to states.
_TELLING = {"pending": ("pending",), "planned": ("planned",), "failed": ("failed", "given_up")}
_ALL = {state.replace("_", " "): (state,) for state in _STATES}
#: Between two columns.
_GAP = "  "


@dataclass(frozen=True, slots=True)
class _Shown:
    """One source, as it is shown."""

    name: str
    #: Selected by the settings.
    on: bool
    #: ``None``: never collected.
    status: SourceStatus | None
    health: SourceHealth = HEALTHY
    claims: WrongClaims | None = None
    notes: Sequence[TemplateNote] = ()
    problems: Sequence[LinkProblem] = ()


def show_status(settings: Settings, names: Sequence[str], *, problems: int, as_json: bool) -> int:
    """Show the health of every source that is on or was ever collected, or of those named.

    Returns 1 where one of them is broken: it failed last time, or nothing comes through any more.

    Raises:
        SettingsError: one of ``names`` was never collected.
        UnknownSource: the settings name a source that there is not.
    """
    catalogue = load_catalogue(settings)
    on = {source.name for source in selected_sources(settings, catalogue)}
    with Database.open(settings.database, read_only=True) as database, database.reading() as c:
        check_collected(c, [name for name in names if name not in on], database.address, catalogue)
        found = {status.name: status for status in source_status(c)}
        wanted = dict.fromkeys(names) or dict.fromkeys(sorted({*found, *on}))
        notes = (
            template_notes(c, [name for name in wanted if name in found], datetime.now(UTC))
            if settings.collect.templates
            else {}
        )
        claims = wrong_claims_of(c, list(wanted))
        known = kept_healths(c, list(wanted))
        shown = [
            _Shown(
                name,
                name in on,
                found.get(name),
                known.get(name, HEALTHY),
                claims.get(name),
                notes.get(name, ()),
                link_problems(c, name, problems) if names and problems else (),
            )
            for name in wanted
        ]
    if as_json:
        _print_json(shown)
    else:
        _print(shown, output_width(), datetime.now(UTC))
    broken = any(each.health.state == "broken" for each in shown)
    return EXIT_INCOMPLETE if broken else EXIT_OK


def _print_json(shown: Sequence[_Shown]) -> None:
    for each in shown:
        if each.status is not None:
            print_json(
                status_json(
                    each.status,
                    on=each.on,
                    health=each.health,
                    claims=each.claims,
                    notes=each.notes,
                    problems=each.problems,
                )
            )


def _print(shown: Sequence[_Shown], width: int, now: datetime) -> None:
    if not shown:
        print("no source was collected yet, and none is switched on")
        return
    for line in _overview(shown, width, now):
        print(line)
    for said in _said(shown):
        for line in wrapped(said, width):
            print(line)


def _overview(shown: Sequence[_Shown], width: int, now: datetime) -> Iterator[str]:
    """A table of all columns, of fewer, of the telling ones, or lines a source: what fits first."""
    some, telling = (
        {head: states for head, states in columns.items() if any(_sum(e, states) for e in shown)}
        for columns in (_ALL, _TELLING)
    )
    for columns, this_year in ((_ALL, None), (some, now.year), (telling, now.year)):
        lines = _aligned(_table(shown, columns, this_year))
        if max(map(len, lines)) <= width:
            yield from lines
            return
    for each in shown:
        yield from _stacked(each, width)


def _table(
    shown: Sequence[_Shown], columns: Mapping[str, Sequence[str]], this_year: int | None
) -> list[list[str]]:
    """Head and rows; times without their year where it is ``this_year``."""
    last = "last success" if this_year is None else "success"
    rows = [["source", "on", "articles", *columns, last, "next due"]]
    for each in shown:
        status = each.status
        rows.append(
            [
                each.name,
                _on(each),
                str(status.articles if status else 0),
                *(str(_sum(each, states)) for states in columns.values()),
                _moment(status.last_success_at if status else None, this_year, "never"),
                _moment(status.next_due_at if status else None, this_year, "-"),
            ]
        )
    return rows


def _sum(each: _Shown, states: Sequence[str]) -> int:
    links = _links(each)
    return sum(links.get(state, 0) for state in states)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = [
        len(rows) > 1 and all(row[place].isdigit() for row in rows[1:])
        for place in range(len(widths))
    ]
    return [
        _GAP.join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in rows
    ]


def _stacked(each: _Shown, width: int) -> Iterator[str]:
    yield f"{each.name}: {_on(each)}"
    if each.status is None:
        yield "  never collected"
        return
    links = _links(each)
    counts = [f"{links[state]} {state.replace('_', ' ')}" for state in _STATES if links.get(state)]
    facts = {
        "articles": str(each.status.articles),
        "links": ", ".join(counts) or "none",
        "success": _moment(each.status.last_success_at, None, "never"),
    }
    if each.status.next_due_at is not None:
        facts["next due"] = moment_text(each.status.next_due_at)
    for name, value in facts.items():
        yield from wrapped(f"{name:<8}  {value}", width, indent="  ", further=" " * 12)


def _links(each: _Shown) -> Mapping[str, int]:
    return each.status.links if each.status is not None else {}


def _on(each: _Shown) -> str:
    return "on" if each.on else "off"


def _moment(moment: datetime | None, this_year: int | None, none: str) -> str:
    if moment is None:
        return none
    return moment.strftime("%m-%d %H:%M") if moment.year == this_year else moment_text(moment)


def _said(shown: Sequence[_Shown]) -> Iterator[str]:
    for each in shown:
        if each.status is not None and each.status.failures:
            yield (
                f"{each.name}: failed {each.status.failures} times in a row:"
                f" {each.status.last_error or ''}"
            )
            if each.health.since:
                yield f"{each.name}: broken since {moment_text(each.health.since)}"
        elif each.health.state == "broken":
            yield f"{each.name}: {health_line(each.health)}"
        if each.claims is not None:
            yield f"{each.name}: {each.claims.sentence}"
    for each in shown:
        for note in each.notes:
            yield f"{each.name}: {note.sentence}"
    for each in shown:
        for problem in each.problems:
            again = (
                f", again {moment_text(problem.next_attempt_at)}" if problem.next_attempt_at else ""
            )
            likely = (
                f", an article to {problem.probability:.2f}"
                if problem.probability is not None
                else ""
            )
            yield (
                f"{each.name}: {problem.state}: {problem.reason}: {problem.detail or ''}{likely}"
                f" <{problem.url}>{again}"
            )
