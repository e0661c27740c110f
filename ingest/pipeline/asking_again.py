"""Asking again for links that were refused or given up: a wall has gone, a rule was mended.

They become pending, as if they had just been announced, and the next poll takes them up. What their
pages taught wrongly of addresses is taken back with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from ingest.pipeline.address_learning import TEACHES
from sources.address_parameters import counted_in
from sources.endpoints.addresses.article_address import address_shape
from storage.links import asking_again
from storage.links.asking_again import BY_ADDRESS_SHAPE, States

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database

__all__ = ["AskedAgain", "ask_again"]


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What became of it."""

    source: str
    #: Links that wait for the next poll now, by why they had brought nothing; the most first.
    reasons: dict[str, int]

    @property
    def links(self) -> int:
        """All of them."""
        return sum(self.reasons.values())


def ask_again(
    database: Database,
    source: str,
    states: States,
    *,
    reasons: Collection[str] = (),
    since: datetime | None = None,
    dry_run: bool = False,
) -> AskedAgain:
    """Have links of ``source`` asked for again, some hundred in a transaction.

    Args:
        database: open; for reading alone where nothing is changed.
        source: name.
        states: in which they are: ``refused``, ``given_up``, ``failed`` (they wait already).
        reasons: only these; where none is given all but those whose address alone refuses them.
        since: only those that were dealt with from then on.
        dry_run: only count.

    Raises:
        StorageError: the database cannot go on; what was done before stays.
    """
    with database.reading() as connection:
        found = asking_again.links_missed(connection, source, states, reasons=reasons, since=since)
    if dry_run:
        return _told(source, Counter(reason for _, reason in found))
    done: Counter[str] = Counter()
    for numbers in asking_again.in_batches(found):
        done += database.write(partial(_some, source, numbers, states))
    return _told(source, done)


def _some(source: str, numbers: list[int], states: States, connection: Connection) -> Counter[str]:
    links = asking_again.ask_again(connection, source, numbers, states)
    taught: Counter[str] = Counter()
    forget = set()
    for link in links:
        if link.reason in TEACHES:
            taught[address_shape(link.url, counted_in(link.key))] += 1
        elif link.reason == BY_ADDRESS_SHAPE:
            forget.add(address_shape(link.url, counted_in(link.key)))
    asking_again.unlearn_shapes(connection, source, taught, forget)
    return Counter(link.reason for link in links)


def _told(source: str, counted: Counter[str]) -> AskedAgain:
    return AskedAgain(source, dict(counted.most_common()))
