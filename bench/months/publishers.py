"""Publishers of the catalogue's kinds, simulated: when their articles appear, and what these say of it.

Nothing here is drawn from what a rhythm is made of: days are busy and slow by a chain of lognormal factors,
news comes in cascades, batches are late by lognormal times, weeks are skipped, houses close in summer,
levels drift and jump. Numbers are of no source in particular and of no use for tuning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

__all__ = ["DAY", "KINDS", "Publisher", "make_publishers"]

DAY = 86400.0
#: Of a hundred and eighty, about as the catalogue has them.
KINDS = {
    "agency": 14, "daily": 54, "online daily": 26, "local paper": 26, "weekly": 22,
    "fortnightly": 6, "blog": 24, "night desk": 8,
}  # fmt: skip
_PLACES = (
    ("DE", "Europe/Berlin", 50), ("US", "America/New_York", 14), ("US", "America/Los_Angeles", 6),
    ("GB", "Europe/London", 15), ("ZA", "Africa/Johannesburg", 9), ("JP", "Asia/Tokyo", 9),
    ("ES", "Europe/Madrid", 8), ("CA", "America/Toronto", 8), ("AT", "Europe/Vienna", 5),
    ("AU", "Australia/Sydney", 6), ("BR", "America/Sao_Paulo", 4), ("IN", "Asia/Kolkata", 4),
    ("TR", "Europe/Istanbul", 3), ("CL", "America/Santiago", 3), ("NZ", "Pacific/Auckland", 3),
)  # fmt: skip


@dataclass
class Publisher:
    """One of them."""

    name: str
    kind: str
    #: What its source file says; ``None`` where it says nothing.
    country: str | None
    #: Instants at which articles appear, seconds since 1970, sorted.
    appears: NDArray[np.float64]
    #: How an article states when it was published: ``instant``, ``local``, ``day``, ``none``; and by how
    #: much its text is older than its place in the feed.
    states: str
    earlier: NDArray[np.float64]
    zone: ZoneInfo
    #: Articles that its feed holds.
    feed: int
    #: When it was frozen: nothing of what was published then is ever in its feed.
    frozen: tuple[float, float] | None = None
    #: Days, weeks on which the house was closed, for the table only.
    closed: int = 0
    random: np.random.Generator = field(default_factory=np.random.default_rng)


def make_publishers(
    count: int, days: int, begin: datetime, seed: int, *, only: int | None = None
) -> list[Publisher]:
    """So many publishers of all kinds, ``days`` from ``begin`` and two months before it; or one of them."""
    kinds = [kind for kind, number in KINDS.items() for _ in range(number)]
    if count <= len(kinds):
        # Of each kind its share, however few there are.
        kinds = [kinds[int((n + 0.5) * len(kinds) / count)] for n in range(count)]
    else:
        kinds = [kinds[n % len(kinds)] for n in range(count)]
    return [
        _publisher(number, kind, days, begin, np.random.default_rng([seed, number]))
        for number, kind in enumerate(kinds)
        if only is None or number == only
    ]


def _publisher(
    number: int, kind: str, days: int, begin: datetime, random: np.random.Generator
) -> Publisher:
    weights = np.array([place[2] for place in _PLACES], float)
    country, zone_name, _ = _PLACES[random.choice(len(_PLACES), p=weights / weights.sum())]
    zone = ZoneInfo(zone_name)
    first = begin.date() - timedelta(days=60)
    house = _House(random, zone, country, first, days + 60)
    local = house.publish(kind)
    appears = np.sort(_instants(local, zone))
    # A scheduler releases by the second, no two in the same one.
    states = str(random.choice(["instant", "local", "day", "none"], p=[0.78, 0.08, 0.06, 0.08]))
    earlier = np.abs(random.normal(0, 60, len(appears))) + random.choice([0, 0, 0, 600])
    frozen = None
    if random.random() < 0.12 and days > 200:
        at = begin.timestamp() + random.uniform(100, days - 70) * DAY
        frozen = (at, at + random.uniform(8, 30) * DAY)
    return Publisher(
        name=f"{kind.replace(' ', '-')}-{number}",
        kind=kind,
        country=country if random.random() < 0.9 else None,
        appears=appears,
        states=states,
        earlier=earlier,
        zone=zone,
        feed=int(random.choice([15, 25, 50, 100])) if kind != "agency" else 100,
        frozen=frozen,
        closed=house.closed_days,
        random=random,
    )


def _instants(local: NDArray[np.float64], zone: ZoneInfo) -> NDArray[np.float64]:
    """Of the clock on the wall; offsets day by day, as newsrooms do not publish at the change itself."""
    found = np.empty(len(local))
    offsets: dict[int, float] = {}
    for number, at in enumerate(local):
        day = int(at // DAY)
        if day not in offsets:
            noon = datetime.fromtimestamp(day * DAY + DAY / 2, UTC).replace(tzinfo=zone)
            offset = noon.utcoffset()
            offsets[day] = offset.total_seconds() if offset else 0.0
        found[number] = at - offsets[day]
    return found


class _House:
    """A newsroom and its calendar; all times are of the clock on its wall."""

    def __init__(
        self, random: np.random.Generator, zone: ZoneInfo, country: str, first: date, days: int
    ) -> None:
        self.random, self.zone, self.days = random, zone, days
        self.dates = [first + timedelta(days=n) for n in range(days)]
        self.midnights = [
            datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp() for d in self.dates
        ]
        self.public = holidays.country_holidays(country, years={d.year for d in self.dates})
        #: News come in runs of busy and slow days.
        slow = np.zeros(days)
        for n in range(1, days):
            slow[n] = 0.7 * slow[n - 1] + random.normal(0, 0.2)
        drift = random.normal(0, 0.3) * np.arange(days) / 365
        if random.random() < 0.15:
            drift[random.integers(60, days) if days > 61 else 0 :] += random.choice([-0.7, 0.5])
        self.level = np.exp(slow + drift)
        self.closed: set[int] = set()

    @property
    def closed_days(self) -> int:
        return len(self.closed)

    def publish(self, kind: str) -> NDArray[np.float64]:
        """All instants of its clock."""
        maker = getattr(self, "_" + kind.replace(" ", "_"))
        found = np.array(sorted(maker()), float)
        return found[np.concatenate([[True], np.diff(found) > 0.5])] if len(found) else found

    def _close(self, *, public: float, own: float, summer: float, christmas: float) -> None:
        """Days on which nobody works: public holidays by habit, own ones, a summer break, between the years."""
        keeps = self.random.random() < public
        for n, day in enumerate(self.dates):
            if keeps and day in self.public:
                self.closed.add(n)
            if self.random.random() < own / 365:
                self.closed.add(n)
        if self.random.random() < summer:
            start = int(self.random.integers(0, self.days))
            self.closed |= set(range(start, start + int(self.random.integers(7, 22))))
        if self.random.random() < christmas:
            self.closed |= {
                n for n, d in enumerate(self.dates) if (d.month, d.day) >= (12, 24) or (d.month, d.day) <= (1, 1)
            }  # fmt: skip

    def _around(self, n: int, hour: float, late: float) -> float:
        """A moment of day ``n``: about ``hour``, later by a lognormal time (minutes)."""
        return self.midnights[n] + hour * 3600 + late * 60 * self.random.lognormal(0, 0.6)

    def _trickle(self, n: int, count: float, begin: float, end: float) -> list[float]:
        """Articles over the hours of day ``n``, with now and then one that draws others after it."""
        random, found = self.random, []
        for _ in range(random.poisson(count * self.level[n])):
            at = self.midnights[n] + 3600 * (begin + (end - begin) * random.beta(1.4, 1.7))
            found.append(at)
            while random.random() < 0.15:
                at += random.lognormal(2.3, 0.8) * 60
                found.append(at)
        return found

    def _batch(self, n: int, hour: float, late: float, size: float, over: float) -> list[float]:
        """An issue: so many at once, or one after the other within ``over`` minutes."""
        random = self.random
        begin = self._around(n, hour, late)
        count = max(1, round(size * random.lognormal(0, 0.3)))
        if over == 0:
            return [begin + k for k in range(count)]
        return [begin + 60 * over * random.random() ** 2 for _ in range(count)]

    def _agency(self) -> list[float]:
        random, found = self.random, []
        a_day = random.uniform(60, 240)
        peak, night = random.uniform(10, 16), random.uniform(0.15, 0.6)
        weekend = random.uniform(0.4, 0.9)
        mood = 0.0
        for n, day in enumerate(self.dates):
            for hour in range(24):
                mood = 0.8 * mood + random.normal(0, 0.25)
                sun = night + (1 - night) * (0.5 + 0.5 * np.cos((hour - peak) / 12 * np.pi))
                rate = a_day / 16 * sun * np.exp(mood) * self.level[n]
                rate *= weekend if day.weekday() > 4 else 1
                times = self.midnights[n] + 3600 * (hour + random.random(random.poisson(rate)))
                found += times.tolist()
            if random.random() < 0.6:
                at = self.midnights[n] + random.uniform(0, DAY)
                found += (at + np.cumsum(random.lognormal(4, 1, random.integers(3, 9)))).tolist()
        return found

    def _daily(self) -> list[float]:
        random, found = self.random, []
        self._close(public=0.6, own=1.5, summer=0.0, christmas=0.0)
        hour, late = random.choice([0.1, 3, 4, 5, 5.5, 6]), random.choice([3, 10, 25])
        size, over = random.uniform(8, 45), random.choice([0, 20, 60])
        trickle = random.choice([0, 6, 15, 30])
        sunday, saturday = random.choice([0, 0, 0.4, 1.0]), random.choice([1.0, 1.0, 0.6])
        for n, day in enumerate(self.dates):
            share = {5: saturday, 6: sunday}.get(day.weekday(), 1.0)
            if n in self.closed or not share:
                continue
            found += self._batch(n, hour, late, size * share, over)
            found += self._trickle(n, trickle * share, 7, 22)
        return found

    def _online_daily(self) -> list[float]:
        random, found = self.random, []
        self._close(public=0.1, own=0.5, summer=0.0, christmas=0.0)
        a_day, begin, end = random.uniform(20, 90), random.uniform(5, 8), random.uniform(19, 24)
        weekend = random.uniform(0.3, 0.9)
        for n, day in enumerate(self.dates):
            if n not in self.closed:
                share = weekend if day.weekday() > 4 else 1
                found += self._trickle(n, a_day * share, begin, end)
        return found

    def _local_paper(self) -> list[float]:
        random, found = self.random, []
        self._close(public=0.9, own=2.0, summer=0.1, christmas=0.4)
        a_day, begin, end = random.uniform(2, 14), random.uniform(7, 9), random.uniform(15, 18)
        for n, day in enumerate(self.dates):
            if n not in self.closed and day.weekday() < 5:
                found += self._trickle(n, a_day, begin, end)
        return found

    def _weekly(self, every: int = 1) -> list[float]:
        random, found = self.random, []
        self._close(public=0.0, own=0.0, summer=0.25, christmas=0.5)
        weekday, hour = int(random.choice([0, 2, 3, 3, 4, 5])), random.uniform(0, 18)
        late, size = random.choice([5, 20, 90]), random.uniform(2, 15)
        over, between = random.choice([0, 30, 120]), random.choice([0, 0, 0.03])
        for n, day in enumerate(self.dates):
            if n in self.closed:
                continue
            if day.weekday() == weekday and (day.toordinal() // 7) % every == 0:
                if random.random() > 0.01:
                    # On a public holiday it comes the day before, or not until the next.
                    moved = int(random.choice([-1, 1])) if day in self.public else 0
                    found += self._batch(
                        min(max(n + moved, 0), self.days - 1), hour, late, size, over
                    )
            elif random.random() < between:
                found.append(self._around(n, random.uniform(9, 17), 5))
        return found

    def _fortnightly(self) -> list[float]:
        return self._weekly(2)

    def _blog(self) -> list[float]:
        random, found = self.random, []
        self._close(public=0.0, own=0.0, summer=0.4, christmas=0.3)
        mean, wild = random.choice([0.7, 1.5, 3, 6, 12]), random.uniform(0.6, 1.1)
        awake, asleep = random.uniform(7, 10), random.uniform(18, 24)
        at = 0.0
        while at < self.days:
            at += mean * random.lognormal(-wild * wild / 2, wild)
            n = int(at)
            if n < self.days and n not in self.closed:
                found.append(self.midnights[n] + 3600 * random.uniform(awake, asleep))
                if random.random() < 0.1:
                    found.append(found[-1] + 60 * random.lognormal(4, 1))
        return found

    def _night_desk(self) -> list[float]:
        random, found = self.random, []
        self._close(public=0.2, own=1.0, summer=0.0, christmas=0.0)
        a_day = random.uniform(8, 40)
        for n in range(self.days):
            if n not in self.closed:
                found += self._trickle(n, a_day, 19, 28)
        return found
