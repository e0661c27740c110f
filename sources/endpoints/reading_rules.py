"""By which rules a document of an endpoint is read, as a short fingerprint.

A server's validators say that a document is as it was, not that what was taken of it is what is wanted
today: beside them stands the fingerprint under which it was read, and where that has changed the
document is asked for without conditions.
"""

from __future__ import annotations

import hashlib
import json

from sources.source import Endpoint, Source

__all__ = ["rules_of"]

#: Raised when this program reads documents otherwise than before, so that each is read once more.
VERSION = 1


def rules_of(source: Source, endpoint: Endpoint) -> str:
    """A fingerprint of all that the file of ``source`` says which decides what is taken of a document
    of ``endpoint``: home, endpoints (whose hosts are the source's own), ``[links]``, and of the
    endpoint its kind, address and selector.
    """
    links = source.links
    deciding = [
        VERSION,
        source.home,
        sorted(each.url for each in source.endpoints),
        [sorted(links.include), sorted(links.exclude), sorted(links.hosts)],
        links.max_age.total_seconds() if links.max_age is not None else None,
        [endpoint.kind, endpoint.url, endpoint.selector],
    ]
    return hashlib.blake2b(json.dumps(deciding).encode(), digest_size=8).hexdigest()
