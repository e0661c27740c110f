"""Who has asked how much: requests and bytes of one pass among all that share a client."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Traffic"]


class Traffic(Protocol):
    """What is counted of the requests that are made on somebody's behalf.

    robots.txt counts for whoever was the first to need it.
    """

    #: Requests made: redirects and retries included.
    requests: int
    #: Bytes of the bodies that came, as they were on the wire.
    bytes: int
