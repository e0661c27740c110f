"""Health and alerts over months: the real judgement and the real dispatcher over a real database.

Simulated publishers are polled when the real plan says; what each poll brought is booked as a pass is, the
source is judged as at the end of each pass, and a channel of alerts is told. Each source breaks once, for
some days, in one of six ways; beside that polls time out, sites are away for some hours, a few pages are no
articles or come twice. Clock, network and pages are simulated, nothing else.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from bench.months.polling import BOUNDS, usual_gap
from bench.months.publishers import DAY, Publisher, make_publishers
from ingest.alerts.dispatcher import Dispatcher
from ingest.alerts.settings import AlertSettings, Channel, CommandWay
from ingest.daemon.pace import Pace, look
from ingest.health.judge import judge_source
from ingest.rhythm.kept import keep_rhythm
from sources.source import Schedule
from storage import runs
from storage.async_store import AsyncStore
from storage.database import Database
from storage.publishers import last_failures, record_source
from storage.runs import RunCounts
from storage.schema import articles, health_changes

if TYPE_CHECKING:
    from ingest.alerts.message import Message

__all__ = ["judge_months", "print_health"]

BEGIN = datetime(2026, 2, 4, 9, 0, tzinfo=UTC)
#: Ways to break: the reasons that tell each rightly.
BREAKS = {
    "feed gone": ("http_404",),
    "name gone": ("dns",),
    "feed frozen": ("frozen", "silence"),
    "feed empty": ("empty",),
    "login wall": ("login_wall",),
    "letters lost": ("encoding",),
}
#: Share of polls that time out; share of pages that are no articles, or texts that came before.
_FAILS, _REFUSED, _TWICE = 0.004, 0.03, 0.01
#: Hours for which a site is away, twice.
_AWAY = 8
#: After the break is over, for so many days what is said may still be of it.
_AFTER = 2


@dataclass
class Judged:
    """What was said of one source."""

    kind: str
    breaks: str
    days: float
    polls: int = 0
    #: Days and polls from the break to its telling, in units of the usual gap too; ``None`` untold.
    told_days: float | None = None
    told_polls: int | None = None
    gaps: float | None = None
    recovered: bool = False
    #: Reasons told beside the break, by state and reason.
    false: Counter[str] = field(default_factory=Counter)
    changes: int = 0
    messages: int = 0


class _Told:
    """A channel that takes whatever is sent."""

    def __init__(self) -> None:
        self.ids: list[int] = []

    async def send(self, message: Message) -> str:
        self.ids += [change.id for change in message.changes]
        return "taken"


def judge_months(days: int, sources: int, seed: int) -> list[Judged]:
    """So many sources, each ``days`` long with a database of its own, on all cores."""
    with ProcessPoolExecutor(max(1, os.cpu_count() or 1)) as pool:
        return list(pool.map(_one, [(days, sources, seed, n) for n in range(sources)]))


def _one(task: tuple[int, int, int, int]) -> Judged:
    days, sources, seed, number = task
    publisher = make_publishers(sources, days, BEGIN, seed, only=number)[0]
    publisher.frozen = None
    breaks = list(BREAKS)[number % len(BREAKS)]
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-months-") as folder,
        Database.open(str(Path(folder) / "months.sqlite3")) as database,
    ):
        watched = _Months(publisher, database, days, breaks, seed * 1000 + number)
        return asyncio.run(watched.go())


class _Months:
    """One source, polled, judged and told of."""

    def __init__(
        self, publisher: Publisher, database: Database, days: int, breaks: str, seed: int
    ) -> None:
        self.publisher, self.database = publisher, database
        self.chance = chance = random.Random(seed)
        start = BEGIN.timestamp()
        self.end = start + days * DAY
        self.begins = start + chance.uniform(0.45, 0.6) * days * DAY
        self.ends = self.begins + max(20 * DAY, 5 * usual_gap(publisher))
        self.away = [start + chance.uniform(0.1, 0.95) * days * DAY for _ in range(2)]
        self.told = _Told()
        self.store = AsyncStore(database)
        way = Channel("told", "command", CommandWay(("true",), 1.0))
        self.dispatcher = Dispatcher(
            AlertSettings((way,)), self.store, to_log=False, sender=lambda channel: self.told
        )
        self.pace = Pace(BOUNDS, {publisher.name: Schedule()})
        self.result = Judged(publisher.kind, breaks, days)
        self.done, self.filed = 0, 0

    async def go(self) -> Judged:
        """All polls."""
        name, at, polls = self.publisher.name, BEGIN, 0
        self.database.write(self._record)
        run = self.database.write(lambda c: runs.start_run(c, "daemon", BEGIN))
        await self.dispatcher.begin()
        since_break = 0
        while at.timestamp() < self.end:
            polls += 1
            broken = self.begins <= at.timestamp() < self.ends
            since_break += broken
            changed = self.database.write(lambda c, at=at: self._poll(c, run, at))  # type: ignore[misc]
            if changed:
                self._note(at, since_break)
            await self.dispatcher.look(at)
            await self.dispatcher.finish()
            at = self._next(name, at)
        self.result.polls = polls
        with self.database.reading() as c:
            ids = list(c.execute(sa.select(health_changes.c.id)).scalars())
        self.result.changes, self.result.messages = len(ids), len(self.told.ids)
        if self.told.ids != ids:
            self.result.false["alerts are not the changes"] += 1
        self.store.close()
        return self.result

    def _record(self, c: sa.Connection) -> None:
        record_source(
            c,
            self.publisher.name,
            title=None,
            home="http://www.month.example",
            language=None,
            country=self.publisher.country,
            platform=None,
            now=BEGIN,
        )

    def _next(self, name: str, at: datetime) -> datetime:
        with self.database.reading() as c:
            known, (failures, cause) = look(c, name, at), last_failures(c, name)
        self.pace.take(name, known)
        rhythm = known.rhythm
        if rhythm is not None and known.is_new:
            self.database.write(lambda c: keep_rhythm(c, name, rhythm))
        return self.pace.next_time(
            name, at, failures=failures, cause=cause, chance=self.chance.random()
        )

    def _poll(self, c: Any, run: int, at: datetime) -> bool:
        """One pass, and what is said of the source at its end; whether that is another than before."""
        name, now = self.publisher.name, at.timestamp()
        broken = self.result.breaks if self.begins <= now < self.ends else None
        number = runs.start_source(c, run, name, at)
        counts, notes = RunCounts(documents=1), runs.PassNotes()
        error = cause = None
        if broken in ("feed gone", "name gone"):
            cause = BREAKS[broken][0]
        elif any(t <= now < t + _AWAY * 3600 for t in self.away) or self.chance.random() < _FAILS:
            cause = "timeout"
        if cause is not None:
            error = f"http://www.month.example/feed: {cause}"
        else:
            self._read(c, at, broken, counts, notes)
        before = self._last(c)
        runs.finish_source(
            c, run, name, counts, error, at, pass_id=number, cause=cause, notes=notes
        )
        judge_source(c, name, at)
        return self._last(c) != before

    def _read(
        self, c: Any, at: datetime, broken: str | None, counts: RunCounts, notes: Any
    ) -> None:
        publisher = self.publisher
        until = self.begins if broken == "feed frozen" else at.timestamp()
        there = int(np.searchsorted(publisher.appears, until, "right"))
        shown = 0 if broken == "feed empty" else min(there, publisher.feed)
        first = max(self.done, there - shown)
        new = range(first, there) if shown else range(0)
        notes.announced, notes.known = shown, shown - len(new)
        if not shown:
            notes.troubles["http://www.month.example/feed"] = runs.EMPTY
            return
        earlier, self.done = self.done, there
        if earlier:
            notes.appeared = len(new)
            if len(new) == shown:
                notes.troubles["http://www.month.example/feed"] = runs.GAP
        counts.links_new = counts.fetched = notes.tried = len(new)
        for n in new:
            self._page(c, at, n, broken, counts, notes)

    def _page(
        self, c: Any, at: datetime, n: int, broken: str | None, counts: RunCounts, notes: Any
    ) -> None:
        chance, publisher = self.chance, self.publisher
        if broken == "login wall" or chance.random() < _REFUSED:
            reason = "login_wall" if broken == "login wall" else "listing"
            counts.refused += 1
            notes.reasons[reason] = notes.reasons.get(reason, 0) + 1
            return
        if chance.random() < _TWICE:
            counts.duplicate += 1
            return
        counts.filed += 1
        words = round(chance.lognormvariate(6, 0.5))
        notes.words += words
        notes.by_template += 1
        notes.authorless += chance.random() < 0.2
        notes.garbled += broken == "letters lost"
        stated = datetime.fromtimestamp(publisher.appears[n] - publisher.earlier[n], UTC)
        c.execute(
            sa.insert(articles).values(
                source=publisher.name,
                key=f"http://www.month.example/{n}",
                text="",
                words=words,
                blocks=[],
                authors=[],
                tags=[],
                kind="news",
                complete=True,
                extractor="template:article@1",
                fingerprint=str(n),
                filed_at=at,
                updated_at=at,
                revision=1,
                published_at=stated if publisher.states == "instant" else None,
                published_precision="instant" if publisher.states == "instant" else None,
            )
        )

    def _last(self, c: Any) -> int:
        return int(c.execute(sa.select(sa.func.max(health_changes.c.id))).scalar() or 0)

    def _note(self, at: datetime, polls: int) -> None:
        with self.database.reading() as c:
            change = c.execute(
                sa.select(health_changes).order_by(health_changes.c.id.desc()).limit(1)
            ).one()
        result, now = self.result, at.timestamp()
        right = BREAKS[result.breaks]
        during = self.begins <= now < self.ends + _AFTER * DAY
        if during and change.state == "healthy" and now >= self.ends:
            result.recovered = True
        elif during and change.reason in right:
            if result.told_days is None and change.state in ("broken", "degraded"):
                result.told_days, result.told_polls = (now - self.begins) / DAY, polls
                result.gaps = (now - self.begins) / usual_gap(self.publisher)
        elif change.reason == "missed":
            pass  # its feed is short, and that is so
        elif change.state in ("broken", "degraded", "quiet"):
            away = any(t <= now < t + _AWAY * 3600 + 3600 for t in self.away)
            # A site that is away for hours is rightly told.
            if not (away and change.reason == "timeout"):
                result.false[f"{change.state}: {change.reason}"] += 1


def print_health(found: list[Judged]) -> dict[str, Any]:
    """A table, and its figures."""
    years = sum(each.days for each in found) / 365
    print(f"\nHealth and alerts: {len(found)} sources, {sum(each.polls for each in found)} polls")
    print(f"{'breaks by':<14} {'told':>7} {'polls':>6} {'days':>6} {'recovered':>10}")
    rows = []
    for breaks in BREAKS:
        mine = [each for each in found if each.breaks == breaks]
        told = [each for each in mine if each.told_days is not None]
        row = {
            "breaks": breaks,
            "sources": len(mine),
            "told": len(told),
            "polls": float(np.median([each.told_polls or 0 for each in told])) if told else None,
            "days": round(float(np.median([each.told_days or 0 for each in told])), 2)
            if told
            else None,
            "recovered": sum(each.recovered for each in mine),
        }
        rows.append(row)
        print(
            f"{breaks:<14} {len(told):>3}/{len(mine):<3} {row['polls'] or '-':>6}"
            f" {row['days'] if told else '-':>6} {row['recovered']:>6}/{len(mine):<3}"
        )
    false: Counter[str] = sum((each.false for each in found), Counter())
    print(
        f"told without a cause, in {years:.1f} source-years: {dict(false.most_common()) or 'nothing'}"
    )
    loud = sum(n for said, n in false.items() if not said.startswith("quiet"))
    print(
        f"that is {loud / years:.2f} a source-year as broken or degraded; {sum(e.messages for e in found)}"
        f" of {sum(e.changes for e in found)} changes were told by the channel"
    )
    return {
        "health": rows,
        "health_false": dict(false),
        "health_false_a_source_year": round(loud / years, 3),
    }
