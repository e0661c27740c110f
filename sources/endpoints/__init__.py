"""Endpoints: where a source announces its articles; one module a kind.

``reading`` is the one walk through an endpoint's documents, with the table of kinds; ``discovery``
finds the endpoints of a site; ``document`` has what a document says and the filter that makes links
of it. What addresses tell by themselves is in ``article_address`` and ``address_date``, what documents
tell of their parameters in ``numbering``. Endpoints
that hold whole pages, or say where copies of them are, live in ``archives``.

Others use the names below, and what a module of a kind offers by itself (``feed.read_feed``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sources.endpoints.addresses.numbering import numbered_shapes
    from sources.endpoints.discovery import discover_endpoints
    from sources.endpoints.document import Document, Tally
    from sources.endpoints.reading import is_sure, read_endpoint
    from sources.fetcher import Fetcher

__all__ = [
    "Document",
    "Fetcher",
    "Tally",
    "discover_endpoints",
    "is_sure",
    "numbered_shapes",
    "read_endpoint",
]

_HOMES = {
    "numbered_shapes": "sources.endpoints.addresses.numbering",
    "discover_endpoints": "sources.endpoints.discovery",
    "Document": "sources.endpoints.document",
    "Tally": "sources.endpoints.document",
    "is_sure": "sources.endpoints.reading",
    "read_endpoint": "sources.endpoints.reading",
    "Fetcher": "sources.fetcher",
}


def __getattr__(name: str) -> Any:
    """Import a name of this face when it is first used: extraction asks for ``addresses`` alone."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
