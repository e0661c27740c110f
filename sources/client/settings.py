"""What the operator decides about downloading; a source file may ask for more restraint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ClientSettings"]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Times are seconds, sizes bytes."""

    #: The whole User-Agent; ``None`` makes one that says who asks.
    user_agent: str | None = None
    #: An address or page where a site's owner reaches the operator, for the User-Agent.
    contact: str | None = None
    #: Between the starts of two requests to one host.
    delay: float = 1.0
    #: Requests under way at once to one host.
    concurrency: int = 2
    #: Requests under way at once to all hosts.
    total_concurrency: int = 64
    connect_timeout: float = 10.0
    #: Without a byte.
    read_timeout: float = 20.0
    #: One download, redirects and all, waiting for its turn left out.
    total_timeout: float = 60.0
    #: Of a body after decompression.
    max_body: int = 20 * MIB
    #: Of a body on the wire.
    max_wire: int = 10 * MIB
    max_redirects: int = 10
    #: Attempts beyond the first for what may pass.
    retries: int = 2
    #: Before the first retry; doubled for each further, with jitter.
    retry_wait: float = 1.0
    #: A ``Retry-After`` up to this is waited for; a longer one ends the attempt.
    max_retry_after: float = 30.0
    #: For how long a host is left alone that has failed again and again; doubled each time.
    first_rest: float = 30.0
    #: For how long a robots.txt is believed.
    robots_ttl: float = 86_400.0
    #: A larger Crawl-delay counts as this.
    max_crawl_delay: float = 60.0
    #: ``host`` or ``host:port`` to ``ip:port``, as curl's ``--connect-to``. The operator's word:
    #: not checked for being private.
    connect_to: Mapping[str, str] = field(default_factory=dict)
    #: Over TLS, speak HTTP/2 where the server does. Costs more CPU a page than HTTP/1.1, and saves
    #: connections where many requests are under way at one host.
    http2: bool = False
