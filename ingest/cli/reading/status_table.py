"""The overview of ``copydesk status``, in as many columns as the terminal has room for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.cli.terminal import wrapped
from storage.reading.overview import MOST_COUNTED

if TYPE_CHECKING:
    from ingest.health.state import SourceHealth
    from storage.leases import Lease
    from storage.reading.overview import SourceOverview

__all__ = ["ShownSource", "sparkline", "status_lines"]

#: Between two columns.
_GAP = "  "
#: Heights of a day's bar, in the terminal's letters and where it has only ASCII; none for nothing.
_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-:=+*#"
#: A poll that is so late is overdue: a daemon has its hands full now and then.
_PATIENCE = timedelta(minutes=5)
#: Columns, the widest choice first.
_CHOICES = (
    (
        "source", "state", "reason", "since", "newest", "24 h", "usual", "7 d", "usual 7 d",
        "pending", "planned", "failed", "next poll", "14 days",
    ),
    ("source", "state", "reason", "newest", "24 h", "7 d", "pending", "planned", "failed", "next poll", "14 days"),
    ("source", "state", "newest", "24 h", "7 d", "next poll", "14 days"),
)  # fmt: skip
#: Columns that are left out where they say nothing of any source.
_IF_ANY = frozenset({"reason", "since", "pending", "planned", "failed"})


@dataclass(frozen=True, slots=True)
class ShownSource:
    """One source, as it is shown."""

    name: str
    #: Selected by the settings.
    on: bool
    #: ``None``: never collected.
    seen: SourceOverview | None
    #: ``None``: never judged.
    health: SourceHealth | None

    @property
    def state(self) -> str:
        """In a word or two, ``off`` before it where it is not selected."""
        if self.seen is None:
            said = "never collected"
        elif self.seen.paused_at is not None:
            said = "paused"
        else:
            said = self.health.state if self.health is not None else "not judged"
        if self.on:
            return said
        return "off" if said in ("healthy", "never collected", "not judged") else f"off, {said}"


def status_lines(
    shown: Sequence[ShownSource], daemon: Lease | None, width: int, now: datetime
) -> Iterator[str]:
    """All of it: who polls, the table, and what is wrong with which source."""
    if not shown:
        yield "no source was collected yet, and none is switched on"
        return
    yield from wrapped(_of_daemon(daemon), width)
    yield from _overview(shown, daemon, width, now)
    for each in shown:
        for said in _said(each):
            yield from wrapped(f"{each.name}: {said}", width)


def sparkline(days: Sequence[int], encoding: str | None) -> str:
    """A bar a day, by the highest of them, in letters that ``encoding`` has."""
    bars = _BARS
    try:
        _BARS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        bars = _ASCII_BARS
    highest = max(days, default=0)
    return "".join(
        bars[min(len(bars) - 1, each * len(bars) // (highest + 1))] if each else " "
        for each in days
    )


def _of_daemon(daemon: Lease | None) -> str:
    if daemon is None:
        return "no daemon runs; `copydesk daemon` polls these sources on their schedules"
    return (
        f"the daemon runs on {daemon.host} as process {daemon.pid}, since {_moment(daemon.since)}"
    )


def _overview(
    shown: Sequence[ShownSource], daemon: Lease | None, width: int, now: datetime
) -> Iterator[str]:
    """A table of all columns, of fewer, or lines a source: what fits first."""
    cells = [_cells(each, daemon, now) for each in shown]
    for choice in _CHOICES:
        heads = [
            head
            for head in choice
            if head not in _IF_ANY or any(row[head] not in ("", "0") for row in cells)
        ]
        lines = _aligned([heads, *([row[head] for head in heads] for row in cells)])
        if max(map(len, lines)) <= width:
            yield from lines
            return
    for row in cells:
        yield f"{row['source']}: {row['state']}"
        for head in _CHOICES[0][2:]:
            if row[head] not in ("", "0", "-"):
                yield from wrapped(f"{head:<9}  {row[head]}", width, indent="  ", further=" " * 13)


def _cells(each: ShownSource, daemon: Lease | None, now: datetime) -> dict[str, str]:
    seen, health = each.seen, each.health
    row = dict.fromkeys(_CHOICES[0], "-") | {"source": each.name, "state": each.state}
    if seen is None:
        return (
            row
            | dict.fromkeys(("reason", "since", "14 days"), "")
            | dict.fromkeys(("24 h", "7 d", "pending", "planned", "failed"), "0")
        )
    amounts = seen.amounts
    return row | {
        "reason": (health.reason or "") if health is not None else "",
        "since": _moment(health.since, now) if health is not None and health.reason else "",
        "newest": _moment(seen.newest_at, now) if seen.newest_at else "none",
        "24 h": str(amounts.day),
        "usual": _usual(amounts.usual_day),
        "7 d": str(amounts.week),
        "usual 7 d": _usual(amounts.usual_week),
        "pending": _count(seen.pending),
        "planned": _count(seen.planned),
        "failed": _count(seen.failed),
        "next poll": _next(each, seen, daemon, now),
        "14 days": sparkline(amounts.days, sys.stdout.encoding),
    }


def _next(each: ShownSource, seen: SourceOverview, daemon: Lease | None, now: datetime) -> str:
    due = seen.next_due_at
    if not each.on or seen.paused_at is not None or due is None:
        return "-"
    if daemon is not None and now - due > _PATIENCE:
        return "overdue"
    return _moment(due, now)


def _said(each: ShownSource) -> Iterator[str]:
    health = each.health
    if health is None:
        if each.seen is not None:
            yield "never judged; the next pass does it"
        return
    if health.state != "healthy":
        since = f" since {_moment(health.since)}" if health.since else ""
        yield f"{health.state}{since}: {health.why}"
        if health.advice:
            yield f"to do: {health.advice}"
    for finding in health.findings:
        if finding.reason != health.reason:
            yield f"{finding.severity}: {finding.why}; {finding.advice}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = [
        len(rows) > 1 and all(_is_number(row[place]) for row in rows[1:])
        for place in range(len(widths))
    ]
    return [
        _GAP.join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in rows
    ]


def _is_number(cell: str) -> bool:
    return cell == "-" or cell.rstrip("+").replace(".", "").isdigit()


def _usual(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"


def _count(number: int) -> str:
    return f"{number}+" if number >= MOST_COUNTED else str(number)


def _moment(moment: datetime | None, now: datetime | None = None) -> str:
    if moment is None:
        return "-"
    if now is not None and moment.year == now.year:
        return f"{moment:%m-%d %H:%M}"
    return f"{moment:%Y-%m-%d %H:%M}"
