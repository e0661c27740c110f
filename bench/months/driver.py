"""The daemon's driver through a year in minutes: no lost poll, no double poll, no drift.

    python -m bench.months.driver --days 365
    python -m bench.months.driver --days 60 --seed 3 --kills 30

The real driver (``ingest.daemon.polling`` on APScheduler, with the real planning and a real SQLite
database) on a machine whose time is made up: daylight saving, a week of sleep, naps, a clock set back
by a day and by minutes, set forward by a day. A pass is a stand-in that takes some seconds and books
itself. With ``--kills`` also the real ``copydesk daemon``, killed at random moments
(``bench/months/kills.py``).

What should have been polled is reckoned beside the driver, minute by minute from the calendar of each
zone, and compared with what was: a crontab's minute that came while the machine was awake is polled
within it, once; what came while it slept is polled once, within the ten seconds in which that is
noticed and the minute of the spread. Between two polls of a source there lies what its schedule says, in
true time, whatever its clock was set to; and one that is asked every so often stays on its grid. The
last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from structlog.testing import capture_logs

from bench.months.virtual_time import Incident, Machine, live
from ingest.daemon.planning import Planning
from ingest.daemon.polling import Polling
from ingest.events import SourceFinished
from ingest.settings import DaemonSettings, load_settings
from sources.source import Schedule, Source
from storage.async_store import AsyncStore
from storage.database import Database
from storage.runs import RunCounts, StartedBy, finish_source, start_run, start_source

__all__ = ["run"]

_BEGAN = datetime(2027, 1, 4, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
#: Seconds between two looks at the clock, as the daemon has it, and within which a sleep has its polls.
_LOOK_EVERY, _NOTICED = 10.0, 75.0
#: What a poll may begin late by, where nothing is in its way: the driver's jitter is no lateness.
_JITTER = 30.0


class _Store(AsyncStore):
    """The real database, asked on the spot: threads would run beside the made-up time."""

    async def read(self, query: Callable[..., Any]) -> Any:
        with self.database.reading() as connection:
            return query(connection)

    async def write(self, operation: Callable[..., Any], ahead: Any = None) -> Any:
        return self.database.write(operation)


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


_ALL_WEEK = frozenset(range(7))
_CRONTABS = (
    Crontab("*/10 6-22 * * *", "Europe/Berlin", frozenset(range(0, 60, 10)), frozenset(range(6, 23)), _ALL_WEEK),
    Crontab("0 6 * * *", "America/New_York", frozenset({0}), frozenset({6}), _ALL_WEEK),
    Crontab("15 * * * *", "Australia/Lord_Howe", frozenset({15}), frozenset(range(24)), _ALL_WEEK),
    Crontab("0 9 * * mon", "Asia/Kathmandu", frozenset({0}), frozenset({9}), frozenset({0})),
    Crontab("30 23 * * *", "UTC", frozenset({30}), frozenset({23}), _ALL_WEEK),
)  # fmt: skip
_EVERY = (15 * _MINUTE, _HOUR, 6 * _HOUR, _DAY, 7 * _DAY)


@dataclass(slots=True)
class _Life:
    """What happened, by true time in seconds."""

    polls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    told: list[dict[str, Any]] = field(default_factory=list)


def _sources(adaptive: int) -> list[Source]:
    def source(name: str, schedule: Schedule) -> Source:
        return Source(name, f"https://{name}.example", name, schedule=schedule)

    return [
        *(
            source(f"cron-{n}", Schedule(cron=each.text, zone=each.zone))
            for n, each in enumerate(_CRONTABS)
        ),
        *(
            source(f"every-{n}", Schedule(every=timedelta(seconds=seconds)))
            for n, seconds in enumerate(_EVERY)
        ),
        *(source(f"adaptive-{n}", Schedule()) for n in range(adaptive)),
    ]


def incidents_of(days: int, chance: random.Random) -> list[Incident]:
    """What happens to the machine: sleeps and settings of its clock, never two within a day."""
    planned = [
        (0.30, Incident(0, sleeps=7 * _DAY)),
        (0.45, Incident(0, set_by=-_DAY)),
        (0.60, Incident(0, set_by=_DAY)),
        (0.70, Incident(0, set_by=-10 * _MINUTE)),
        (0.80, Incident(0, sleeps=9 * _HOUR)),
        (0.87, Incident(0, sleeps=20 * _MINUTE)),
        (0.94, Incident(0, set_by=-4.0)),
    ]
    awake = days * _DAY - sum(each.sleeps for _, each in planned)
    found, slept = [], 0.0
    for share, each in planned:
        at = share * awake + slept + chance.uniform(0, 2 * _HOUR)
        found.append(Incident(at, each.sleeps, each.set_by))
        slept += each.sleeps
    return found


def _bounds() -> DaemonSettings:
    return load_settings(None, database=":memory:").daemon


def _live(
    folder: Path, days: int, sources: Sequence[Source], incidents: Sequence[Incident], seed: int
) -> _Life:
    life, machine = _Life(), Machine(_BEGAN)
    chance = random.Random(seed)
    with Database.open(folder / "driver.sqlite3") as database:
        store = _Store(database)
        run_id = database.write(lambda c: start_run(c, "daemon", machine.now))

        async def collect(source: Source, started_by: StartedBy) -> SourceFinished:
            life.polls[source.name].append(machine.uptime)
            began = machine.now
            number = database.write(
                lambda c: start_source(c, run_id, source.name, began, started_by=started_by)
            )
            await asyncio.sleep(min(chance.expovariate(1 / 8), 50.0))
            ended = machine.now
            database.write(
                lambda c: finish_source(
                    c, run_id, source.name, RunCounts(), None, ended, pass_id=number
                )
            )
            return SourceFinished(source.name, RunCounts(), None)

        def fail(error: Exception) -> None:
            raise error

        polling = Polling(
            store,
            collect,
            Planning(store, _bounds(), random.Random(seed + 1)),
            at_once=1000,
            fail=fail,
            clock=machine.clock,
        )

        async def work() -> None:
            await polling.use(sources, _bounds())
            polling.begin()
            while machine.uptime < days * _DAY:
                await asyncio.sleep(_LOOK_EVERY)
                polling.look_at_clock()
            polling.end()
            await polling.finish(100.0)

        with capture_logs() as logged:
            live(machine, work(), incidents)
    life.told = [line for line in logged if line["event"] != "collected"]
    return life


# What should have happened


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Time in which the machine is awake and its clock goes as clocks do, in seconds of true time."""

    begin: float
    end: float
    #: What the wall clock is wrong by.
    wrong_by: float
    #: What came before it.
    after: Incident | None


def _stretches(days: int, incidents: Sequence[Incident]) -> list[_Stretch]:
    found, begin, wrong_by, after = [], 0.0, 0.0, None
    for each in sorted(incidents):
        found.append(_Stretch(begin, each.at, wrong_by, after))
        begin, wrong_by, after = each.at + each.sleeps, wrong_by + each.set_by, each
    return [*found, _Stretch(begin, days * _DAY, wrong_by, after)]


def _wall(stretch: _Stretch, at: float) -> datetime:
    return _BEGAN + timedelta(seconds=at + stretch.wrong_by)


@dataclass(slots=True)
class _Verdict:
    expected: int = 0
    made: int = 0
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    late: float = 0.0
    off_grid: float = 0.0


def _judge_crontab(
    name: str, cron: Crontab, polls: Sequence[float], stretches: Sequence[_Stretch]
) -> _Verdict:
    """Each minute that it names has one poll; what fell into sleep has one at its end."""
    verdict, left = _Verdict(made=len(polls)), sorted(polls)
    polled_minutes: set[datetime] = set()
    for stretch in stretches:
        first = _wall(stretch, stretch.begin)
        caught_up = _missed(cron, stretch, first, polled_minutes)
        if caught_up:
            verdict.expected += 1
            _take(verdict, left, name, first, stretch.begin, stretch.begin + _NOTICED)
        minute = first.replace(second=0, microsecond=0)
        while True:
            at = (minute - _BEGAN).total_seconds() - stretch.wrong_by
            if at >= stretch.end:
                break
            if at >= stretch.begin and cron.names(minute) and minute not in polled_minutes:
                verdict.expected += 1
                late = _take(verdict, left, name, minute, at, min(at + _MINUTE, stretch.end))
                verdict.late = max(verdict.late, late)
                polled_minutes.add(minute)
            minute += timedelta(minutes=1)
    verdict.double = [f"{name}: a poll too many at {at:.0f} s" for at in left]
    return verdict


def _missed(cron: Crontab, stretch: _Stretch, first: datetime, polled: set[datetime]) -> bool:
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
    verdict: _Verdict, left: list[float], name: str, what: datetime, begin: float, end: float
) -> float:
    """Find the poll for ``what`` and take it off; how late it was."""
    for at in left:
        if begin - 0.01 <= at <= end:
            left.remove(at)
            return at - begin
    verdict.lost.append(f"{name}: none for {what:%Y-%m-%d %H:%M} ({begin:.0f} s)")
    return 0.0


def _judge_interval(
    name: str, least: float, most: float, polls: Sequence[float], stretches: Sequence[_Stretch],
    *, grid: float | None,
) -> _Verdict:  # fmt: skip
    """Between two polls lies what the schedule says; only what a sleep or a jump calls for is sooner."""
    verdict = _Verdict(expected=len(polls), made=len(polls))
    caught_up = [
        (each.begin, each.begin + _NOTICED)
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
        if apart - slept > most + (_NOTICED if slept else 0.0):
            verdict.lost.append(f"{name}: {apart - slept:.0f} s of nothing before {after:.0f} s")
    if grid:
        verdict.off_grid = _off_grid(polls, grid, stretches, caught_up)
    return verdict


def _off_grid(
    polls: Sequence[float],
    step: float,
    stretches: Sequence[_Stretch],
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


def run(
    days: int = 365, *, seed: int = 1, adaptive: int = 2, folder: Path | None = None
) -> dict[str, Any]:
    """Live so many days, and judge; figures, with ``problems`` where anything is wrong."""
    began = time.perf_counter()
    sources = _sources(adaptive)
    incidents = incidents_of(days, random.Random(seed))
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        dir=memory if folder is None and memory.is_dir() else folder
    ) as at:
        life = _live(Path(at), days, sources, incidents, seed)
    stretches = _stretches(days, incidents)
    verdicts: dict[str, _Verdict] = {}
    for number, cron in enumerate(_CRONTABS):
        name = f"cron-{number}"
        verdicts[f"{cron.text} {cron.zone}"] = _judge_crontab(
            name, cron, life.polls[name], stretches
        )
    for number, step in enumerate(_EVERY):
        name, jitter = f"every-{number}", min(_JITTER, step / 10)
        verdicts[f"every {timedelta(seconds=step)}"] = _judge_interval(
            name, step - jitter, 1.5 * step + jitter + _MINUTE,
            life.polls[name], stretches, grid=step,
        )  # fmt: skip
    bounds = _bounds()
    slowest, fastest = bounds.slowest.total_seconds(), bounds.fastest.total_seconds()
    for number in range(adaptive):
        name = f"adaptive-{number}"
        verdicts[name] = _judge_interval(
            name, fastest, slowest + _JITTER + _MINUTE, life.polls[name], stretches, grid=None
        )
    problems = [each for verdict in verdicts.values() for each in (*verdict.lost, *verdict.double)]
    problems += [
        f"{name}: polls drifted by {verdict.off_grid:.0f} s"
        for name, verdict in verdicts.items()
        if verdict.off_grid > _JITTER + 1
    ]
    rows = {
        name: {
            "polls": verdict.made,
            "lost": len(verdict.lost),
            "double": len(verdict.double),
            "late_s": round(verdict.late, 1),
            "off_grid_s": round(verdict.off_grid, 1),
        }
        for name, verdict in verdicts.items()
    }
    return {
        "days": days,
        "incidents": len(incidents),
        "polls": sum(row["polls"] for row in rows.values()),
        "lost": sum(row["lost"] for row in rows.values()),
        "double": sum(row["double"] for row in rows.values()),
        "latest_s": max(row["late_s"] for row in rows.values()),
        "off_grid_s": max(row["off_grid_s"] for row in rows.values()),
        "lines_told": len(life.told),
        "seconds": round(time.perf_counter() - began, 1),
        "by_schedule": rows,
        "problems": problems,
    }


def print_driver(figures: dict[str, Any]) -> None:
    """A table for people."""
    print(
        f"{figures['days']} days, {figures['incidents']} jumps and sleeps, {figures['seconds']} s"
    )
    print(f"{'schedule':<36}{'polls':>8}{'lost':>6}{'double':>8}{'late s':>8}{'off grid s':>12}")
    for name, row in figures["by_schedule"].items():
        print(
            f"{name:<36}{row['polls']:>8}{row['lost']:>6}{row['double']:>8}"
            f"{row['late_s']:>8}{row['off_grid_s']:>12}"
        )
    for problem in figures["problems"][:20]:
        print(f"wrong: {problem}")


def main() -> None:
    """Live, judge, print; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0, help="of the real daemon, beside")
    options = parser.parse_args()
    figures = {"driver": run(options.days, seed=options.seed)}
    print_driver(figures["driver"])
    if options.kills:
        from bench.months.kills import kill, print_kills

        figures["kills"] = kill(options.kills, seed=options.seed)
        print_kills(figures["kills"])
    print(json.dumps(figures))
    raise SystemExit(any(part["problems"] for part in figures.values()))


if __name__ == "__main__":
    main()
