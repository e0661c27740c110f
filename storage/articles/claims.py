"""Addresses that a page claims (canonical link, ``og:url``, JSON-LD, redirect), and what they are worth.

A claim joins two addresses only where the texts are the same article, or where the fetched address
led there before. Where a claim turns out wrong, everyone who made it stands under the address that
it was fetched from, and the claim is remembered, for the next page that makes it and for people.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.articles.prepared import PreparedArticle
from storage.changes import note
from storage.engine.column_types import AnyRow
from storage.engine.statements import run
from storage.engine.upsert import insert_ignoring
from storage.links.link import CLAIMED, NOT_ITS_OWN, SAME_ARTICLE
from storage.schema import articles, links, wrong_claims
from storage.text.sketch import SketchedText, is_same_story, shared_in_runs
from storage.text.tokens import tokens_of
from storage.transaction import Transaction

__all__ = [
    "are_alike",
    "demote_others",
    "is_anothers",
    "is_borne_out",
    "is_known_wrong",
    "note_wrong_claim",
    "step_back",
]

#: Of the shorter text, what the longer has of it where nothing but the title differs.
_NEARLY_ALL = 0.9
#: A text so many times as long as another holds more than that one, whatever it has of it.
_HOLDS_MORE = 1.5
#: Shorter texts are compared as a whole.
_FEW_TOKENS = 30

_BORNE_OUT = (
    "SELECT 1 FROM links WHERE key = ? AND article_id = ?"
    " AND (reason IS NULL OR reason NOT IN ('same_text', 'same_article', 'claimed'))"
)
_KNOWN_WRONG = "SELECT 1 FROM wrong_claims WHERE source = ? AND key = ?"


def are_alike(one: AnyRow, other: PreparedArticle) -> bool:
    """Whether a row of ``articles`` and a page hold the same article.

    By the measure of stories, and where their titles are not one title nearly word by word and of
    nearly one length: reports that are made from a template share most of their words, and the parts
    of a series all begin with what stands on its first page.
    """
    if one.fingerprint == other.fingerprint:
        return True
    before = SketchedText(text=one.text)
    titles = _are_one_title(one.title, other.article.title)
    common = shared_in_runs(before, other.sketched)
    some, more = sorted((list(before.tokens), tokens_of(other.article.text)), key=len)
    same = common >= _NEARLY_ALL and len(more) < _HOLDS_MORE * len(some)
    if is_same_story(common) and (titles or same):
        return True
    if not titles or len(some) >= _FEW_TOKENS:
        return False
    return f" {' '.join(some)} " in f" {' '.join(more)} "


def _are_one_title(one: str | None, other: str | None) -> bool:
    """Whether one of two titles holds all words of the other."""
    if one is None or other is None:
        return True
    some, more = sorted((set(tokens_of(one)), set(tokens_of(other))), key=len)
    return some <= more


def is_borne_out(transaction: Transaction, key: str, article_id: int) -> bool:
    """Whether the article was fetched at the address ``key`` itself."""
    return run(transaction, _BORNE_OUT, (key, article_id)).scalar() is not None


def is_known_wrong(transaction: Transaction, source: str, key: str) -> bool:
    """Whether pages of ``source`` have claimed ``key`` wrongly before."""
    return run(transaction, _KNOWN_WRONG, (source, key)).scalar() is not None


def is_anothers(transaction: Transaction, key: str, source: str) -> bool:
    """Whether ``key`` belongs to another source than ``source``."""
    owner = (
        transaction.execute(sa.select(articles.c.source).where(articles.c.key == key)).scalar()
        or transaction.execute(sa.select(links.c.source).where(links.c.key == key)).scalar()
    )
    return owner is not None and owner != source


def note_wrong_claim(
    transaction: Transaction, source: str, key: str, example: str, now: datetime
) -> None:
    """Remember that a page of ``source`` at the address ``example`` claimed ``key`` wrongly."""
    known = (wrong_claims.c.source == source) & (wrong_claims.c.key == key)
    made = transaction.execute(
        insert_ignoring(transaction, wrong_claims),
        [
            {
                "source": source,
                "key": key,
                "pages": 1,
                "example": example,
                "first_at": now,
                "last_at": now,
            }
        ],
        execution_options={"preserve_rowcount": True},
    )
    if not made.rowcount:
        transaction.execute(
            sa.update(wrong_claims)
            .where(known)
            .values(pages=wrong_claims.c.pages + 1, last_at=now, example=example)
        )


def step_back(transaction: Transaction, row: AnyRow, now: datetime) -> bool:
    """Let an article stand under the address that it was fetched from, where it claimed another.

    ``row``: of ``articles``. False where no such address is known, or it was fetched at its own.
    """
    if is_borne_out(transaction, row.key, row.id):
        return False
    other = sa.select(articles.c.id).where(articles.c.key == links.c.key)
    own = transaction.execute(
        sa.select(links.c.key, links.c.url)
        .where(
            links.c.article_id == row.id,
            links.c.key != row.key,
            sa.func.coalesce(links.c.reason, "").not_in(NOT_ITS_OWN),
            ~sa.exists(other),
        )
        .order_by(links.c.id)
        .limit(1)
    ).first()
    if own is None:
        return False
    transaction.execute(
        sa.delete(links).where(
            links.c.key == row.key, links.c.article_id == row.id, links.c.reason == CLAIMED
        )
    )
    transaction.execute(
        sa.update(articles)
        .where(articles.c.id == row.id)
        .values(key=own.key, url=own.url, updated_at=now)
    )
    note_wrong_claim(transaction, row.source, row.key, own.url, now)
    note(transaction, "updated", row.id)
    return True


def demote_others(transaction: Transaction, article_id: int, key: str) -> None:
    """The article's own address ``key`` was fetched: those that led to it before are further views."""
    transaction.execute(
        sa.update(links)
        .where(
            links.c.article_id == article_id,
            links.c.key != key,
            sa.func.coalesce(links.c.reason, "").not_in(NOT_ITS_OWN),
        )
        .values(state="duplicate", reason=SAME_ARTICLE, detail=None, look_again_at=None)
    )
