"""What a pass shows of how its source is, noted where it happens: cheap, for it is noted of every page.

What is made of it: ``ingest.health``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from ingest.health.garbled import is_garbled
from storage.runs import EMPTY, GAP, PassNotes

if TYPE_CHECKING:
    from sources.endpoints import Document
    from storage.articles.prepared import PreparedArticle
    from storage.links import DueLink
    from storage.links.documents import DocumentRow, RecordedDocument

__all__ = ["Noting"]

#: Endpoints whose documents may announce nothing where there is no news.
_MAY_BE_EMPTY = "sitemap"
#: A stated time that is older says how old the link is, not how late we are.
_LONGEST_DELAY = timedelta(days=3)


class Noting:
    """Notes for one pass."""

    def __init__(self) -> None:
        self._notes = PassNotes()
        self._delays: list[float] = []

    def noted(self) -> PassNotes:
        """All of it; for the end of the pass."""
        self._notes.delays = len(self._delays)
        self._notes.delay = round(median(self._delays)) if self._delays else None
        return self._notes

    def document(
        self, document: Document, recorded: RecordedDocument, earlier: DocumentRow | None
    ) -> None:
        """A document of an endpoint was read, or could not be.

        Args:
            document: its links have been iterated.
            recorded: what became of those.
            earlier: what was known of it before.
        """
        notes, endpoint = self._notes, document.endpoint
        first = document.url == endpoint.url or endpoint.kind != _MAY_BE_EMPTY
        announced = recorded.announced
        if document.cause is not None and not announced:
            if first:
                notes.troubles[endpoint.url] = document.cause
            return
        read_alike = earlier is not None and earlier.rules == document.rules
        if read_alike:
            notes.appeared += recorded.new
        if endpoint.kind == _MAY_BE_EMPTY:
            return
        known = announced - recorded.new
        if document.not_modified and earlier is not None:
            announced = known = earlier.link_count
        notes.announced = (notes.announced or 0) + announced
        notes.known = (notes.known or 0) + known
        if not announced:
            notes.troubles[endpoint.url] = EMPTY
        elif not known and read_alike and earlier is not None and earlier.link_count:
            notes.troubles[endpoint.url] = GAP

    def page(self, due: DueLink, missed: str | None = None) -> None:
        """A link was dealt with; ``missed`` is why it brought nothing, in a word."""
        if due.attempts or due.article_id is not None:
            return
        notes = self._notes
        notes.tried += 1
        if missed is not None:
            notes.reasons[missed] = notes.reasons.get(missed, 0) + 1

    def filed(self, prepared: PreparedArticle, due: DueLink, now: datetime) -> None:
        """A new article was filed."""
        notes, article = self._notes, prepared.article
        notes.words += prepared.words
        notes.untitled += not article.title
        notes.undated += article.published_at is None
        notes.authorless += not article.authors
        notes.by_template += article.extractor.startswith("template:")
        notes.struck += len(article.struck)
        notes.garbled += is_garbled(article.title or "", *(b.text for b in article.blocks))
        notes.incomplete += not article.complete
        late = _lateness(article.published_at, now)
        if late is not None and not due.planned and not due.attempts:
            self._delays.append(late)


def _lateness(published: str | None, now: datetime) -> float | None:
    """Seconds since an article was published, where it says precisely when."""
    if published is None or len(published) <= len("2026-11-20"):
        return None
    try:
        late = now - datetime.fromisoformat(published)
    except (ValueError, TypeError):  # the latter: no zone
        return None
    return late.total_seconds() if timedelta(0) <= late <= _LONGEST_DELAY else None
