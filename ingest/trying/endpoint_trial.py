"""Trying endpoints that were found for a site: what each announces, and which of them say it all."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sources.address import address_key
from sources.endpoints import Tally, read_endpoint
from sources.endpoints.parsing import parse_here
from sources.platforms import platform_endpoints

if TYPE_CHECKING:
    from sources.endpoints import Document, Fetcher
    from sources.endpoints.parsing import Parsing
    from sources.link import Link
    from sources.source import Endpoint, Source

__all__ = [
    "EndpointTrial",
    "added",
    "because",
    "covered_by_platform",
    "leading_away",
    "try_endpoint",
    "worth_keeping",
]

#: Links read of an endpoint: enough to count, without walking an archive of a million.
MOST_LINKS = 1000
#: Documents read of one that a poll reads: an index of sitemaps, and the newest two that it names.
MOST_DOCUMENTS = 3
#: A feed without anything newer is told: its paper may have gone elsewhere.
STALE_AFTER = timedelta(days=60)
#: Why entries gave no link, for a person, by the field of the tally.
_WHY = {
    "off_site": "on other sites",
    "excluded": "outside [links] include or inside exclude",
    "too_old": "older than [links] max_age",
    "no_article": "sections, tags or authors by their address",
    "trap": "addresses without end",
    "malformed": "no addresses at all",
    "repeated": "named twice",
}


@dataclass(frozen=True, slots=True)
class EndpointTrial:
    """What one endpoint announced when it was tried."""

    endpoint: Endpoint
    links: tuple[Link, ...] = ()
    #: Further documents that it names and that were not read: files of a sitemap.
    documents: int = 0
    #: Times of the newest and of the oldest link, ISO 8601, as precise as the endpoint was.
    newest: str | None = None
    oldest: str | None = None
    #: Why it is of no use, or of little; one line with what to do.
    problem: str | None = None


async def try_endpoint(
    endpoint: Endpoint,
    source: Source,
    client: Fetcher,
    *,
    now: datetime | None = None,
    parse: Parsing = parse_here,
) -> EndpointTrial:
    """Read ``endpoint`` as a poll of ``source`` would, up to a few documents.

    An archive is read no further than its first document. Nothing is raised for what a site does
    wrong.
    """
    links: list[Link] = []
    errors: list[str] = []
    tally = Tally()
    read = following = 0
    documents = read_endpoint(endpoint, source, client, lambda url: None, parse=parse)
    async with contextlib.aclosing(documents):
        async for document in documents:
            read += 1
            for link in document.links:
                links.append(link)
                if len(links) >= MOST_LINKS:
                    break
            following += len(document.following)
            added(tally, document)
            if document.error is not None:
                errors.append(str(document.error))
            if len(links) >= MOST_LINKS or read >= (1 if endpoint.archive else MOST_DOCUMENTS):
                break
    times = sorted(when for link in links if (when := _time_of(link)))
    newest = times[-1] if times else None
    problem = errors[0] if errors else None
    if not links and not errors and not following:
        problem = f"{endpoint.url}: announces no article of this site{because(tally)}"
    elif tally.off_site > len(links) and not errors:
        problem = f"{endpoint.url}: {leading_away(tally)}"
    elif newest and not endpoint.archive and not errors:
        problem = _stale(endpoint, newest, now or datetime.now(UTC))
    return EndpointTrial(
        endpoint,
        tuple(links),
        max(0, following - read + 1),
        newest,
        times[0] if times else None,
        problem,
    )


def added(tally: Tally, document: Document) -> None:
    """Count what ``document`` has told in ``tally``."""
    for field in fields(Tally):
        total = getattr(tally, field.name) + getattr(document.tally, field.name)
        setattr(tally, field.name, total)


def because(tally: Tally) -> str:
    """Why the entries of a document gave no link, behind a colon; empty where there were none."""
    counts = [(getattr(tally, name), why) for name, why in _WHY.items()]
    told = [f"{count} {why}" for count, why in counts if count]
    where = f"; {tally.whither()}" if tally.off_site else ""
    return f": {', '.join(told)}{where}" if told else ""


def leading_away(tally: Tally) -> str:
    """What is said of a document most of whose links lead elsewhere."""
    named = tally.off_site + tally.on_site
    return f"{tally.off_site} of {named} links lead to other sites: {tally.whither()}"


def _time_of(link: Link) -> str | None:
    return link.published or link.modified or link.dated


def _stale(endpoint: Endpoint, newest: str, now: datetime) -> str | None:
    # By the day: precision and zones differ.
    if newest[:10] >= f"{now - STALE_AFTER:%Y-%m-%d}":
        return None
    return (
        f"{endpoint.url}: announces nothing newer than {newest[:10]}; "
        "where the site goes on elsewhere, add the address of its new feed"
    )


def worth_keeping(trials: Sequence[EndpointTrial]) -> list[EndpointTrial]:
    """Those of the polled endpoints that announce something which none before them does."""
    kept: list[EndpointTrial] = []
    seen: set[str] = set()
    for trial in trials:
        keys = {link.key for link in trial.links}
        if not trial.endpoint.archive and not keys <= seen:
            seen |= keys
            kept.append(trial)
    return kept


def covered_by_platform(
    platform: str | None, home: str, polled: Sequence[Endpoint], found: Sequence[Endpoint]
) -> bool:
    """Whether the platform's preset says it all, so that the file need not.

    Args:
        platform: of the site.
        home: of the site.
        polled: what is worth polling.
        found: everything that answered, archives too.
    """
    preset = platform_endpoints(platform, home)
    usual = _named([endpoint for endpoint in preset if not endpoint.archive])
    return bool(preset) and usual == _named(polled) and _named(preset) <= _named(found)


def _named(endpoints: Sequence[Endpoint]) -> set[tuple[str, str]]:
    return {(endpoint.kind, address_key(endpoint.url)) for endpoint in endpoints}
