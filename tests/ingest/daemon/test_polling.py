"""The driver on a clock of its own: a machine that sleeps, whose clock is set, and sources that are slow."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bench.months.virtual_time import Incident, Machine, live
from ingest.daemon.planning import Planning
from ingest.daemon.polling import Polling
from ingest.events import SourceFinished
from ingest.settings import DaemonSettings
from sources.source import Schedule, Source
from storage.async_store import AsyncStore
from storage.database import Database
from storage.errors import StorageError
from storage.publishers import ensure_source, set_next_due
from storage.runs import RunCounts, StartedBy, finish_source, start_run, start_source
from storage.wishes import ask_for_polls, pause, resume

BEGAN = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
BOUNDS = DaemonSettings(timedelta(minutes=30), timedelta(minutes=30), timedelta())


class Store(AsyncStore):
    """A real database, asked on the spot: its threads would run beside the made-up time."""

    async def read(self, query: Callable[..., Any]) -> Any:
        with self.database.reading() as connection:
            return query(connection)

    async def write(self, operation: Callable[..., Any], ahead: Any = None) -> Any:
        return self.database.write(operation)


class Desk:
    """Polls sources on a made-up machine, and notes when, in seconds of its life."""

    def __init__(self, database: Database, *sources: Source, takes: float = 5.0) -> None:
        self.database = database
        self.store = Store(database)
        self.machine = Machine(BEGAN)
        self.sources = sources
        self.takes = takes
        self.polls: dict[str, list[float]] = defaultdict(list)
        self.begun_by: list[StartedBy] = []
        self.fail: dict[str, Exception] = {}
        self.planning = Planning(self.store, BOUNDS, random.Random(4))
        self.polling = Polling(
            self.store,
            self.collect,
            self.planning,
            at_once=100,
            fail=self._failed,
            clock=self.machine.clock,
        )
        self.fatal: list[StorageError] = []
        self.run_id = database.write(lambda c: start_run(c, "daemon", BEGAN))

    def _failed(self, error: StorageError) -> None:
        self.fatal.append(error)

    async def collect(self, source: Source, started_by: StartedBy) -> SourceFinished:
        self.polls[source.name].append(self.machine.uptime)
        self.begun_by.append(started_by)
        if source.name in self.fail:
            raise self.fail[source.name]
        await asyncio.sleep(self.takes)
        return SourceFinished(source.name, RunCounts(), None)

    def day(
        self,
        seconds: float,
        *incidents: Incident,
        meanwhile: Sequence[tuple[float, Callable[[], Any]]] = (),
    ) -> list[dict[str, Any]]:
        """Poll for so long; what was logged but for passes."""

        async def chores() -> None:
            while True:
                self.polling.look_at_clock()
                if self.machine.now.second < 10:
                    await self.polling.heed()
                await asyncio.sleep(10)

        async def life() -> None:
            await self.polling.use(self.sources, BOUNDS)
            self.polling.begin()
            chore = asyncio.create_task(chores())
            begun = self.machine.uptime
            for at, what in meanwhile:
                await asyncio.sleep(begun + at - self.machine.uptime)
                what()
            while self.machine.uptime < begun + seconds:  # noqa: ASYNC110
                await asyncio.sleep(min(60.0, begun + seconds - self.machine.uptime + 0.001))
            self.polling.end()
            chore.cancel()
            await self.polling.finish(100.0)

        with capture_logs() as logged:
            live(self.machine, life(), incidents)
        return [line for line in logged if line["event"] != "collected"]


def source(name: str = "courier", **schedule: Any) -> Source:
    return Source(name, f"https://{name}.example", name, schedule=Schedule(**schedule))


def gaps(times: Sequence[float]) -> list[float]:
    return [after - before for before, after in zip(times, times[1:], strict=False)]


def test_every_so_often_does_not_drift_however_long_passes_take(database: Database) -> None:
    desk = Desk(database, source(every=timedelta(minutes=15)), takes=200.0)
    assert desk.day(DAY) == []
    times = desk.polls["courier"]
    # The first comes at once; the others lie on one grid, none left out.
    assert 95 <= len(times) <= 97
    assert set(gaps(times[1:])) == {900.0}
    assert 450.0 <= times[1] <= 1350.0


def test_a_pass_that_takes_longer_than_its_schedule_is_not_overlapped(database: Database) -> None:
    desk = Desk(database, source(every=timedelta(minutes=15)), takes=1000.0)
    desk.day(DAY / 4)
    assert set(gaps(desk.polls["courier"][1:])) == {1800.0}


def test_a_night_of_sleep_is_one_line_and_one_poll_each_spread_over_a_minute(
    database: Database,
) -> None:
    many = [source(f"paper-{n}", every=timedelta(minutes=30)) for n in range(60)]
    many.append(source("daily", cron="0 6 * * *"))
    desk = Desk(database, *many, takes=1.0)
    woke = 4 * HOUR + 8 * HOUR
    told = desk.day(14 * HOUR, Incident(4 * HOUR, sleeps=8 * HOUR))
    (line,) = told
    assert (line["event"], line["missed"]) == ("slept", 61)
    assert line["since"].startswith("2026-11-27T03:59")
    assert line["until"].startswith("2026-11-27T12:00")
    for name, times in desk.polls.items():
        after = [at for at in times if at >= woke]
        # Within the ten seconds in which it is noticed and the minute of the spread; then as ever.
        assert after[0] <= woke + 75, name
        assert name == "daily" or min(gaps(after)) >= 15 * MINUTE, name
    firsts = sorted(next(at for at in times if at >= woke) for times in desk.polls.values())
    assert len({round(at) for at in firsts}) > 30
    assert len(desk.polls["daily"]) == 1


def test_a_clock_set_back_by_a_day_makes_nobody_wait_and_polls_nothing_twice(
    database: Database,
) -> None:
    desk = Desk(
        database,
        source("adaptive"),
        source("quarter", every=timedelta(minutes=15)),
        source("ten", cron="*/10 * * * *"),
    )
    told = desk.day(DAY, Incident(DAY / 2, set_by=-DAY))
    assert [line["event"] for line in told] == ["the clock was set back"]
    for name, usual in (("adaptive", 1805), ("quarter", 900), ("ten", 600)):
        apart = gaps(desk.polls[name][1:])
        assert max(apart) <= 1.5 * usual, name
        assert min(apart) >= 0.5 * usual, name


@pytest.mark.parametrize("back", [3 * MINUTE, 2 * HOUR])
def test_a_time_of_a_crontab_that_was_polled_is_not_polled_again_by_a_clock_set_back(
    database: Database, back: float
) -> None:
    desk = Desk(database, source("daily", cron="0 6 * * *"))
    desk.day(2 * DAY, Incident(6 * HOUR + MINUTE, set_by=-back))
    assert [round(at) for at in desk.polls["daily"]] == [21600, 21600 + 86_400 + round(back)]


def test_a_clock_set_forward_polls_what_came_due_once(database: Database) -> None:
    desk = Desk(database, source("adaptive"), source("daily", cron="0 6 * * *"))
    told = desk.day(DAY, Incident(HOUR, set_by=DAY))
    assert [(line["event"], line["missed"]) for line in told] == [("the clock went ahead", 2)]
    assert min(gaps(desk.polls["adaptive"])) > 5.0
    assert len([at for at in desk.polls["daily"] if at < HOUR + 2 * MINUTE]) == 1


def test_what_was_to_be_polled_in_a_year_is_not_believed(database: Database) -> None:
    def note(name: str) -> None:
        database.write(lambda c: ensure_source(c, name, BEGAN))
        database.write(lambda c: set_next_due(c, name, BEGAN + timedelta(days=365)))

    note("adaptive")
    note("quarter")
    desk = Desk(database, source("adaptive"), source("quarter", every=timedelta(minutes=15)))
    desk.day(HOUR)
    assert desk.polls["adaptive"][0] < MINUTE
    assert desk.polls["quarter"][0] < MINUTE


@pytest.mark.parametrize("done", [True, False])
def test_a_poll_that_a_kill_left_without_its_next_time_is_made_again_only_if_it_had_not_ended(
    database: Database, done: bool
) -> None:
    due, ended = BEGAN - timedelta(minutes=2), BEGAN - timedelta(minutes=1)

    def before(c: Any) -> None:
        ensure_source(c, "courier", due)
        set_next_due(c, "courier", due)
        run = start_run(c, "daemon", due)
        number = start_source(c, run, "courier", due)
        if done:
            finish_source(c, run, "courier", RunCounts(), None, ended, pass_id=number)

    database.write(before)
    desk = Desk(database, source())
    desk.day(HOUR)
    first = desk.polls["courier"][0]
    assert first == (29 * MINUTE if done else 0)


def test_a_crontab_time_that_a_kill_cut_short_is_made_good_at_the_next_start(
    database: Database,
) -> None:
    database.write(lambda c: ensure_source(c, "daily", BEGAN))
    database.write(lambda c: set_next_due(c, "daily", BEGAN - timedelta(minutes=1)))
    desk = Desk(database, source("daily", cron="59 23 * * *"))
    desk.day(2 * HOUR)
    assert len(desk.polls["daily"]) == 1


def test_a_time_of_a_crontab_that_comes_during_a_poll_that_was_made_up_for_is_kept(
    database: Database,
) -> None:
    desk = Desk(database, source("daily", cron="0 6 * * *"), source("hourly", cron="0 * * * *"))
    desk.takes = 300.0
    # They wake two minutes before six: what was missed is polled at once, and is not over at six.
    woke = 6 * HOUR - 2 * MINUTE
    desk.day(9 * HOUR, Incident(100, sleeps=woke - 100))
    assert [at for at in desk.polls["daily"] if at >= 6 * HOUR] == [6 * HOUR]
    first, second, *_ = [at for at in desk.polls["hourly"] if at >= woke]
    assert first <= woke + 75
    assert second == first + 300.0


def test_what_came_due_while_a_machine_slept_amid_a_poll_is_made_up_for(database: Database) -> None:
    desk = Desk(
        database,
        source("daily", cron="0 6 * * *"),
        source("rare", every=timedelta(days=2)),
    )
    began = 6 * HOUR + 20
    # The first poll of the second one is under way as well, for it takes so long.
    desk.takes = 7 * HOUR
    desk.day(6 * DAY, Incident(began, sleeps=4 * DAY))
    for name in ("daily", "rare"):
        before, after, *_ = desk.polls[name]
        assert before <= began
        assert after - before == pytest.approx(4 * DAY + desk.takes, abs=1), name


def test_a_pause_holds_until_it_is_taken_back_and_an_asked_poll_is_made_in_it(
    database: Database,
) -> None:
    desk = Desk(database, source(every=timedelta(minutes=15)))

    def at(minutes: float) -> datetime:
        return BEGAN + timedelta(minutes=minutes)

    desk.day(
        10 * HOUR,
        meanwhile=[
            (2 * HOUR, lambda: database.write(lambda c: pause(c, ["courier"], at(120)))),
            (4 * HOUR, lambda: database.write(lambda c: ask_for_polls(c, ["courier"], at(240)))),
            (8 * HOUR, lambda: database.write(lambda c: resume(c, ["courier"], at(480)))),
        ],
    )
    times = desk.polls["courier"]
    paused = [at for at in times if 2 * HOUR + 70 < at < 8 * HOUR]
    assert len(paused) == 1
    assert 4 * HOUR <= paused[0] <= 4 * HOUR + 70
    assert 8 * HOUR <= next(at for at in times if at >= 8 * HOUR) <= 8 * HOUR + 70
    assert set(gaps([at for at in times if at > 8 * HOUR + 2 * MINUTE])) == {900.0}
    assert desk.begun_by.count("command") == 2


@pytest.mark.parametrize("error", [RuntimeError("a fault of ours"), StorageError("disk is full")])
def test_what_goes_wrong_in_a_source_ends_neither_its_polling_nor_the_others(
    database: Database, error: Exception
) -> None:
    desk = Desk(database, source("bad"), source("good"))
    desk.fail["bad"] = error
    desk.day(DAY / 4)
    assert len(desk.polls["bad"]) >= 12
    assert len(desk.polls["good"]) >= 11
    # A database that fails between others that work is no reason to end.
    assert desk.fatal == []


def test_a_source_is_never_forgotten_when_its_next_time_cannot_be_planned(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(database, source())

    async def wrong(*_: Any, **__: Any) -> datetime:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(desk.planning, "after", wrong)
    told = desk.day(DAY / 4)
    assert len(desk.polls["courier"]) >= 12
    assert {line["event"] for line in told} == {"next poll not planned"}
