"""Hours in which nobody is to be woken: ``22:00-07:00`` of a time zone, across its changes of the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

__all__ = ["QuietHours", "read_quiet_hours"]

_WRITTEN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``begin`` to before ``end`` by the clock on the wall, each day; over midnight where it is later."""

    begin: time
    end: time
    #: ``None`` is the machine's own.
    zone: tzinfo | None

    def until(self, now: datetime) -> datetime | None:
        """When the quiet that holds at ``now`` is over (UTC); ``None`` where none does."""
        local = now.astimezone(self.zone)
        wall = local.time()
        if self.begin < self.end:
            quiet = self.begin <= wall < self.end
        else:
            quiet = wall >= self.begin or wall < self.end
        if not quiet:
            return None
        day = local.date()
        if wall >= self.end:
            day += timedelta(days=1)
        # Made from the wall's time, so that it is seven o'clock on the day that the clock changes too.
        over = datetime.combine(day, self.end, tzinfo=self.zone)
        return max(over.astimezone(UTC), now.astimezone(UTC) + timedelta(seconds=1))


def read_quiet_hours(text: str, zone: tzinfo | None) -> QuietHours:
    """What ``text`` says, such as ``22:00-07:00``.

    Raises:
        ValueError: it says none; the message tells what was expected.
    """
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        begin = time(int(found[1]), int(found[2]))
        end = time() if (found[3], found[4]) == ("24", "00") else time(int(found[3]), int(found[4]))
        if begin == end:
            raise ValueError
    except ValueError:
        raise ValueError(f'expected hours such as "22:00-07:00", found {text[:40]!r}') from None
    return QuietHours(begin, end, zone)
