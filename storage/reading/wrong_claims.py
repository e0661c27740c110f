"""What addresses the pages of a source claim wrongly, for whoever looks after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.schema import wrong_claims

__all__ = ["WrongClaims", "wrong_claims_of"]


@dataclass(frozen=True, slots=True)
class WrongClaims:
    """The claims of one source's pages that were not believed, all together."""

    #: Addresses that were claimed, and how often a page claimed one of them.
    addresses: int
    pages: int
    #: The address that was claimed most, by its key, and a page that claimed it.
    claimed: str
    example: str
    first_at: datetime
    last_at: datetime

    @property
    def sentence(self) -> str:
        """The same for a person."""
        times = "once" if self.pages == 1 else f"{self.pages} times"
        return (
            f"pages claim the address of another text ({times}, such as {self.example}:"
            f" {self.claimed}); each is filed under the address that it was fetched from"
        )


def wrong_claims_of(connection: sa.Connection, sources: Sequence[str]) -> dict[str, WrongClaims]:
    """By source; those of whose pages nothing is known are left out."""
    table = wrong_claims.c
    found: dict[str, WrongClaims] = {}
    rows = connection.execute(
        sa.select(
            table.source,
            sa.func.count().label("addresses"),
            sa.func.sum(table.pages).label("pages"),
            sa.func.min(table.first_at, type_=table.first_at.type).label("first_at"),
            sa.func.max(table.last_at, type_=table.last_at.type).label("last_at"),
        )
        .where(table.source.in_(sources))
        .group_by(table.source)
    ).all()
    for row in rows:
        most = connection.execute(
            sa.select(table.key, table.example)
            .where(table.source == row.source)
            .order_by(table.pages.desc(), table.id)
            .limit(1)
        ).one()
        found[row.source] = WrongClaims(
            row.addresses, int(row.pages), most.key, most.example, row.first_at, row.last_at
        )
    return found
