"""Saving an article: filed once, revised when its publisher changes it, never overwritten.

Which of five things a save is:

===========  ======================================================================================
filed        neither its address nor its text was known at this source
unchanged    its address is known with the same text; metadata is brought up to date in place
revised      its address is known with another text, title or standfirst: the old one becomes a
             revision; lines that a page says anew by itself (``passing_lines``) do not count
duplicate    its address is new, and it is an article of this source already, by its text or by a
             claim that its text bears out (``claims``): the link says which
unlike       its address is known, and what the page holds now is not that article any more
             (``looks``): nothing changes, the link says why
===========  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from storage.ahead import Ahead, Once
from storage.article import Article
from storage.articles.prepared import PreparedArticle, prepare_article
from storage.articles.rows import insert_article
from storage.articles.standing import Address, Arrival, Standing, add_filed
from storage.articles.updating import OWN_ADDRESS, Saved, save_reextracted
from storage.engine.statements import run
from storage.engine.stored_text import stored_key
from storage.links.link import SAME_ARTICLE
from storage.links.settled import FetchedLink, Leads, LedKeys, Visit, settle_links
from storage.publishers import ensure_source
from storage.stories.placing import foresee
from storage.text.fingerprint import has_text
from storage.text.sketch import SketchedText
from storage.transaction import Transaction

__all__ = ["OWN_ADDRESS", "Saved", "ahead_of", "save_article", "save_reextracted"]

_LED_ANYWHERE = "SELECT article_id FROM links WHERE key = {key} AND article_id IS NOT NULL"
#: All at once, the columns as ``_Found`` has them.
_LOOK = " ".join(
    (
        "SELECT l.id, l.source, l.key, l.url, l.title, l.article_id,",
        "(SELECT 1 FROM sources WHERE name = COALESCE(?, l.source)),",
        "(SELECT 1 FROM articles WHERE key IN (?, COALESCE(?, l.key), l.key) LIMIT 1),",
        f"({_LED_ANYWHERE.format(key='?')}),",
        f"({_LED_ANYWHERE.format(key='COALESCE(?, l.key)')}),",
        "(SELECT 1 FROM articles WHERE source = COALESCE(?, l.source) AND fingerprint = ?),",
        "(SELECT 1 FROM wrong_claims WHERE source = COALESCE(?, l.source)"
        " AND key IN (?, COALESCE(?, l.key)) LIMIT 1),",
        "(SELECT 1 FROM links WHERE key IN (?, COALESCE(?, l.key))"
        " AND source <> COALESCE(?, l.source) LIMIT 1)",
        "FROM (SELECT 1 AS one) AS this LEFT JOIN links AS l ON l.id = ?",
    )
)


def save_article(
    transaction: Transaction,
    link_id: int | None,
    article: Article | PreparedArticle,
    *,
    key: str,
    fetched_key: str | None,
    now: datetime,
    fetched_url: str | None = None,
    lines: Collection[str] = frozenset(),
    etag: str | None = None,
    last_modified: str | None = None,
    look_again_at: datetime | None = None,
) -> Saved:
    """Save ``article`` and mark its link done; idempotent.

    ``key``: address key of the address that the page claims (its canonical address), ``article.url``
    that address itself. ``fetched_key``, ``fetched_url``: of the address where the page was, after
    redirects; the link's own where they are not given. Where a claim joins it to an article whose
    text is not alike, or that is another source's, the claim is not believed and the article stands
    under the address that it was fetched from; whether a claimed address is on the same site at all
    is for the caller to check.

    The link, and the address where the page was, lead to the article afterwards and are not fetched
    again. An address that was only claimed is fetched once, if it is announced.

    An article may come prepared (``storage.articles.prepared``), its lines with it: what takes the
    article alone is then done already, by another thread or process.

    ``lines``: keys under which its lines are counted at its source, where it is filed.
    ``etag``, ``last_modified``: validators of the page; ``look_again_at``: when it is asked for again.
    A page that is ``unlike`` its article leaves the link as it is, for the caller to mark.

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
    visit = Visit(source, link, now, etag, last_modified, look_again_at)
    asked = link.key if link is not None else fetched_key
    if asked is None:
        asked = key
    arrived = fetched_key if fetched_key is not None else asked
    if found.is_new and not transaction.waits(key, arrived, asked):
        number = insert_article(transaction, prepared, source=source, key=key, now=now)
        if number is not None:
            saved = add_filed(transaction, number, source, prepared)
            settle_links(
                transaction, article, number, "filed", LedKeys(arrived, key, fetched_url), visit
            )
            return saved
    # In full: each of the statements below sees all that was done before.
    transaction.write_waiting()
    ensure_source(transaction, source, now)
    claimed = Address(key, article.url)
    at = claimed if arrived == key else Address(arrived, fetched_url)
    arrival = Arrival(
        prepared=prepared,
        source=source,
        now=now,
        own=at if asked == arrived and at.url else Address(asked, found.link_url),
        arrived=at,
        claimed=claimed,
        fetched=link is not None or fetched_key is not None,
        announced=found.link_title,
    )
    saved, led = Standing(transaction, arrival).save()
    if saved.outcome == "unlike":
        return saved
    if saved.outcome != "duplicate":
        leads: Leads = saved.outcome
    else:
        leads = "same_article" if saved.reason == SAME_ARTICLE else "same_text"
    settle_links(transaction, article, saved.article_id, leads, led, visit)
    return saved


def ahead_of(prepared: PreparedArticle) -> Ahead[SketchedText] | None:
    """What the writer may do for :func:`save_article` of a prepared article before it has the lock."""
    return Ahead(_foresee, prepared.sketched) if prepared.marks else None


def _foresee(connection: sa.Connection, once: Once, texts: Sequence[SketchedText]) -> None:
    foresee(connection, once, {-1 - place: text for place, text in enumerate(texts)})


class _Found(NamedTuple):
    """What is known of an article before it is saved, asked in one statement."""

    link_id: int | None
    link_source: str | None
    link_key: str | None
    link_url: str | None
    link_title: str | None
    link_article: int | None
    source: int | None
    by_key: int | None
    by_claimed_link: int | None
    by_fetched_link: int | None
    by_text: int | None
    claimed_wrongly: int | None
    #: Whether another source announced the address that is claimed, or where the page was.
    announced_by_another: int | None

    @property
    def link(self) -> FetchedLink | None:
        """The link that was fetched."""
        if self.link_id is None or self.link_key is None:
            return None
        return FetchedLink(self.link_id, self.link_key)

    @property
    def is_new(self) -> bool:
        """Whether neither its addresses nor its text lead to an article, and no house has its key."""
        known = (
            self.link_article,
            self.by_key,
            self.by_claimed_link,
            self.by_fetched_link,
            self.by_text,
            self.claimed_wrongly,
            self.announced_by_another,
        )
        return self.source is not None and all(each is None for each in known)


def _look(
    transaction: Transaction,
    link_id: int | None,
    prepared: PreparedArticle,
    key: str,
    fetched_key: str | None,
) -> _Found:
    source = prepared.article.source
    values = (
        source,
        *(key, fetched_key),
        *(key, fetched_key),
        *(source, prepared.fingerprint),
        *(source, key, fetched_key),
        *(key, fetched_key, source),
        link_id,
    )
    found = _Found(*run(transaction, _LOOK, values).one())
    if link_id is not None and found.link_id is None:
        raise ValueError(f"there is no link {link_id}")
    return found
