"""What an endpoint announces goes into the database before anything of it is fetched.

The same for a poll and for a backfill; what differs is where it is noted that a document was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ingest.events import EndpointRead, LinksFound
from ingest.pipeline.address_learning import LearnedAddresses
from ingest.pipeline.link_rows import row_of
from sources.endpoints import is_sure
from sources.errors import FetchError
from sources.page import Validators
from storage.links.documents import DocumentAnswer, take_document

if TYPE_CHECKING:
    from ingest.desk import Desk
    from ingest.pipeline.booking import Pass
    from sources.endpoints import Document
    from sources.source import Endpoint
    from storage.links import NewLink
    from storage.links.documents import DocumentRow

__all__ = ["learned_of", "record"]

#: Documents that a document may name and that a poll remembers, for when it answers 304.
MOST_FOLLOWING = 2000


def learned_of(endpoint: Endpoint, shapes: Mapping[str, tuple[int, int]]) -> LearnedAddresses:
    """What tells the links of ``endpoint`` that are not worth a request.

    What a feed or an API names is an article by its nature; elsewhere the source's own pages have
    taught, by the ``shapes`` of their addresses.
    """
    return LearnedAddresses() if is_sure(endpoint.kind) else LearnedAddresses(shapes)


async def record(
    document: Document,
    learned: LearnedAddresses,
    desk: Desk,
    this: Pass,
    *,
    backfill_id: int | None = None,
    earlier: DocumentRow | None = None,
) -> bool:
    """Record ``document`` and its links; False where a backfill has to ask for it again.

    ``earlier``: what is known of it from a poll before.

    Raises:
        StorageError: the database cannot go on.
    """
    this.counts.documents += 1
    this.counts.not_modified += document.not_modified
    name = this.source.name
    recorded = await take_document(
        desk.store,
        name,
        document.url,
        _rows(document, learned),
        lambda: _answer(document, polled=backfill_id is None),
        now=desk.now,
        backfill_id=backfill_id,
    )
    # Parsing is lazy: what was wrong with the document shows only now.
    problem = str(document.error) if document.error is not None else None
    this.counts.links_new += recorded.new
    if problem is None or recorded.announced:
        this.documents_read += 1
    if problem is not None:
        this.errors.append(problem)
        this.document_cause = this.document_cause or document.cause
    if backfill_id is None:
        this.noting.document(document, recorded, earlier)
    desk.tell(EndpointRead(name, document.url, recorded.announced, document.not_modified, problem))
    if recorded.new and backfill_id is None:
        desk.tell(LinksFound(name, recorded.new))
    return _is_whole(document)


def _rows(document: Document, learned: LearnedAddresses) -> Iterator[NewLink]:
    if not document.not_modified:
        for link in document.links:
            yield row_of(link, learned)


def _answer(document: Document, *, polled: bool) -> DocumentAnswer:
    validators = document.validators if document.error is None else Validators()
    following = [(entry.url, entry.modified) for entry in document.following]
    if polled and len(following) > MOST_FOLLOWING:
        # What it names could not be known behind a 304.
        following, validators = [], Validators()
    return DocumentAnswer(
        kind=document.endpoint.kind,
        endpoint_url=document.endpoint.url,
        status=document.status,
        etag=validators.etag,
        last_modified=validators.last_modified,
        error=str(document.error) if document.error is not None else None,
        following=following,
        whole=_is_whole(document),
        rules=document.rules,
        moved_to=document.moved_to,
    )


def _is_whole(document: Document) -> bool:
    """Whether the document need not be asked for again: its server was not in trouble."""
    if isinstance(document.error, FetchError) and document.error.passing:
        return False
    return document.status is None or (document.status < 500 and document.status != 429)
