"""Saving an article: filed once, revised when its publisher changes it, never overwritten.

Which of four things a save is:

===========  ======================================================================================
filed        neither its address nor its text was known at this source
unchanged    its address is known with the same text; metadata is brought up to date in place
revised      its address is known with another text, title or standfirst: the old one becomes a
             revision; lines that a page says anew by itself (``passing_lines``) do not count
duplicate    its address is new, its text is an article of this source already: the link says which
===========  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from storage.article import Article
from storage.articles.line_counts import count_lines
from storage.articles.passing_lines import differ_in_passing_lines_only
from storage.articles.prepared import PreparedArticle, prepare_article, storable_article
from storage.articles.revisions import Cause, keep_revision
from storage.articles.rows import (
    add_parts,
    insert_article,
    metadata_columns,
    read_credits,
    read_struck,
    replace_credits,
    replace_struck,
    text_columns,
)
from storage.articles.text_index import add_text, change_text, indexed_now
from storage.changes import ChangeKind, note
from storage.engine.column_types import AnyRow
from storage.engine.statements import run
from storage.engine.stored_text import stored_key
from storage.links.settled import FetchedLink, Visit, settle_links
from storage.publishers import ensure_source
from storage.schema import articles, links
from storage.text.fingerprint import has_text
from storage.transaction import Transaction

__all__ = ["Saved", "save_article", "save_reextracted"]

# Three ways to know an article: by its address, by a link that leads to it, by its text.
_OF_KEY = "SELECT id FROM articles WHERE key = {key}"
# A duplicate's link leads to an article of another address, whose text is not this page's.
_OF_LINK = (
    "SELECT article_id FROM links WHERE key = {key} AND article_id IS NOT NULL"
    " AND (reason IS NULL OR reason <> 'same_text')"
)
_OF_TEXT = "SELECT id FROM articles WHERE source = {source} AND fingerprint = ?"
_BY_KEY, _BY_LINK = _OF_KEY.format(key="?"), _OF_LINK.format(key="?")
_BY_TEXT = _OF_TEXT.format(source="?")
#: All at once, the columns as ``_Found`` has them.
_LOOK = " ".join(
    (
        "SELECT l.id, l.source, l.key,",
        "(SELECT 1 FROM sources WHERE name = COALESCE(?, l.source)),",
        f"({_BY_KEY}), ({_BY_LINK}), ({_OF_LINK.format(key='COALESCE(?, l.key)')}),",
        f"({_OF_TEXT.format(source='COALESCE(?, l.source)')}),",
        "(SELECT source FROM links WHERE key = ?), COALESCE(?, l.source)",
        "FROM (SELECT 1 AS one) AS this LEFT JOIN links AS l ON l.id = ?",
    )
)

Outcome = Literal["filed", "revised", "unchanged", "duplicate"]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save was, and the article that the link now leads to."""

    outcome: Outcome
    article_id: int


def save_article(
    transaction: Transaction,
    link_id: int | None,
    article: Article | PreparedArticle,
    *,
    key: str,
    fetched_key: str | None,
    now: datetime,
    lines: Collection[str] = frozenset(),
    etag: str | None = None,
    last_modified: str | None = None,
    look_again_at: datetime | None = None,
) -> Saved:
    """Save ``article`` and mark its link done; idempotent.

    ``key``: address key of the article's canonical address. ``fetched_key``: of the address that was
    fetched. Both lead to the article afterwards, and neither is fetched again. Where a page claims
    an address that another source announced or filed, the claim is not believed and ``fetched_key``
    stands; whether a canonical address is on the same site at all is for the caller to check.

    An article may come prepared (``storage.articles.prepared``), its lines with it: what takes the
    article alone is then done already, by another thread or process.

    ``lines``: keys under which its lines are counted at its source, where it is filed.
    ``etag``, ``last_modified``: validators of the page; ``look_again_at``: when it is asked for again.

    ``ValueError`` for an article without text, or without a source.
    """
    prepared = article if isinstance(article, PreparedArticle) else prepare_article(article, lines)
    article = prepared.article
    if not has_text(article.text):
        raise ValueError(f"{article.url or key}: an article without text is not stored")
    key = stored_key(key)
    fetched_key = stored_key(fetched_key) if fetched_key is not None else None
    found = _look(transaction, link_id, prepared, key, fetched_key)
    source = article.source or found.link_source
    if not source:
        raise ValueError(f"{article.url or key}: an article needs the name of its source")
    link = found.link
    if fetched_key is None and link is not None:
        fetched_key = link.key
    visit = Visit(source, link, now, etag, last_modified, look_again_at)
    if found.is_new and not transaction.waits(key, fetched_key):
        number = insert_article(transaction, prepared, source=source, key=key, now=now)
        if number is not None:
            saved = _filed(transaction, number, source, prepared)
            settle_links(
                transaction, article, saved.article_id, saved.outcome, (key, fetched_key), visit
            )
            return saved
    # In full: each of the statements below sees all that was done before.
    transaction.write_waiting()
    ensure_source(transaction, source, now)
    if fetched_key not in (None, key) and _is_anothers(transaction, key, source):
        assert fetched_key is not None
        key = fetched_key
    saved = _save(transaction, prepared, source=source, key=key, fetched_key=fetched_key, now=now)
    settle_links(transaction, article, saved.article_id, saved.outcome, (key, fetched_key), visit)
    return saved


class _Found(NamedTuple):
    """What is known of an article before it is saved, asked in one statement."""

    link_id: int | None
    link_source: str | None
    link_key: str | None
    source: int | None
    by_key: int | None
    by_link: int | None
    by_fetched_link: int | None
    by_text: int | None
    #: The source that announced its key.
    announcer: str | None
    for_source: str | None

    @property
    def link(self) -> FetchedLink | None:
        """The link that was fetched."""
        if self.link_id is None or self.link_key is None:
            return None
        return FetchedLink(self.link_id, self.link_key)

    @property
    def is_new(self) -> bool:
        """Whether neither its address nor its text leads to an article, and no house has its key."""
        return (
            self.source is not None
            and self.by_key is self.by_link is self.by_fetched_link is self.by_text is None
            and self.announcer in (None, self.for_source)
        )


def _look(
    transaction: Transaction,
    link_id: int | None,
    prepared: PreparedArticle,
    key: str,
    fetched_key: str | None,
) -> _Found:
    source = prepared.article.source
    values = (source, key, key, fetched_key, source, prepared.fingerprint, key, source, link_id)
    found = _Found(*run(transaction, _LOOK, values).one())
    if link_id is not None and found.link_id is None:
        raise ValueError(f"there is no link {link_id}")
    return found


def _filed(
    transaction: Transaction, article_id: int, source: str, prepared: PreparedArticle
) -> Saved:
    add_parts(transaction, article_id, prepared.article)
    add_text(transaction, article_id, source, prepared)
    count_lines(transaction, source, prepared.lines)
    return Saved("filed", article_id)


def _is_anothers(transaction: Transaction, key: str, source: str) -> bool:
    """Whether ``key`` belongs to another source than ``source``."""
    owner = (
        transaction.execute(sa.select(articles.c.source).where(articles.c.key == key)).scalar()
        or transaction.execute(sa.select(links.c.source).where(links.c.key == key)).scalar()
    )
    return owner is not None and owner != source


def _save(
    transaction: Transaction,
    prepared: PreparedArticle,
    *,
    source: str,
    key: str,
    fetched_key: str | None,
    now: datetime,
) -> Saved:
    article = prepared.article
    values = {**text_columns(article, prepared.fingerprint), **metadata_columns(article)}
    # On PostgreSQL another process may file the same article between our look and our insert:
    # then the insert does nothing, and the next look finds it.
    for _ in range(3):
        known = _known(transaction, key, fetched_key)
        twin = None
        if known is None:
            twin = _by_text(transaction, source, values["fingerprint"])
            if twin is not None:
                # Filed since the look by address, perhaps under this very address: look again.
                known = _known(transaction, key, fetched_key)
        if known is not None:
            try:
                with transaction.savepoint():
                    return _update(transaction, known, article, values, now)
            except sa.exc.IntegrityError:
                continue  # another process filed the new text a moment ago
        if twin is not None:
            return Saved("duplicate", twin)
        number = insert_article(transaction, prepared, source=source, key=key, now=now)
        if number is not None:
            return _filed(transaction, number, source, prepared)
    raise RuntimeError(f"{key}: neither inserted nor found")


def _known(transaction: Transaction, key: str, fetched_key: str | None) -> AnyRow | None:
    """The article of this address, locked against other writers until the commit."""
    for statement, value in ((_BY_KEY, key), (_BY_LINK, key), (_BY_LINK, fetched_key)):
        if value is None:
            continue
        number = run(transaction, statement, (value,)).scalar()
        if number is not None:
            return transaction.execute(
                sa.select(articles).where(articles.c.id == number).with_for_update()
            ).first()
    return None


def _by_text(
    transaction: Transaction, source: str, fingerprint: str, *, but: int | None = None
) -> int | None:
    found: int | None = run(transaction, _BY_TEXT, (source, fingerprint)).scalar()
    return None if found == but else found


def _update(
    transaction: Transaction,
    old: AnyRow,
    article: Article,
    values: dict[str, Any],
    now: datetime,
    *,
    cause: Cause = "publisher",
) -> Saved:
    # What was known once is not lost because one download lacks it.
    kept = {name for name, value in values.items() if value is None or value == []}
    for time in ("published", "modified"):
        if values[time] is not None:  # the statement and its instant belong together
            kept -= {f"{time}_at", f"{time}_precision"}
    changes = {
        name: value
        for name, value in values.items()
        if name not in kept and value != getattr(old, name)
    }
    returned = old.withdrawn_at is not None and cause == "publisher"
    if returned:
        changes["withdrawn_at"] = None
        note(transaction, "returned", old.id)
    passing = (
        cause == "publisher"
        and "fingerprint" in changes
        and differ_in_passing_lines_only(
            [(block["type"], block["text"]) for block in old.blocks],
            [(block.type, block.text) for block in article.blocks],
        )
    )
    if passing:
        del changes["fingerprint"]
    if not changes.keys() & {"fingerprint", "title", "standfirst"}:
        # The same text set otherwise (blanks, quotes): the stored one stands.
        for name in ("text", "blocks", "words"):
            changes.pop(name, None)
        _update_in_place(transaction, old, article, changes, now)
        return Saved("unchanged", old.id)
    if passing:
        for name in ("text", "blocks", "words"):
            changes.pop(name, None)
    if "fingerprint" in changes:
        twin = _by_text(transaction, old.source, values["fingerprint"], but=old.id)
        if twin is not None:
            return Saved("duplicate", twin)
    before = indexed_now(transaction, old)
    keep_revision(transaction, old, changes, now, cause=cause)
    transaction.execute(
        sa.update(articles)
        .where(articles.c.id == old.id)
        .values(**changes, revision=old.revision + 1, updated_at=now)
    )
    replace_credits(transaction, old.id, article.credits)
    replace_struck(transaction, old.id, article.struck)
    kind: ChangeKind = "revised" if cause == "publisher" else "reextracted"
    change_text(
        transaction, old.id, kind, before, indexed_now(transaction, _row(transaction, old.id))
    )
    return Saved("revised", old.id)


def _update_in_place(
    transaction: Transaction,
    old: AnyRow,
    article: Article,
    changes: dict[str, Any],
    now: datetime,
) -> None:
    credits_differ = bool(article.credits) and article.credits != read_credits(transaction, old.id)
    struck_differ = bool(article.struck) and article.struck != read_struck(transaction, old.id)
    if not (changes or credits_differ or struck_differ):
        return
    before = indexed_now(transaction, old)
    if credits_differ:
        replace_credits(transaction, old.id, article.credits)
    if struck_differ:
        replace_struck(transaction, old.id, article.struck)
    transaction.execute(
        sa.update(articles).where(articles.c.id == old.id).values(**changes, updated_at=now)
    )
    # That it is back was noted; nothing else may have happened.
    only_back = changes.keys() == {"withdrawn_at"} and not (credits_differ or struck_differ)
    kind: ChangeKind | None = None if only_back else "updated"
    change_text(
        transaction, old.id, kind, before, indexed_now(transaction, _row(transaction, old.id))
    )


def _row(transaction: Transaction, article_id: int) -> AnyRow:
    return transaction.execute(sa.select(articles).where(articles.c.id == article_id)).one()


def save_reextracted(
    transaction: Transaction, article_id: int, article: Article, now: datetime
) -> Saved:
    """Save what reading the stored page of an article anew has made of it: ``revised`` by us,
    ``unchanged``, or ``duplicate`` where another article of the source has that text.

    The article keeps its address and its links; ``ValueError`` for one without text.
    """
    article = storable_article(article)
    if not has_text(article.text):
        raise ValueError(f"{article.url or article_id}: an article without text is not stored")
    old = transaction.execute(
        sa.select(articles).where(articles.c.id == article_id).with_for_update()
    ).one()
    values = {**text_columns(article), **metadata_columns(article)}
    del values["url"]
    return _update(transaction, old, article, values, now, cause="reextracted")
