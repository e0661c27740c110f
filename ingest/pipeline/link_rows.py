"""Between the values of ``sources`` and the rows of ``storage``, which do not know of each other.

What both call alike is carried over by its name: a field added on both sides needs nothing here.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from sources.address import address_key
from sources.address_parameters import counted_in
from sources.endpoints.document import Following, Known
from sources.link import Link
from sources.page import Validators
from sources.source import Endpoint
from storage import links
from storage.links.documents import DocumentRow, EndpointRow

if TYPE_CHECKING:
    from ingest.pipeline.address_learning import LearnedAddresses

__all__ = ["endpoint_of", "endpoint_row", "key_of_page", "known_of", "link_of", "row_of"]

_To = TypeVar("_To")


def endpoint_of(row: EndpointRow) -> Endpoint:
    """The endpoint that a row holds."""
    return _carried(row, Endpoint)


def endpoint_row(endpoint: Endpoint) -> EndpointRow:
    """What is recorded of an endpoint that discovery found."""
    return _carried(endpoint, EndpointRow)


def known_of(row: DocumentRow | None) -> Known | None:
    """What is known of a document."""
    if row is None:
        return None
    return Known(
        validators=Validators(row.etag, row.last_modified),
        following=tuple(Following(url, modified) for url, modified in row.following),
        failed=row.failed,
        checked_at=row.checked_at,
        rules=row.rules,
    )


def row_of(link: Link, learned: LearnedAddresses | None = None) -> links.NewLink:
    """What is recorded of an announced link; ``learned`` tells those that are not worth a request."""
    hopeless = learned is not None and learned.is_hopeless(link.url, link.key)
    return _carried(link, links.NewLink, refused="address" if hopeless else None)


def key_of_page(url: str, due: links.DueLink) -> str:
    """The key of ``url``, an address of the page that ``due`` leads to: its own, or one that it claims.

    The link's own address has the link's key, though today's rules would fold it otherwise: its article
    stands under that.

    Raises:
        ValueError: no address.
    """
    counting = counted_in(due.key)
    key = address_key(url, counting)
    if key == due.key:
        return key
    try:
        return due.key if key == address_key(due.url, counting) else key
    except ValueError:
        return key


def link_of(due: links.DueLink) -> Link:
    """The link that a row holds."""
    return _carried(due, Link)


def _carried(value: Any, to: type[_To], **more: Any) -> _To:
    """``value`` as a ``to``: the fields that are called alike, and ``more``."""
    kinds: Any = (type(value), to)
    return to(**{name: getattr(value, name) for name in _shared(kinds)}, **more)


@lru_cache
def _shared(kinds: tuple[Any, Any]) -> tuple[str, ...]:
    one, other = ({field.name: None for field in fields(kind)} for kind in kinds)
    return tuple(name for name in other if name in one)
