"""Between the values of ``sources`` and the rows of ``storage``, which do not know of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sources.endpoints.document import Following, Known
from sources.link import Link
from sources.page import Validators
from sources.source import Endpoint, EndpointKind
from storage.links import links
from storage.links.documents import DocumentRow, EndpointRow

if TYPE_CHECKING:
    from ingest.pipeline.address_learning import LearnedAddresses

__all__ = ["endpoint_of", "known_of", "link_of", "row_of"]


def endpoint_of(row: EndpointRow) -> Endpoint:
    """The endpoint that a row holds."""
    kind = cast("EndpointKind", row.kind)
    return Endpoint(kind, row.url, row.selector, row.archive)


def known_of(row: DocumentRow | None) -> Known | None:
    """What is known of a document."""
    if row is None:
        return None
    return Known(
        validators=Validators(row.etag, row.last_modified),
        following=tuple(Following(url, modified) for url, modified in row.following),
        failed=row.failed,
        checked_at=row.checked_at,
    )


def row_of(link: Link, learned: LearnedAddresses | None = None) -> links.NewLink:
    """What is recorded of an announced link; ``learned`` tells those that are not worth a request."""
    hopeless = learned is not None and learned.is_hopeless(link.url)
    return links.NewLink(
        key=link.key,
        url=link.url,
        title=link.title,
        published=link.published,
        modified=link.modified,
        authors=link.authors,
        language=link.language,
        content=link.content,
        fetch_url=link.fetch_url,
        dated=link.dated,
        refused="address" if hopeless else None,
    )


def link_of(due: links.DueLink) -> Link:
    """The link that a row holds."""
    return Link(
        url=due.url,
        key=due.key,
        title=due.title,
        published=due.published,
        modified=due.modified,
        authors=due.authors,
        language=due.language,
        content=due.content,
        fetch_url=due.fetch_url,
    )
