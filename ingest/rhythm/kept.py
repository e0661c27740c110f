"""The rhythm of a source as the database has it, learned anew where it is stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingest.rhythm.appearances import appeared
from ingest.rhythm.calendar import zone_of
from ingest.rhythm.learning import MOST, learn
from ingest.rhythm.rhythm import Rhythm
from ingest.rhythm.silence import FEWEST
from storage import rhythms
from storage.rhythms import KeptRhythm, kept_rhythm

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["is_stale", "keep_rhythm", "last_appeared", "most_new", "read_kept", "rhythm_of"]

#: A rhythm is learned anew after this time, and after this share of new articles, within these bounds.
_OLDEST = timedelta(days=7)
_SHARE, _FEWEST_NEW, _MOST_NEW = 0.2, 1, 600
#: What is only a rate so far is soon another.
_YOUNG = timedelta(minutes=30)
#: Polls that are read: at five minutes those of two weeks.
_POLLS = 4000
#: Articles among which the newest is looked for, and the polls about them.
_NEWEST, _NEWEST_POLLS = 50, 200
#: A backfill may have filed thousands of old articles among the new ones: so many times more are read.
_FURTHER = 12


def is_stale(rhythm: Rhythm, now: datetime, new_articles: int) -> bool:
    """Whether it is time to learn anew.

    Args:
        rhythm: as it is kept.
        now: aware.
        new_articles: filed since it was learned.
    """
    age = now - rhythm.learned_at
    if rhythm.issues < FEWEST and age > _YOUNG:
        return True
    enough = min(max(_FEWEST_NEW, _SHARE * rhythm.articles), _MOST_NEW)
    # One that was learned in the future was learned by a clock that has been set back since.
    return new_articles >= enough or age > _OLDEST or age < -timedelta(hours=1)


def most_new(rhythm: Rhythm) -> int:
    """How many new articles it is worth counting."""
    return min(int(_SHARE * rhythm.articles) + 2, _MOST_NEW)


def rhythm_of(connection: Connection, source: str, now: datetime) -> Rhythm | None:
    """The rhythm of ``source``: the one kept, or where that is stale, one learned now.

    Nothing is written: who may, keeps what has come out with :func:`keep_rhythm`, where its
    ``learned_at`` is ``now``. ``None`` of a source that was never polled.
    """
    kept = read_kept(kept_rhythm(connection, source))
    if kept is not None:
        new = rhythms.articles_filed_since(connection, source, kept.learned_at, most_new(kept))
        if not is_stale(kept, now, new):
            return kept
    polls = rhythms.newest_polls(connection, source, _POLLS)
    country = rhythms.country_of(connection, source)
    instants, read = _instants(connection, source, polls, MOST, zone_of(country))
    if not polls and not read:
        return None
    return learn(instants, now, country=country, since=polls[0] if polls else None)


def last_appeared(connection: Connection, source: str) -> datetime | None:
    """When the newest article of ``source`` appeared; ``None`` where none says so.

    What a backfill files meanwhile does not count.
    """
    polls = rhythms.newest_polls(connection, source, _NEWEST_POLLS)
    zone = zone_of(rhythms.country_of(connection, source))
    before: datetime | None = None
    for _ in range(_FURTHER):
        filed = rhythms.newest_filed(connection, source, _NEWEST, before=before)
        newest = max(appeared(filed, polls, zone=zone), default=None)
        if newest is not None or len(filed) < _NEWEST:
            return newest
        before = filed[-1].filed_at
    return None


def _instants(
    connection: Connection, source: str, polls: list[datetime], most: int, zone: str | None
) -> tuple[list[datetime], bool]:
    """When the newest articles appeared, and whether there are any at all."""
    found: list[datetime] = []
    before: datetime | None = None
    for _ in range(_FURTHER):
        filed = rhythms.newest_filed(connection, source, most, before=before)
        found += appeared(filed, polls, zone=zone)
        if len(found) >= most or len(filed) < most:
            break
        before = filed[-1].filed_at
    return found, bool(found) or before is not None or bool(filed)


def keep_rhythm(connection: Connection, source: str, rhythm: Rhythm) -> None:
    """Keep it in the place of the one before."""
    rhythms.keep_rhythm(
        connection, KeptRhythm(source, rhythm.learned_at, rhythm.articles, rhythm.as_json())
    )


def read_kept(kept: KeptRhythm | None) -> Rhythm | None:
    """The rhythm in a row; ``None`` of another version's."""
    return Rhythm.from_json(kept.rhythm) if kept is not None else None
