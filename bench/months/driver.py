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

from structlog.testing import capture_logs

from bench.months.polled import Crontab, Verdict, judge_crontab, judge_interval, stretches_of
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

#: Within a month of it clocks change in New York, in Berlin and on Lord Howe (by half an hour).
_BEGAN = datetime(2027, 3, 8, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
#: Seconds between two looks at the clock, as the daemon has it.
_LOOK_EVERY = 10.0
#: What a poll may begin late by, where nothing is in its way: the driver's jitter is no lateness.
_JITTER = 30.0


class _Store(AsyncStore):
    """The real database, asked on the spot: threads would run beside the made-up time."""

    async def read(self, query: Callable[..., Any]) -> Any:
        with self.database.reading() as connection:
            return query(connection)

    async def write(self, operation: Callable[..., Any], ahead: Any = None) -> Any:
        return self.database.write(operation)


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
    stretches = stretches_of(_BEGAN, days, incidents)
    verdicts: dict[str, Verdict] = {}
    for number, cron in enumerate(_CRONTABS):
        name = f"cron-{number}"
        verdicts[f"{cron.text} {cron.zone}"] = judge_crontab(
            name, cron, life.polls[name], stretches
        )
    for number, step in enumerate(_EVERY):
        name, jitter = f"every-{number}", min(_JITTER, step / 10)
        verdicts[f"every {timedelta(seconds=step)}"] = judge_interval(
            name, step - jitter, 1.5 * step + jitter + _MINUTE,
            life.polls[name], stretches, grid=step,
        )  # fmt: skip
    bounds = _bounds()
    slowest, fastest = bounds.slowest.total_seconds(), bounds.fastest.total_seconds()
    for number in range(adaptive):
        name = f"adaptive-{number}"
        verdicts[name] = judge_interval(
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
