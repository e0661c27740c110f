"""Links that are to be asked for again after all: what refused them has gone, or was wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from storage.engine.stored_text import stored_key
from storage.schema import address_shapes, links

__all__ = [
    "BY_ADDRESS",
    "BY_ADDRESS_SHAPE",
    "MissedLink",
    "ask_again",
    "in_batches",
    "links_missed",
    "unlearn_shapes",
]

#: States of links that brought no article, by what they are called on the command line.
States = Sequence[Literal["refused", "given_up", "failed"]]
#: The reason of links that were never asked for, since those of their shape were no articles.
BY_ADDRESS_SHAPE = "address"
#: Reasons that lie in the address alone: asking again brings the same.
BY_ADDRESS = (BY_ADDRESS_SHAPE, "address_refused")
#: Links in one transaction.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class MissedLink:
    """A link that brought no article."""

    id: int
    key: str
    url: str
    reason: str


def links_missed(
    connection: sa.Connection,
    source: str,
    states: States,
    *,
    reasons: Collection[str] = (),
    since: datetime | None = None,
) -> list[tuple[int, str]]:
    """(number, reason) of links of ``source`` in ``states``; of any reason but :data:`BY_ADDRESS` where
    none is given.

    ``since``: only those that were dealt with from then on.
    """
    reason = sa.func.coalesce(links.c.reason, "unknown")
    query = sa.select(links.c.id, reason).where(links.c.source == source, links.c.state.in_(states))
    wanted = reason.in_(reasons) if reasons else reason.not_in(BY_ADDRESS)
    query = query.where(wanted)
    if since is not None:
        dealt_with = sa.func.coalesce(links.c.fetched_at, links.c.discovered_at)
        query = query.where(dealt_with >= since)
    return [(row[0], row[1]) for row in connection.execute(query)]


def in_batches(found: Sequence[tuple[int, str]]) -> Iterator[list[int]]:
    """Their numbers, as many as one transaction takes."""
    for begin in range(0, len(found), _BATCH):
        yield [number for number, _ in found[begin : begin + _BATCH]]


def ask_again(
    connection: sa.Connection, source: str, numbers: Sequence[int], states: States
) -> list[MissedLink]:
    """Have these links fetched by the next poll, as if they had just been announced.

    Those that are in none of ``states`` any more are left alone. Returns what they were.
    """
    query = sa.select(
        links.c.id,
        links.c.key,
        links.c.url,
        sa.func.coalesce(links.c.reason, "unknown").label("reason"),
    ).where(links.c.id.in_(numbers), links.c.source == source, links.c.state.in_(states))
    found = [MissedLink(*row) for row in connection.execute(query)]
    if found:
        connection.execute(
            sa.update(links)
            .where(links.c.id.in_([link.id for link in found]))
            .values(
                state="pending",
                reason=None,
                detail=None,
                status=None,
                attempts=0,
                next_attempt_at=None,
                probability=None,
            )
        )
    return found


def unlearn_shapes(
    connection: sa.Connection, source: str, others: Mapping[str, int], forget: Collection[str]
) -> None:
    """Take back what pages of a shape taught that were judged wrongly.

    Args:
        connection: of the writer.
        source: whose addresses they are.
        others: by shape, how many pages of something else do not count any more.
        forget: shapes of which nothing is to be known any more.
    """
    of_source = address_shapes.c.source == source
    taken = Counter({stored_key(shape): count for shape, count in others.items()})
    gone = {stored_key(shape) for shape in forget}
    # In one order, so that two processes never wait for each other.
    for shape in sorted({*taken, *gone}):
        here = of_source & (address_shapes.c.shape == shape)
        if shape in gone:
            connection.execute(sa.delete(address_shapes).where(here))
            continue
        left = address_shapes.c.others - taken[shape]
        connection.execute(
            sa.update(address_shapes).where(here).values(others=sa.case((left > 0, left), else_=0))
        )
