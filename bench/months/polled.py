"""Whether each poll was made that should have been, and no other: reckoned beside the driver.

Crontabs minute by minute from the calendar of each zone; intervals by what lies between two polls, in
true time. Nothing here is the driver's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.months.virtual_time import Incident

__all__ = ["Crontab", "Stretch", "Verdict", "judge_crontab", "judge_interval", "stretches_of"]

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
#: Seconds within which a sleep has its polls: until it is noticed, and the minute of the spread.
NOTICED = 75.0


@dataclass(frozen=True, slots=True)
class Crontab:
    """A crontab as the calendar sees it: minutes and hours of chosen weekdays (Monday 0) in a zone."""

    text: str
    zone: str
    minutes: frozenset[int]
    hours: frozenset[int]
    weekdays: frozenset[int]

    def names(self, at: datetime) -> bool:
        """Whether it comes in this minute."""
        local = at.astimezone(ZoneInfo(self.zone))
        return (
            local.minute in self.minutes
            and local.hour in self.hours
            and local.weekday() in self.weekdays
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in which the machine is awake and its clock goes as clocks do, in seconds of true time."""

    #: When the life of the machine began; from then on true time is counted.
    life: datetime
    begin: float
    end: float
    #: What the wall clock is wrong by.
    wrong_by: float
    #: What came before it.
    after: Incident | None


def stretches_of(began: datetime, days: int, incidents: Sequence[Incident]) -> list[Stretch]:
    """What lies between the incidents of so many days, in order."""
    found, begin, wrong_by, after = [], 0.0, 0.0, None
    for each in sorted(incidents):
        found.append(Stretch(began, begin, each.at, wrong_by, after))
        begin, wrong_by, after = each.at + each.sleeps, wrong_by + each.set_by, each
    return [*found, Stretch(began, begin, days * _DAY, wrong_by, after)]


def _wall(stretch: Stretch, at: float) -> datetime:
    return stretch.life + timedelta(seconds=at + stretch.wrong_by)


@dataclass(slots=True)
class Verdict:
    """What came of one source's polls."""

    expected: int = 0
    made: int = 0
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    late: float = 0.0
    off_grid: float = 0.0


def judge_crontab(
    name: str, cron: Crontab, polls: Sequence[float], stretches: Sequence[Stretch]
) -> Verdict:
    """Each minute that it names has one poll; what fell into sleep has one at its end.

    A minute that comes again, because the clock was set back, may be polled again or not: but not
    sooner after the poll before it than half the time to its neighbour, nor left out where none was made for twice as long.
    """
    verdict, left = Verdict(made=len(polls)), sorted(polls)
    polled: set[datetime] = set()
    last = 0.0
    for stretch in stretches:
        first = _wall(stretch, stretch.begin)
        made_up = None
        if _missed(cron, stretch, first, polled):
            verdict.expected += 1
            made_up = _take(verdict, left, name, first, stretch.begin, stretch.begin + NOTICED)
            last = made_up or last
        for minute, at in _named(cron, stretch, first):
            if made_up is not None and stretch.begin <= at <= made_up:
                continue  # it came while that poll was waiting for its moment: one serves both
            until = min(at + _MINUTE, stretch.end)
            if minute not in polled:
                verdict.expected += 1
                found = _take(verdict, left, name, minute, at, until)
                verdict.late = max(verdict.late, (found or at) - at)
                last = found or last
            else:
                usual = _usual(cron, minute)
                found = next((each for each in left if at - 0.01 <= each <= until), None)
                if found is not None:
                    left.remove(found)
                    if found - last < usual / 2:
                        verdict.double.append(f"{name}: {minute} again after {found - last:.0f} s")
                    last = found
                elif at - last > 2 * max(usual, _HOUR / 2):
                    verdict.lost.append(f"{name}: none for {minute} for {at - last:.0f} s")
            polled.add(minute)
    verdict.double += [f"{name}: a poll too many at {at:.0f} s" for at in left]
    return verdict


def _named(cron: Crontab, stretch: Stretch, first: datetime) -> Iterator[tuple[datetime, float]]:
    """Each minute of the stretch that the crontab names, with when it comes in true time."""
    minute = first.replace(second=0, microsecond=0)
    while True:
        at = (minute - stretch.life).total_seconds() - stretch.wrong_by
        if at >= stretch.end:
            return
        if at >= stretch.begin and cron.names(minute):
            yield minute, at
        minute += timedelta(minutes=1)


def _usual(cron: Crontab, minute: datetime) -> float:
    """Seconds to the nearest minute that it names, before or after."""
    away = timedelta(minutes=1)
    while not (cron.names(minute + away) or cron.names(minute - away)):
        away += timedelta(minutes=1)
    return away.total_seconds()


def _missed(cron: Crontab, stretch: Stretch, first: datetime, polled: set[datetime]) -> bool:
    """Whether it named a minute between the end of the stretch before and the begin of this one."""
    gone = stretch.after
    if gone is None or gone.sleeps + gone.set_by <= 0:
        return False
    minute = (first - timedelta(seconds=gone.sleeps + gone.set_by)).replace(second=0, microsecond=0)
    while minute < first:
        minute += timedelta(minutes=1)
        if minute < first and cron.names(minute) and minute not in polled:
            return True
    return False


def _take(
    verdict: Verdict, left: list[float], name: str, what: datetime, begin: float, end: float
) -> float | None:
    """Find the poll for ``what`` and take it off; when it was, ``None`` where it is lost."""
    for at in left:
        if begin - 0.01 <= at <= end:
            left.remove(at)
            return at
    verdict.lost.append(f"{name}: none for {what:%Y-%m-%d %H:%M} ({begin:.0f} s)")
    return None


def judge_interval(
    name: str, least: float, most: float, polls: Sequence[float], stretches: Sequence[Stretch],
    *, grid: float | None,
) -> Verdict:  # fmt: skip
    """Between two polls lies what the schedule says; only what a sleep or a jump calls for is sooner."""
    verdict = Verdict(expected=len(polls), made=len(polls))
    caught_up = [
        (each.begin, each.begin + NOTICED)
        for each in stretches
        if each.after is not None and each.after.sleeps + each.after.set_by > 0
    ]
    asleep = [(each.begin - each.after.sleeps, each.begin) for each in stretches if each.after]
    jumps = [polls[0], *(each.begin for each in stretches if each.after is not None)]
    for before, after in zip(polls, polls[1:], strict=False):
        slept = sum(max(0.0, min(end, after) - max(begin, before)) for begin, end in asleep)
        apart = after - before
        # The first of all, and what a jump has moved, lie beside the grid: half a step from it.
        moved = grid is not None and any(0 <= before - at <= 2 * grid for at in jumps)
        called_for = any(begin <= after <= end for begin, end in caught_up)
        if apart < (0.5 * least if moved else least) - 0.01 and not called_for:
            verdict.double.append(f"{name}: {apart:.0f} s apart at {after:.0f} s")
        if apart - slept > most + (NOTICED if slept else 0.0):
            verdict.lost.append(f"{name}: {apart - slept:.0f} s of nothing before {after:.0f} s")
    if grid:
        verdict.off_grid = _off_grid(polls, grid, stretches, caught_up)
    return verdict


def _off_grid(
    polls: Sequence[float],
    step: float,
    stretches: Sequence[Stretch],
    caught_up: Sequence[tuple[float, float]],
) -> float:
    """How far apart polls lie on their grid, by the wall clock, in all the time: jitter, and drift."""
    phases = []
    for stretch in stretches:
        settled = stretch.begin + (2 * step if stretch.after is not None else 0.0)
        phases += [
            (at + stretch.wrong_by) % step
            for at in polls[1:]
            if settled < at < stretch.end
            and not any(begin <= at <= end for begin, end in caught_up)
        ]
    if not phases:
        return 0.0
    turned = [(phase - phases[0] + step / 2) % step - step / 2 for phase in phases]
    return max(turned) - min(turned)
