"""When a source publishes: an intensity by the hour of its week, and how its issues follow each other.

An *issue* is what comes at once: one article at an agency, five at a weekly on Thursday morning. The
intensity of articles says when it pays to ask; the gaps between issues, in time rescaled by their own
intensity, say what a silence means. Everything is relative to the source's own pace, so that one of ten
minutes' history that publishes every five seconds is learned as one of two years that comes each week.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.rhythm.calendar import zone_named
from ingest.rhythm.days import Days
from ingest.rhythm.spread import NODES, UNKNOWN, Spread
from ingest.rhythm.week import BIN, BINS, DAY, FLAT, WEEK, Week

__all__ = ["FORM", "Rhythm"]

#: Of what is kept; a rhythm of another form is learned anew.
FORM = 3
#: 1970-01-01 as ``date.toordinal`` counts.
_EPOCH = 719163
#: A share of the week is kept as a whole number of so many.
_PARTS = 1000


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A source's rhythm. Rates are per second, times aware."""

    learned_at: datetime
    #: How many articles, and issues, it was learned from; 0 of a source that has shown none yet.
    articles: int
    issues: int
    #: The newest of them; ``None`` where there is none.
    last: datetime | None
    #: Seconds from the oldest to the newest.
    span: float
    #: IANA name of the clock that its week goes by; ``None`` is UTC.
    zone: str | None
    article_rate: float
    issue_rate: float
    week: Week = FLAT
    issue_week: Week = FLAT
    #: Public holidays (ordinals of days, sorted) about now, and what share of the usual comes on one.
    holidays: tuple[int, ...] = ()
    on_holidays: float = 1.0
    spread: Spread = UNKNOWN
    #: How often a day on which much is due brings nothing.
    day_off: float = 0.0
    #: Issues on the busiest day of its week, and the gap than which one in twenty is longer.
    busiest: float = 0.0
    usual_issues: float = math.inf
    #: The days that it keeps; ``None`` where it keeps none.
    days: Days | None = None
    #: Whether issues are brief beside the gaps between them: what comes, comes at once.
    batches: bool = False

    def expected(self, begin: datetime, end: datetime) -> float:
        """Articles that it is likely to publish from ``begin`` to ``end``; negative where that is before."""
        return self.article_rate * self._seconds(self.week, begin.timestamp(), end.timestamp())

    def issues_between(self, begin: datetime, end: datetime) -> float:
        """Issues, the same way: rescaled time."""
        return self.issue_rate * self._seconds(self.issue_week, begin.timestamp(), end.timestamp())

    @property
    def issues_a_day(self) -> float:
        """On average."""
        return self.issue_rate * DAY

    def after(self, begin: datetime, issues: float) -> datetime:
        """When so many issues are to be expected after ``begin``; public holidays left out."""
        if self.issue_rate <= 0 or not math.isfinite(issues):
            return datetime.max.replace(tzinfo=UTC)
        week = self.issue_week
        local = self.local(begin.timestamp())
        whole, rest = divmod(week.until(local) + issues / self.issue_rate, WEEK)
        number = max(0, min(bisect_right(week.running, rest) - 1, BINS - 1))
        share = week.shares[number]
        within = (rest - week.running[number]) / share if share > 0 else 0.0
        reached = whole * WEEK + number * BIN + min(within, BIN) - 3 * DAY
        try:
            return datetime.fromtimestamp(begin.timestamp() + max(0.0, reached - local), UTC)
        except (OverflowError, ValueError, OSError):
            return datetime.max.replace(tzinfo=UTC)

    def local(self, instant: float) -> float:
        """Seconds of the source's own clock, of an instant in seconds since 1970."""
        return instant + offset_at(self.zone, instant)

    def is_holiday(self, local: float) -> bool:
        """Whether that moment of its clock falls on a public holiday."""
        day = _EPOCH + int(local // DAY)
        place = bisect_left(self.holidays, day)
        return place < len(self.holidays) and self.holidays[place] == day

    def _seconds(self, week: Week, begin: float, end: float) -> float:
        if end < begin:
            return -self._seconds(week, end, begin)
        return self.local_seconds(week, self.local(begin), self.local(end))

    def local_seconds(self, week: Week, low: float, high: float) -> float:
        """Seconds at mean rate between two moments of its clock, less what public holidays take."""
        total = week.until(high) - week.until(low)
        if self.holidays and self.on_holidays != 1.0:
            first = bisect_left(self.holidays, _EPOCH + int(low // DAY))
            last = bisect_right(self.holidays, _EPOCH + int(high // DAY))
            for day in self.holidays[first:last]:
                midnight = float((day - _EPOCH) * DAY)
                low_of_day, high_of_day = max(low, midnight), min(high, midnight + DAY)
                if high_of_day > low_of_day:
                    part = week.until(high_of_day) - week.until(low_of_day)
                    total -= part * (1 - self.on_holidays)
        return max(0.0, total)

    def as_json(self) -> dict[str, Any]:
        """As the table ``rhythms`` keeps it: some kilobytes."""
        return {
            "form": FORM,
            "learned_at": self.learned_at.isoformat(),
            "articles": self.articles,
            "issues": self.issues,
            "last": self.last.isoformat() if self.last else None,
            "span": round(self.span, 3),
            "zone": self.zone,
            "article_rate": self.article_rate,
            "issue_rate": self.issue_rate,
            "week": _shares(self.week),
            "issue_week": _shares(self.issue_week),
            "holidays": list(self.holidays),
            "on_holidays": round(self.on_holidays, 3),
            "spread": list(self.spread.logs),
            "day_off": self.day_off,
            "busiest": self.busiest,
            "batches": self.batches,
            "days": self.days.as_json() if self.days is not None else None,
            "usual_issues": self.usual_issues if math.isfinite(self.usual_issues) else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Rhythm | None:
        """What :meth:`as_json` gave; ``None`` of another version's, or anything else."""
        try:
            if kept["form"] != FORM or len(kept["spread"]) != len(NODES):
                return None
            return cls(
                learned_at=datetime.fromisoformat(kept["learned_at"]),
                articles=int(kept["articles"]),
                issues=int(kept["issues"]),
                last=datetime.fromisoformat(kept["last"]) if kept["last"] else None,
                span=float(kept["span"]),
                zone=kept["zone"],
                article_rate=float(kept["article_rate"]),
                issue_rate=float(kept["issue_rate"]),
                week=Week.of(kept["week"]) if kept["week"] else FLAT,
                issue_week=Week.of(kept["issue_week"]) if kept["issue_week"] else FLAT,
                holidays=tuple(kept["holidays"]),
                on_holidays=float(kept["on_holidays"]),
                spread=Spread(tuple(kept["spread"])),
                day_off=float(kept["day_off"]),
                busiest=float(kept["busiest"]),
                batches=bool(kept["batches"]),
                days=Days.from_json(kept["days"]) if kept["days"] is not None else None,
                usual_issues=math.inf
                if kept["usual_issues"] is None
                else float(kept["usual_issues"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


def offset_at(zone: str | None, instant: float) -> float:
    """How far the clock of ``zone`` is before UTC at an instant, in seconds."""
    known = zone_named(zone)
    if known is None:
        return 0.0
    offset = datetime.fromtimestamp(instant, known).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _shares(week: Week) -> list[int] | None:
    return None if week is FLAT else [round(share * _PARTS) for share in week.shares]
