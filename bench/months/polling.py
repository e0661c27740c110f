"""A source polled for months as the daemon does it: the real functions, a clock that does not wait.

What the daemon knows is what its polls have found: articles come from a feed of limited length, a rhythm
is learned anew only where the daemon would, some polls fail, some feeds freeze.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bench.months.publishers import DAY, Publisher
from ingest.daemon.schedule import next_time
from ingest.rhythm.appearances import appeared
from ingest.rhythm.calendar import zone_of
from ingest.rhythm.kept import is_stale
from ingest.rhythm.learning import MOST, learn
from ingest.rhythm.rhythm import Rhythm
from ingest.rhythm.silence import silence_of
from ingest.settings import DaemonSettings
from sources.source import Schedule
from storage.rhythms import Filed

__all__ = ["BOUNDS", "ISSUES", "Break", "Watched", "promised", "usual_gap", "watch"]

BOUNDS = DaemonSettings(timedelta(minutes=5), timedelta(hours=6), timedelta(seconds=30))
_BY_ITSELF = Schedule()
#: Share of polls that fail; and hours for which a site is away, twice a year.
_FAILS, _AWAY = 0.004, 8
#: Breaks per source that are tried, and for how many days they are watched.
BREAKS, _PATIENCE = 3, 150


#: Kinds of whose breaks is promised that they are told within two issues: days until the end of the day on
#: which the second missing issue was due.
ISSUES = {"weekly": 15.0, "fortnightly": 29.0}
#: A gap up to so many usual ones is one as usual.
_AS_USUAL = 1.1


@dataclass(frozen=True, slots=True)
class Break:
    """A feed that froze, and when that was told."""

    #: Issues that were known then; days since the newest article, and those at the poll before.
    issues: int
    alarm: float | None
    before: float


@dataclass
class Watched:
    """What came of one source."""

    name: str
    kind: str
    days: float
    polls: int = 0
    #: Polls in the second half of the time, by when its rhythm is known.
    polls_late: int = 0
    lost: int = 0
    #: Seconds from appearance to discovery, by article; and when these appeared.
    delays: list[float] = field(default_factory=list)
    when: list[float] = field(default_factory=list)
    learned: int = 0
    #: Days of silence at which a living source was said to be silent.
    false_alarms: list[float] = field(default_factory=list)
    real_breaks_told: list[float] = field(default_factory=list)
    real_breaks: int = 0
    breaks: list[Break] = field(default_factory=list)
    rhythm: Rhythm | None = None


class _Daemon:
    """What it knows of one source."""

    def __init__(self, publisher: Publisher, price: float) -> None:
        self.publisher, self.price = publisher, price
        self.zone = zone_of(publisher.country)
        self.polls: list[datetime] = []
        self.instants: list[datetime] = []
        self.last: datetime | None = None
        self.rhythm: Rhythm | None = None
        self.new = 0
        self.learned = 0

    def found(self, now: datetime, filed: list[Filed]) -> None:
        """A poll that could read the feed."""
        self.polls.append(now)
        instants = appeared(filed, self.polls[-2:], zone=self.zone)
        self.instants += instants
        self.new += len(filed)
        if instants:
            newest = max(instants)
            self.last = newest if self.last is None else max(self.last, newest)
        if self.rhythm is None or is_stale(self.rhythm, now, self.new):
            self.rhythm = learn(
                self.instants[-MOST:], now, country=self.publisher.country, since=self.polls[0]
            )
            self.learned += 1
            self.new = 0

    def next(self, now: datetime, failures: int, chance: float) -> datetime:
        return next_time(
            _BY_ITSELF,
            self.rhythm,
            now,
            BOUNDS,
            last=self.last,
            failures=failures,
            cause="timeout" if failures else None,
            price=self.price,
            chance=chance,
        )


def watch(
    publisher: Publisher, begin: datetime, days: int, price: float, *, alarms: bool, seed: int
) -> Watched:
    """Poll ``publisher`` for ``days``."""
    return _Watch(publisher, begin, days, price, alarms=alarms, seed=seed).go()


class _Watch:
    """One source, from the first poll to the last."""

    def __init__(
        self,
        publisher: Publisher,
        begin: datetime,
        days: int,
        price: float,
        *,
        alarms: bool,
        seed: int,
    ) -> None:
        self.publisher, self.begin, self.alarms = publisher, begin, alarms
        self.chance = chance = random.Random(seed)
        self.result = Watched(publisher.name, publisher.kind, days)
        self.daemon = _Daemon(publisher, price)
        start = begin.timestamp()
        # Publishers are drawn to the midnight before: what comes after is no silence of theirs.
        self.half, self.end = start + days * DAY / 2, start + (days - 1) * DAY
        self.appears, self.earlier = publisher.appears, publisher.earlier
        self.frozen = publisher.frozen
        if self.frozen is not None:
            seen = (self.appears < self.frozen[0]) | (self.appears > self.frozen[1])
            self.appears, self.earlier = self.appears[seen], self.earlier[seen]
        self.usual = usual_gap(publisher)
        self.away = [start + chance.uniform(20, days - 1) * DAY for _ in range(2 * (days > 30))]
        wanted = BREAKS if alarms and days >= 90 else 0
        self.tries = sorted(start + chance.uniform(45, days - 20) * DAY for _ in range(wanted))
        #: Articles that were found, and whether this silence was told.
        self.done, self.told = 0, False

    def go(self) -> Watched:
        """All polls."""
        result, daemon, chance = self.result, self.daemon, self.chance
        at, failures = self.begin, 0
        while (now := at.timestamp()) < self.end:
            result.polls += 1
            result.polls_late += now > self.half
            away = any(t <= now < t + _AWAY * 3600 for t in self.away)
            if away or chance.random() < _FAILS:
                failures += 1
            else:
                failures = 0
                self._poll(at, now)
            at = daemon.next(at, failures, chance.random())
        result.real_breaks = int(self.frozen is not None)
        result.learned, result.rhythm = daemon.learned, daemon.rhythm
        return result

    def _poll(self, at: datetime, now: float) -> None:
        appears, publisher, result = self.appears, self.publisher, self.result
        there = int(np.searchsorted(appears, now, "right"))
        first = max(self.done, there - publisher.feed)
        if self.daemon.polls:
            result.lost += first - self.done
            result.delays += (now - appears[first:there]).tolist()
            result.when += appears[first:there].tolist()
        self.done = there
        filed = [_filed(publisher, appears[n], self.earlier[n], at) for n in range(first, there)]
        self.daemon.found(at, filed)
        if filed:
            self.told = False
            self._try_break(at, now, there)
        elif self.alarms and not self.told:
            self._listen(at, now, there)

    def _try_break(self, at: datetime, now: float, there: int) -> None:
        if not self.tries or now < self.tries[0]:
            return
        last = float(self.appears[there - 1])
        if _goes_on(self.publisher, self.appears[there - 1 :], self.usual):
            self.tries.pop(0)
            self.result.breaks.append(_break(self.daemon, at, last, self.chance))

    def _listen(self, at: datetime, now: float, there: int) -> None:
        daemon, frozen = self.daemon, self.frozen
        if daemon.last is None or daemon.rhythm is None:
            return
        if not silence_of(daemon.rhythm, daemon.last, at).is_alarming:
            return
        self.told = True
        silent = (now - daemon.last.timestamp()) / DAY
        if frozen is None or now < frozen[0] or self.appears[there - 1] > frozen[0]:
            self.result.false_alarms.append(silent)
        else:
            self.result.real_breaks_told.append(silent)


def promised(kind: str, usual: float) -> float:
    """Seconds of silence within which a break is to be told: three usual gaps, or two issues."""
    return ISSUES[kind] * DAY if kind in ISSUES else 3 * usual


def _goes_on(publisher: Publisher, coming: NDArray[np.float64], usual: float) -> bool:
    """Whether it would have gone on as usual, from the first of ``coming`` until a break is to be told.

    Nobody can tell a feed that froze before a holiday, or before a house closed, from one that did not.
    """
    end = int(np.searchsorted(coming, coming[0] + promised(publisher.kind, usual), "right"))
    if end >= len(coming) or coming[1] - coming[0] > usual:
        return False
    return float(np.diff(coming[: end + 1]).max()) <= _AS_USUAL * usual


def usual_gap(publisher: Publisher) -> float:
    """Seconds of the longest gap of an ordinary week (the median week's), at least a day."""
    appears = publisher.appears
    if len(appears) < 3:
        return 30 * DAY
    gaps, ends = np.diff(appears), appears[1:]
    weeks = ((ends - appears[0]) // (7 * DAY)).astype(int)
    longest = [float(gaps[weeks == week].max()) for week in np.unique(weeks)]
    return max(DAY, float(np.median(longest)))


def _filed(publisher: Publisher, appears: float, earlier: float, at: datetime) -> Filed:
    stated = datetime.fromtimestamp(appears - earlier, UTC)
    if publisher.states == "none":
        return Filed(at)
    if publisher.states == "day":
        local = stated.astimezone(publisher.zone)
        return Filed(
            at, local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), "day"
        )
    if publisher.states == "local":
        return Filed(at, stated.astimezone(publisher.zone).replace(tzinfo=UTC), "local")
    return Filed(at, stated, "instant")


def _break(daemon: _Daemon, begin: datetime, last: float, chance: random.Random) -> Break:
    """What would be told, and when, had the feed frozen now; the daemon itself goes on as it was."""
    rhythm, learned = daemon.rhythm, begin
    assert rhythm is not None
    at, until, before = begin, begin + timedelta(days=_PATIENCE), 0.0
    while at < until and daemon.last is not None:
        if silence_of(rhythm, daemon.last, at).is_alarming:
            return Break(rhythm.issues, (at.timestamp() - last) / DAY, before)
        if is_stale(rhythm, at, daemon.new if learned == begin else 0):
            rhythm = learn(
                daemon.instants[-MOST:],
                at,
                country=daemon.publisher.country,
                since=daemon.polls[0],
            )
            learned = at
        before = (at.timestamp() - last) / DAY
        at = next_time(
            _BY_ITSELF,
            rhythm,
            at,
            BOUNDS,
            last=daemon.last,
            price=daemon.price,
            chance=chance.random(),
        )
    return Break(rhythm.issues, None, before)
