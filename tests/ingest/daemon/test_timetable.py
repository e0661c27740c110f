"""What is due is started once, and nothing is done until something is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.daemon.timetable import Timetable
from ingest.desk import utc_now

HOUR = timedelta(hours=1)


def test_it_sleeps_until_something_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler that wakes again and again takes a whole core, and nobody notices."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    woken: list[int] = []
    look: Any = AsyncIOScheduler._process_jobs

    def counted(self: Any) -> Any:
        woken.append(1)
        return look(self)

    monkeypatch.setattr(AsyncIOScheduler, "_process_jobs", counted)

    async def wait() -> None:
        timetable = Timetable(lambda name, when: None, utc_now)
        timetable.set("a", utc_now() + HOUR)
        timetable.begin()
        timetable.set("b", utc_now() + 2 * HOUR)
        for _ in range(200):
            await asyncio.sleep(0)
        timetable.end()

    asyncio.run(wait())
    assert len(woken) <= 5


def test_a_name_is_started_at_its_last_time_only_and_not_once_it_was_removed() -> None:
    started: list[str] = []

    async def run() -> None:
        come = asyncio.Event()

        def start(name: str, when: datetime) -> None:
            started.append(name)
            if name == "last":
                come.set()

        timetable = Timetable(start, utc_now)
        now = utc_now()
        for name in ("moved", "removed", "once"):
            timetable.set(name, now - HOUR)
        timetable.set("once", now - HOUR)
        timetable.set("moved", now + HOUR)
        timetable.begin()
        timetable.remove("removed")
        timetable.remove("never there")
        timetable.set("last", now)
        await asyncio.wait_for(come.wait(), 20)
        assert timetable.due == {"moved": now + HOUR}
        timetable.end()

    asyncio.run(run())
    assert started == ["once", "last"]


def test_how_long_the_first_has_waited_is_known() -> None:
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    timetable = Timetable(lambda name, when: None, lambda: now)
    assert timetable.overdue() == timedelta()
    timetable.set("a", now + HOUR)
    assert timetable.overdue() == timedelta()
    timetable.set("b", now - HOUR)
    assert timetable.overdue() == HOUR
