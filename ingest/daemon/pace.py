"""At which pace the sources are asked: their rhythms, the operator's bounds, one price for all polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from ingest.daemon import schedule
from ingest.rhythm.kept import last_appeared, read_kept, rhythm_of
from ingest.rhythm.price import PRICE, Demand, price_within
from sources.source import Schedule
from storage.rhythms import PollCost, kept_rhythms, poll_cost

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ingest.rhythm.rhythm import Rhythm
    from ingest.settings import DaemonSettings

__all__ = ["Known", "Pace", "look", "look_at_all"]

log = structlog.get_logger("copydesk.daemon")

_DAY = timedelta(days=1)
_BY_ITSELF = Schedule()
#: What a poll takes where nobody counted: an endpoint, now and then two.
_USUAL_COST = PollCost(requests=1.5, pages_a_day=0.0, polls_a_day=0.0)
#: The price is told anew after so long: it moves as rhythms do, slowly.
_PRICED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of a source's rhythm."""

    rhythm: Rhythm | None
    #: When its newest article appeared.
    last: datetime | None = None
    cost: PollCost | None = None
    #: Whether the rhythm was learned just now and is to be kept.
    is_new: bool = False


def look(connection: Connection, source: str, now: datetime, *, costs: bool = False) -> Known:
    """What is known of ``source``; its rhythm is learned anew where it is stale. Writes nothing.

    ``costs``: whether there is a budget, for which one must know what polls take.
    """
    rhythm = rhythm_of(connection, source, now)
    return Known(
        rhythm,
        last_appeared(connection, source) if rhythm is not None else None,
        poll_cost(connection, source) if costs else None,
        is_new=rhythm is not None and rhythm.learned_at == now,
    )


def look_at_all(connection: Connection, *, costs: bool = False) -> dict[str, Known]:
    """What is kept of all sources, nothing learned: for a daemon that begins."""
    return {
        kept.source: Known(
            read_kept(kept), cost=poll_cost(connection, kept.source) if costs else None
        )
        for kept in kept_rhythms(connection)
    }


class Pace:
    """Answers when each source is due; holds what that takes, and reads no database."""

    def __init__(self, bounds: DaemonSettings, schedules: Mapping[str, Schedule]) -> None:
        """``schedules``: of the sources that are on."""
        self._bounds = bounds
        self._schedules = dict(schedules)
        self._known: dict[str, Known] = {}
        self._price = PRICE
        self._priced_at: datetime | None = None
        self._warned = False

    @property
    def has_budget(self) -> bool:
        """Whether the operator has set one: then what polls cost must be known."""
        return bool(self._bounds.requests_a_day)

    def change(self, bounds: DaemonSettings, schedules: Mapping[str, Schedule]) -> None:
        """Go on with other bounds and sources; what is known stays known."""
        self._bounds, self._schedules = bounds, dict(schedules)
        self._priced_at, self._warned = None, False

    def take(self, source: str, known: Known) -> None:
        """Go by this from now on."""
        self._known[source] = known

    def first_time(
        self, source: str, due: datetime | None, now: datetime, *, chance: float
    ) -> datetime:
        """Where a start takes up, see :func:`ingest.daemon.schedule.first_time`.

        Raises:
            SettingsError: a crontab expression that never comes.
        """
        return schedule.first_time(
            self._schedules.get(source, _BY_ITSELF),
            due,
            now,
            self._bounds,
            sources=len(self._schedules),
            chance=chance,
        )

    def next_time(
        self, source: str, now: datetime, *, failures: int, cause: str | None, chance: float
    ) -> datetime:
        """When a source whose pass is over is collected again.

        Raises:
            SettingsError: a crontab expression that never comes.
        """
        known = self._known.get(source) or Known(None)
        return schedule.next_time(
            self._schedules.get(source, _BY_ITSELF),
            known.rhythm,
            now,
            self._bounds,
            last=known.last,
            failures=failures,
            cause=cause,
            price=self.price(now),
            chance=chance,
        )

    def price(self, now: datetime) -> float:
        """What a poll is worth: the one given, or the one at which all polls meet the budget."""
        if not self.has_budget:
            return PRICE
        priced_at = self._priced_at
        if priced_at is None or abs(now - priced_at) >= _PRICED_FOR:
            self._price, self._priced_at = self._price_within_budget(now), now
        return self._price

    def _price_within_budget(self, now: datetime) -> float:
        left, demands = float(self._bounds.requests_a_day or 0), []
        for name, schedule_ in self._schedules.items():
            known = self._known.get(name) or Known(None)
            cost = known.cost or _USUAL_COST
            left -= cost.pages_a_day
            if schedule_.every:
                left -= cost.requests * (_DAY / schedule_.every)
            elif schedule_.cron:
                left -= cost.requests * cost.polls_a_day
            else:
                demands.append(Demand.of(known.rhythm, cost.requests))
        bounds = self._bounds
        slowest = max(bounds.slowest, bounds.fastest).total_seconds()
        least = sum(each.requests for each in demands) * 86400 / slowest
        if left < least and not self._warned:
            self._warned = True
            log.warning(
                "requests_a_day is too few: polls as seldom as slowest allows, and what is"
                " fetched and scheduled beside them, come to more",
                requests_a_day=bounds.requests_a_day,
                least=round(bounds.requests_a_day - left + least)
                if bounds.requests_a_day
                else None,
            )
        return price_within(left, demands, fastest=bounds.fastest.total_seconds(), slowest=slowest)
