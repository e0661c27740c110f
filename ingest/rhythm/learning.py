"""A source's rhythm, learned from the instants at which its articles appeared.

Older weeks are forgotten by half-life: that of the week's shape is longer than that of the level, and
both are as long as it takes to see some issues. What has been silence since the newest article teaches
nothing: it is what the rhythm is asked about.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from ingest.rhythm.calendar import holidays_of, zone_of
from ingest.rhythm.days import day_off_of, learn_days
from ingest.rhythm.levels import MANY_A_DAY, level_deviation
from ingest.rhythm.rhythm import Rhythm, offset_at
from ingest.rhythm.silence import ALARM, FEWEST, USUAL, chance_of
from ingest.rhythm.spread import learn_spread
from ingest.rhythm.week import DAY, FLAT, Exposure, Week, learn_week

__all__ = ["learn"]

#: The newest so many instants are looked at.
MOST = 3000
#: Articles nearer to each other than this share of their mean distance came in one breath.
_ONE_BREATH = 0.02
#: Distances at which issues may part, in mean distances of articles, and how wide a valley among the
#: gaps is at least (up and down, as a factor).
_SCALES = (_ONE_BREATH, 1.0, 4.0, 12.0)
_VALLEY = 1.6
#: Issues that are wider than this share of the gaps between them are stretches, and while one lasts more
#: is to come.
_BATCH = 0.05
#: Issues after which half is forgotten, of the week's shape and of the level, within bounds in days.
_SHAPE, _LEVEL = (60, 28, 182), (30, 14, 120)
#: Half-lives after which nothing is left.
_FORGOTTEN = 5
#: A source that has shown nothing is held to publish half an article in the time it was watched, and
#: was watched for two hours from the start.
_HALF, _WATCHED = 0.5, 7200.0
#: No source publishes more often, in seconds.
_BRIEFEST = 0.01
#: A first stretch longer than so many times the rest, with a tenth of the articles, is another life.
_ANOTHER_LIFE = 3.0
#: What is said of days off before any were seen weighs so many days.
_WORD = 30.0
#: With more issues a day than this a day off leaves out several, which one of them would not.
_SEVERAL = 1.2
#: Public holidays about now that a rhythm carries, in days back and forward.
_BACK, _FORWARD = 40, 400
_EPOCH = 719163
#: Seconds of history in which there is no hour of the day to be seen.
_NO_WEEK = 1.5 * DAY
_TWO_WEEKS = 14 * DAY
_LN2 = math.log(2)


def learn(
    instants: Iterable[datetime],
    now: datetime,
    *,
    country: str | None = None,
    since: datetime | None = None,
) -> Rhythm:
    """The rhythm of a source whose articles appeared at ``instants``.

    Args:
        instants: aware, in any order; those after ``now`` are left out.
        now: aware.
        country: ISO 3166-1 alpha-2; whose clock and public holidays it goes by.
        since: when it was polled first, where that is known: how long it has been watched.
    """
    zone = zone_of(country)
    moment = now.timestamp()
    seen = sorted(t for t in (each.timestamp() for each in instants) if t <= moment)[-MOST:]
    seen = seen[_beginning(seen) :]
    first_poll = min(since.timestamp(), moment) if since is not None else moment
    issues = _issues(seen)
    if len(issues) < FEWEST:
        begin = min([first_poll, *seen[:1]])
        watched = max(moment - begin, _WATCHED)
        size = len(seen) / len(issues) if issues else 1.0
        rate = max(len(issues) - 1, _HALF) / watched
        return Rhythm(
            now, len(seen), len(issues), _instant(seen), seen[-1] - seen[0] if seen else 0.0, zone, rate * size, rate,
            holidays=_about(country, now),
        )  # fmt: skip
    return _Lesson(seen, moment, zone, country).rhythm(now)


@dataclass(frozen=True, slots=True)
class _Issue:
    begin: float
    end: float
    size: int


def _issues(seen: Sequence[float]) -> list[_Issue]:
    """What came in one breath."""
    if not seen:
        return []
    apart = max(_ONE_BREATH * (seen[-1] - seen[0]) / len(seen), _BRIEFEST)
    found, begin, size = [], seen[0], 1
    for before, instant in pairwise(seen):
        if instant - before > apart:
            found.append(_Issue(begin, before, size))
            begin, size = instant, 0
        size += 1
    found.append(_Issue(begin, seen[-1], size))
    return found


def _scales(seen: Sequence[float]) -> list[float]:
    """Seconds beyond which a gap may be held to lie between issues.

    Some multiples of the mean distance, and the widest valley: where a source publishes in batches there
    are gaps of minutes and gaps of days, and hardly one between.
    """
    mean = (seen[-1] - seen[0]) / len(seen)
    gaps = sorted(after - before for before, after in pairwise(seen) if after > before)
    valley, least = 0.0, len(gaps)
    edge = _ONE_BREATH * mean * _VALLEY
    while edge * _VALLEY < 3 * mean:
        low, high = bisect_left(gaps, edge / _VALLEY), bisect_right(gaps, edge * _VALLEY)
        beyond = len(gaps) - high
        # Gaps on both sides of it, and next to none within.
        if high - low < least and beyond >= FEWEST - 1 and (high - low) * 50 <= beyond < low:
            valley, least = edge, high - low
        edge *= 1.25
    return [share * mean for share in _SCALES] + [valley] * (valley > 0)


def _beginning(seen: Sequence[float]) -> int:
    """Where the life of the source begins that it leads now.

    A feed may end with a welcome of years ago, and an archive hold what was published elsewhere.
    """
    begin = 0
    for number in range(len(seen) // 4):
        rest = seen[-1] - seen[number + 1]
        if rest > 0 and seen[number + 1] - seen[number] > _ANOTHER_LIFE * rest:
            begin = number + 1
    return begin


def _instant(seen: Sequence[float]) -> datetime | None:
    return datetime.fromtimestamp(seen[-1], UTC) if seen else None


def _about(country: str | None, now: datetime) -> tuple[int, ...]:
    begin, end = now.date() - timedelta(days=_BACK), now.date() + timedelta(days=_FORWARD)
    return tuple(sorted(holidays_of(country, begin, end)))


def _half_life(rule: tuple[float, float, float], issues: int, seconds: float) -> float:
    count, least, most = rule
    return min(max(count * seconds / issues, least * DAY), most * DAY)


@dataclass(slots=True)
class _Events:
    """Issues one after the other: on the source's own clock, with what each weighs."""

    begins: list[float]
    ends: list[float]
    sizes: list[int]
    #: For the shape of the week and for the level; nothing on public holidays.
    shape: list[float]
    level: list[float]

    def joined(self, apart: float) -> _Events:
        """Those nearer to each other than ``apart`` seconds as one."""
        firsts = [
            number
            for number, begin in enumerate(self.begins)
            if not number or begin - self.ends[number - 1] > apart
        ]
        lasts = [*(number - 1 for number in firsts[1:]), len(self.begins) - 1]
        return _Events(
            [self.begins[n] for n in firsts],
            [self.ends[n] for n in lasts],
            [sum(self.sizes[a : b + 1]) for a, b in zip(firsts, lasts, strict=True)],
            [self.shape[n] for n in firsts],
            [self.level[n] for n in firsts],
        )


class _Lesson:
    """What one learning works with; times are seconds of the source's own clock unless said."""

    def __init__(
        self, seen: Sequence[float], now: float, zone: str | None, country: str | None
    ) -> None:
        self.zone, self.country = zone, country
        self._clock: dict[int, float] = {}
        breaths = _issues(seen)
        span = max(breaths[-1].begin - breaths[0].begin, _BRIEFEST)
        self.shape_half = _half_life(_SHAPE, len(breaths), span)
        self.level_half = _half_life(_LEVEL, len(breaths), span)
        oldest = now - _FORGOTTEN * self.shape_half
        # Never fewer than make a rhythm, however long ago they are.
        young = next((n for n, each in enumerate(breaths) if each.begin >= oldest), len(breaths))
        breaths = breaths[max(0, min(young, len(breaths) - FEWEST)) :]
        self.seen = seen[bisect_left(seen, breaths[0].begin) :]
        begins = [self.local(each.begin) for each in breaths]
        self.begin, self.end = begins[0], max(begins)
        first, last = (datetime.fromtimestamp(t, UTC).date() for t in (self.begin, self.end))
        self.holidays = (
            holidays_of(country, first, last + timedelta(days=1))
            if self.end - self.begin > _TWO_WEEKS
            else frozenset[int]()
        )
        works = [self._works(at) for at in begins]
        #: What each moment weighs, holidays or not.
        self.ages = {at: self._weight(at, self.shape_half) for at in begins}
        self.breaths = _Events(
            begins,
            [self.local(each.end) for each in breaths],
            [each.size for each in breaths],
            [self.ages[at] * w for at, w in zip(begins, works, strict=True)],
            [self._weight(at, self.level_half) * w for at, w in zip(begins, works, strict=True)],
        )
        #: Each local day from begin to end, cut at both, but for holidays: begin, end, both weights.
        self.days = self._days()
        self.exposure = Exposure()
        for low, high, weight, _ in self.days:
            self.exposure.add(low, high, weight)

    def rhythm(self, now: datetime) -> Rhythm:
        """All of it: the week of articles, then the issues that make silences tell most."""
        breaths = self.breaths
        size = sum(breaths.sizes[1:]) / (len(breaths.sizes) - 1)
        shape = self._week(breaths, [each / size for each in breaths.sizes])
        plain = Rhythm(
            learned_at=now,
            articles=len(self.seen),
            issues=0,
            last=_instant(self.seen),
            span=self.seen[-1] - self.seen[0],
            zone=self.zone,
            article_rate=self._rate(breaths, breaths.sizes, shape),
            issue_rate=0.0,
            week=shape,
            holidays=tuple(sorted(self.holidays)),
            on_holidays=self._on_holidays(shape),
        )
        best, soonest, tried = plain, math.inf, set[int]()
        for scale in _scales(self.seen):
            issues = breaths.joined(scale)
            if len(issues.begins) < FEWEST or len(issues.begins) in tried:
                continue
            tried.add(len(issues.begins))
            week = self._week(issues)
            told = self._with_issues(plain, issues, week)
            # By the hours of its week; and issues that come at once by the plain clock too, by which a
            # weekly is regular whatever its hour.
            clocks = (told, self._with_issues(plain, issues, FLAT)) if told.batches else (told,)
            for each in clocks[: 1 if week is FLAT else 2]:
                silent = _alarming(each) / each.issues_a_day
                if silent < soonest:
                    best, soonest = each, silent
        days = None
        if self.end - self.begin > _TWO_WEEKS:
            busiest = best.busiest if best.busiest > 0 else best.issues_a_day
            days = learn_days(
                breaths.begins,
                self.end,
                lambda at: self._weight(at, self.shape_half),
                self.holidays,
                plain.on_holidays,
                day_off_of(busiest, shape.quietest()),
            )
        return replace(best, days=days, holidays=_about(self.country, now))

    def local(self, instant: float) -> float:
        """Of the source's clock; asked of the library four times a day."""
        part = int(instant // 21600)
        offset = self._clock.get(part)
        if offset is None:
            offset = self._clock[part] = offset_at(self.zone, instant)
        return instant + offset

    def _works(self, local: float) -> bool:
        return not self.holidays or _EPOCH + int(local // DAY) not in self.holidays

    def _weight(self, local: float, half: float) -> float:
        # Forgotten from the newest on: a source that was asleep wakes as it was.
        return math.exp(min(0.0, local - self.end) / half * _LN2)

    def _days(self) -> list[tuple[float, float, float, float]]:
        found, at = [], self.begin
        while at < self.end:
            midnight = min((at // DAY + 1) * DAY, self.end)
            if self._works(at):
                weights = (self._weight(at, self.shape_half), self._weight(at, self.level_half))
                found.append((at, midnight, *weights))
            at = midnight
        return found

    def _week(self, events: _Events, sizes: Sequence[float] | None = None) -> Week:
        """Of all events but the first, which began the watch."""
        if self.end - self.begin < _NO_WEEK:
            return FLAT
        weights = events.shape
        if sizes is not None:
            weights = [weight * size for weight, size in zip(weights, sizes, strict=True)]
        return learn_week(events.begins[1:], weights[1:], self.exposure)

    def _rate(self, events: _Events, sizes: Sequence[float] | None, week: Week) -> float:
        """Events a second at mean rate."""
        watched = math.fsum(
            weight * (week.until(high) - week.until(low)) for low, high, _, weight in self.days
        )
        came = (
            sum(events.level[1:])
            if sizes is None
            else sum(w * size for w, size in zip(events.level[1:], sizes[1:], strict=True))
        )
        # Where all of it came on holidays, these are its days.
        return max(came, 0.5) / max(watched, _BRIEFEST)

    def _on_holidays(self, week: Week) -> float:
        """What share of the usual comes on a public holiday; before any was seen, as on its quietest day."""
        quietest = min(1.0, 2 * min(week.of_day(day) for day in range(7)))
        first, last = (_EPOCH + int(t // DAY) for t in (self.begin, self.end))
        days = [day for day in self.holidays if first < day < last]
        if not days:
            return quietest
        rate = self._rate(self.breaths, None, week)
        came = Counter(_EPOCH + int(at // DAY) for at in self.breaths.begins if not self._works(at))
        shares = [
            min(1.5, came[day] / max(rate * DAY * week.of_day((day - 1) % 7), 1e-9)) for day in days
        ]
        return (math.fsum(shares) + 2 * quietest) / (len(shares) + 2)

    def _with_issues(self, plain: Rhythm, issues: _Events, week: Week) -> Rhythm:
        """The rhythm of these issues, the spread of gaps between them, and how often days bring none."""
        rate = self._rate(issues, None, week)
        rhythm = replace(plain, issues=len(issues.begins), issue_rate=rate, issue_week=week)
        busiest = rate * DAY * max(week.of_day(day) for day in range(7))
        gaps, weights, days_off, width = [], [], 0.0, 0.0
        most = max(0.9 * busiest, 8.0) if busiest > 2 else math.inf
        begins, ends = week.until_each(issues.begins), week.until_each(issues.ends)
        for number, begin in enumerate(issues.begins[1:]):
            before = issues.ends[number]
            if self.holidays and before // DAY != begin // DAY:
                seconds = rhythm.local_seconds(week, before, begin)
            else:
                seconds = max(0.0, begins[number + 1] - ends[number])
            weight = self.ages[begin]
            width += (before - issues.begins[number]) / max(begin - before, _BRIEFEST) * weight
            if rate * seconds > most:
                days_off += weight
            else:
                gaps.append(rate * seconds)
                weights.append(weight)
        # Issues have a width, which is no gap, and days off are none either: without them gaps are
        # short of one, and rescaled time goes by their own mean.
        varies = 0.0
        if busiest >= MANY_A_DAY:
            varies = level_deviation(issues.begins, self.days, week, rate)
        spread, mean = learn_spread(gaps, weights, varies)
        day_off = 0.0
        if busiest > 2 or rate / mean * DAY > _SEVERAL:
            days = math.fsum(weight for _, _, weight, _ in self.days)
            usual = day_off_of(busiest, plain.week.quietest())
            day_off = min(0.5, (days_off + usual * _WORD) / (days + _WORD))
        return replace(
            rhythm,
            issue_rate=rate / mean,
            spread=spread,
            day_off=day_off,
            busiest=busiest / mean,
            usual_issues=spread.usual(USUAL),
            batches=width <= _BATCH * (sum(weights) + days_off),
        )


def _alarming(rhythm: Rhythm) -> float:
    """Issues missed at which a silence is alarming."""
    low, high = 0.1, 1e5
    for _ in range(20):
        middle = math.sqrt(low * high)
        alarms = chance_of(rhythm, middle) < ALARM
        low, high = (low, middle) if alarms else (middle, high)
    return high
