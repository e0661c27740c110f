"""Under which address an article stands of which something may be known already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.articles.claims import (
    are_alike,
    demote_others,
    is_anothers,
    is_borne_out,
    is_known_wrong,
    note_wrong_claim,
    step_back,
)
from storage.articles.line_counts import count_lines
from storage.articles.looks import shows_less
from storage.articles.prepared import PreparedArticle
from storage.articles.revisions import Cause
from storage.articles.rows import add_parts, insert_article, metadata_columns, text_columns
from storage.articles.text_index import add_text
from storage.articles.updating import OWN_ADDRESS, Saved, article_with_text, update_article
from storage.engine.column_types import AnyRow
from storage.engine.statements import run
from storage.links.link import SAME_ARTICLE, SAME_TEXT
from storage.links.settled import LedKeys
from storage.schema import articles
from storage.transaction import Transaction

__all__ = ["Address", "Arrival", "Standing", "add_filed"]

_OF_KEY = "SELECT id FROM articles WHERE key = ?"
# The link of a duplicate, and an address that was only claimed, are nobody's yet.
_LED_BY = (
    "SELECT article_id, reason FROM links WHERE key = ? AND article_id IS NOT NULL"
    " AND (reason IS NULL OR reason NOT IN ('same_text', 'claimed'))"
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address and its key."""

    key: str
    #: ``None`` where only the key is known.
    url: str | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article on its way into the tables, and the addresses that may be its."""

    prepared: PreparedArticle
    source: str
    now: datetime
    #: The address that was asked for.
    own: Address
    #: Where the answer came from, after redirects.
    arrived: Address
    #: What the page says that its address is.
    claimed: Address
    #: Whether a page was fetched at ``own`` at all.
    fetched: bool
    #: The title that its link was announced with.
    announced: str | None

    @property
    def claims(self) -> tuple[Address, ...]:
        """The addresses that were not asked for, the one of the page's own word first."""
        both = {each.key: each for each in (self.claimed, self.arrived)}
        both.pop(self.own.key, None)
        return tuple(both.values())

    def at(self, address: Address) -> PreparedArticle:
        """The article, standing under ``address``."""
        if address.key == self.claimed.key:
            return self.prepared
        article = replace(self.prepared.article, url=address.url or address.key)
        return replace(self.prepared, article=article)


class Standing:
    """Finds the place of one arrival, and saves it there."""

    def __init__(self, transaction: Transaction, arrival: Arrival) -> None:
        self._transaction = transaction
        self._arrival = arrival
        article = arrival.prepared.article
        self._values: dict[str, Any] = {
            **text_columns(article, arrival.prepared.fingerprint),
            **metadata_columns(article),
        }
        #: Keys of claims that are not believed.
        self._rejected: set[str] = set()

    def save(self) -> tuple[Saved, LedKeys]:
        """Save the article; what became of it, and the further addresses that lead to it now.

        Raises:
            RuntimeError: other processes file and change it without end.
        """
        saved = self._save()
        here, key = self._arrival, None
        arrived = here.arrived.key if self._is_led_to(saved.article_id) else None
        if saved.outcome not in ("duplicate", "unlike"):
            key = run(
                self._transaction, "SELECT key FROM articles WHERE id = ?", (saved.article_id,)
            ).scalar()
        return saved, LedKeys(
            arrived=arrived,
            claimed=here.claimed.key if here.claimed.key == key else None,
            arrived_url=here.arrived.url,
        )

    def _is_led_to(self, article_id: int) -> bool:
        """Whether the address where the page was is the article's, so that nothing fetches it again."""
        here = self._arrival
        key = here.arrived.key
        if key == here.own.key:
            return True
        if key in self._rejected:
            return False
        there = run(self._transaction, _OF_KEY, (key,)).scalar()
        if there is not None:
            return bool(there == article_id)
        return not (
            is_anothers(self._transaction, key, here.source)
            or is_known_wrong(self._transaction, here.source, key)
        )

    def _save(self) -> Saved:
        # On PostgreSQL another process may file the same article, or its new text, between our look
        # and our write: then nothing is written, and the next look finds it.
        quicker: sa.exc.IntegrityError | None = None
        for _ in range(3):
            self._rejected.clear()
            try:
                saved = self._attempt()
            except sa.exc.IntegrityError as error:
                quicker = error
                continue
            if saved is not None:
                return saved
        raise RuntimeError(f"{self._arrival.own.key}: neither inserted nor found") from quicker

    def _attempt(self) -> Saved | None:
        """``None`` where another process filed it since our look."""
        here = self._arrival
        saved = self._known()
        if saved is not None:
            return saved
        place = self._place()
        if isinstance(place, Saved):
            return place
        twin = article_with_text(self._transaction, here.source, self._values["fingerprint"])
        if twin is not None:
            # Filed since the look by address, perhaps under this very address: look again.
            return self._known() or Saved("duplicate", twin, SAME_TEXT)
        prepared = here.at(place)
        number = insert_article(
            self._transaction, prepared, source=here.source, key=place.key, now=here.now
        )
        if number is None:
            return None
        return add_filed(self._transaction, number, here.source, prepared)

    def _known(self) -> Saved | None:
        """What it is where the fetched address led to an article before, or one stands there."""
        here = self._arrival
        led = run(self._transaction, _LED_BY, (here.own.key,)).first()
        if led is not None:
            number, reason = led
            row = self._row(number)
            if reason != SAME_ARTICLE:
                return self._update(row)
            if are_alike(row, here.prepared):
                return Saved("duplicate", row.id, SAME_ARTICLE)
        there = self._standing_at(here.own.key)
        if there is None:
            return None
        if not here.fetched or is_borne_out(self._transaction, here.own.key, there.id):
            return self._update(there)
        # A page of another address has claimed this one before anybody fetched it.
        if there.source == here.source and are_alike(there, here.prepared):
            article = here.prepared.article
            if shows_less(
                there.text, article.text, loses_part=there.complete and not article.complete
            ):
                # Its first page, or what is shown without paying: what was filed says more.
                return Saved("duplicate", there.id, SAME_ARTICLE)
            saved = self._update(there, cause="own_address")
            if saved.outcome != "duplicate":
                demote_others(self._transaction, there.id, here.own.key)
                if saved.outcome == "unchanged":
                    saved = replace(saved, reason=OWN_ADDRESS)
            return saved
        if step_back(self._transaction, there, here.now):
            return None
        return self._update(there)

    def _place(self) -> Address | Saved:
        """Where it stands as a new article; or the article of which it is a further view."""
        here = self._arrival
        for claim in here.claims:
            if not is_anothers(self._transaction, claim.key, here.source):
                there = self._standing_at(claim.key) or self._led_to(claim.key)
                if there is None:
                    if not is_known_wrong(self._transaction, here.source, claim.key):
                        return claim
                elif there.source == here.source and are_alike(there, here.prepared):
                    return Saved("duplicate", there.id, SAME_ARTICLE)
                elif there.key == claim.key:
                    step_back(self._transaction, there, here.now)
            self._rejected.add(claim.key)
            example = here.own.url or here.own.key
            note_wrong_claim(self._transaction, here.source, claim.key, example, here.now)
        return here.own

    def _update(self, old: AnyRow, cause: Cause = "publisher") -> Saved:
        here = self._arrival
        values = dict(self._values)
        if here.claimed.key != old.key:
            # Under which address it stands is not for a later look to say.
            del values["url"]
        with self._transaction.savepoint():
            return update_article(
                self._transaction,
                old,
                here.prepared.article,
                values,
                here.now,
                cause=cause,
                announced=here.announced,
            )

    def _standing_at(self, key: str) -> AnyRow | None:
        number = run(self._transaction, _OF_KEY, (key,)).scalar()
        return None if number is None else self._row(number)

    def _led_to(self, key: str) -> AnyRow | None:
        led = run(self._transaction, _LED_BY, (key,)).first()
        return None if led is None else self._row(led[0])

    def _row(self, article_id: int) -> AnyRow:
        """An article, locked against other writers until the commit."""
        return self._transaction.execute(
            sa.select(articles).where(articles.c.id == article_id).with_for_update()
        ).one()


def add_filed(
    transaction: Transaction, article_id: int, source: str, prepared: PreparedArticle
) -> Saved:
    """Write what belongs to an article whose row was inserted."""
    add_parts(transaction, article_id, prepared.article)
    add_text(transaction, article_id, source, prepared)
    count_lines(transaction, source, prepared.lines)
    return Saved("filed", article_id)
