"""Between the values of ``sources`` and the rows of ``storage``, which do not know of each other."""

from __future__ import annotations

from typing import cast

from sources.link import Link
from sources.source import Endpoint, EndpointKind
from storage import links
from storage.endpoints import EndpointRow

__all__ = ["endpoint_of", "link_of", "row_of"]


def endpoint_of(row: EndpointRow) -> Endpoint:
    """The endpoint that a row holds."""
    kind = cast("EndpointKind", row.kind)
    return Endpoint(kind, row.url, row.selector, row.archive)


def row_of(link: Link) -> links.NewLink:
    """What is recorded of an announced link."""
    return links.NewLink(
        key=link.key,
        url=link.url,
        title=link.title,
        published=link.published,
        modified=link.modified,
        authors=link.authors,
        language=link.language,
        content=link.content,
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
    )
