"""Which endpoints a backfill reads: the fewest requests that name every article of a time.

An API or a sitemap names everything a site has; pages of a feed or a listing are for sites without
either; an archive elsewhere (CDX) has what the site itself has lost, and is read where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.errors import InputError
from ingest.pipeline.discovery import find_endpoints
from sources.errors import EndpointError, FetchError
from sources.platforms import platform_endpoints
from sources.source import Endpoint, EndpointKind, Source

if TYPE_CHECKING:
    from sources.client import Client
    from sources.endpoints.parsing import Parsing

__all__ = ["KINDS", "PAGE_KINDS", "choose_endpoints", "known_and_found"]

#: Kinds that ``--via`` takes.
KINDS: tuple[EndpointKind, ...] = (
    "wordpress",
    "ghost",
    "sitemap",
    "feed",
    "listing",
    "cdx",
    "warc",
    "folder",
)
#: Kinds that hold whole pages.
PAGE_KINDS: frozenset[EndpointKind] = frozenset({"warc", "folder"})
#: The index of the Internet Archive, where a source names no other.
WAYBACK = "https://web.archive.org/cdx/search/cdx"


async def known_and_found(
    source: Source,
    recorded: Sequence[Endpoint],
    client: Client,
    via: EndpointKind | None,
    parse: Parsing,
) -> list[Endpoint]:
    """Everything that is known or can be found of where ``source`` announces its articles.

    Raises:
        EndpointError, FetchError: nothing is known, and nothing could be found.
    """
    known = list(dict.fromkeys((*source.endpoints, *recorded)))
    if via == "cdx" and not any(endpoint.kind == "cdx" for endpoint in known):
        known.append(Endpoint("cdx", WAYBACK, archive=True))
    if via is not None and any(endpoint.kind == via for endpoint in known):
        return known
    # What only the platform's preset names is a guess: the site's API may be open, its sitemap missing.
    guessed = set(platform_endpoints(source.platform, source.home)) - set(recorded)
    if via is None and any(_names_all(endpoint) for endpoint in known if endpoint not in guessed):
        return known
    try:
        # Where nothing is known yet, its feed is better than nothing.
        found = await find_endpoints(source, client, parse=parse, archives=bool(known))
    except (EndpointError, FetchError):
        if not known:
            raise
        return known
    return list(dict.fromkeys((*known, *found)))


def choose_endpoints(
    endpoints: Iterable[Endpoint], source: Source, via: EndpointKind | None
) -> list[Endpoint]:
    """Those of ``endpoints`` that a backfill reads.

    Raises:
        InputError: there is none of the kind that was asked for.
    """
    known = list(endpoints)
    if via is not None:
        chosen = [endpoint for endpoint in known if endpoint.kind == via]
        if not chosen:
            raise InputError(
                f"{source.name}: has no endpoint of kind {via}, and none was found; "
                f"name one by --from ADDRESS, or as an [[endpoint]] of its source file"
            )
        return chosen
    for kinds in (("wordpress", "ghost"), ("sitemap",), ("feed", "listing")):
        chosen = [e for e in known if e.kind in kinds and (e.kind != "sitemap" or _names_all(e))]
        if chosen:
            return chosen
    return known


def _names_all(endpoint: Endpoint) -> bool:
    """Whether an endpoint names a site's articles of all times: a news sitemap has two days."""
    if endpoint.kind in ("wordpress", "ghost"):
        return True
    return endpoint.kind == "sitemap" and "news" not in urlsplit(endpoint.url).path.lower()
