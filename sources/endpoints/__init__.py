"""Endpoints: where a source announces its articles; one module a kind.

Others use ``read_endpoint`` and ``discover_endpoints``.
"""

from sources.endpoints.discovery import discover_endpoints
from sources.endpoints.document import Document, Fetcher, Tally
from sources.endpoints.reading import read_endpoint

__all__ = ["Document", "Fetcher", "Tally", "discover_endpoints", "read_endpoint"]
