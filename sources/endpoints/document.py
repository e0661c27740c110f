"""A document of an endpoint (a feed, one file of a sitemap, a listing page) and its links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import translate
from functools import lru_cache
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from sources.address import address_key, registrable_domain
from sources.errors import EndpointError, FetchError
from sources.link import Link
from sources.page import Page, Validators
from sources.source import Endpoint, FetchRules, LinkRules, Source

__all__ = ["Announced", "Document", "Fetcher", "Following", "LinkFilter", "Tally", "Window"]

#: Files that are no article, whatever announces them.
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|mp3|mp4|m4a|m4v|mov|avi|webm|zip|gz|docx?|xlsx?|pptx?"
    r"|css|js|xml|rss|atom|json|woff2?)$",
    re.IGNORECASE,
)


class Fetcher(Protocol):
    """What endpoints need of the client."""

    async def fetch(
        self,
        url: str,
        *,
        rules: FetchRules = ...,
        validators: Validators | None = None,
        accept: str = "page",
        max_body: int | None = None,
    ) -> Page:
        """Download ``url``; raises ``FetchError``."""

    async def robots_sitemaps(self, url: str, rules: FetchRules = ...) -> tuple[str, ...]:
        """The ``Sitemap:`` lines of the robots.txt of ``url``'s host."""


@dataclass(frozen=True, slots=True)
class Announced:
    """One entry of a document as it stands there, before it is judged."""

    url: str
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    content: str | None = None
    #: Where the page is downloaded from, where that is not ``url``: an archive's copy.
    fetch_url: str | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """Another document of the endpoint, which this one names: a sitemap's file, the next page."""

    #: Absolute, or relative to the document's address.
    url: str
    #: When it changed last, ISO 8601 exactly as precise as the document was.
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The time whose articles are wanted: from ``since`` (included) to ``until`` (not); aware, UTC."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class Tally:
    """Entries of a document that gave no link, by reason."""

    off_site: int = 0
    excluded: int = 0
    too_old: int = 0
    malformed: int = 0
    repeated: int = 0


@dataclass(slots=True)
class Document:
    """What one request to an endpoint brought.

    ``links`` is parsed while it is iterated, once; ``error`` and ``tally`` are whole afterwards.
    """

    url: str
    endpoint: Endpoint
    #: HTTP status; ``None`` where no answer came.
    status: int | None = None
    validators: Validators = field(default_factory=Validators)
    not_modified: bool = False
    links: Iterable[Link] = ()
    error: EndpointError | FetchError | None = None
    #: Documents that it names; whole only when ``links`` has been iterated.
    following: list[Following] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class LinkFilter:
    """Decides which announced addresses are this source's, and makes links of them."""

    def __init__(self, source: Source, now: datetime) -> None:
        self._rules: LinkRules = source.links
        addresses = (source.home, *(endpoint.url for endpoint in source.endpoints))
        hosts = {urlsplit(address).hostname or "" for address in addresses} | set(
            source.links.hosts
        )
        self._domains = {registrable_domain(host) for host in hosts if host}
        self._oldest = now - source.links.max_age if source.links.max_age else None
        self._home = address_key(source.home)

    def links(self, entries: Iterable[Announced], document: Document, base: str) -> Iterator[Link]:
        """The links among ``entries``, counting the others in ``document.tally``.

        An ``EndpointError`` that reading the entries raises ends the iteration and becomes
        ``document.error``: what came before it stays.
        """
        seen: set[str] = set()
        tally = document.tally
        try:
            for entry in entries:
                url = urljoin(base, entry.url.strip()) if entry.url else ""
                try:
                    key = address_key(url)
                    host = urlsplit(url).hostname or ""
                except ValueError:
                    tally.malformed += 1
                    continue
                if key in seen:
                    tally.repeated += 1
                elif registrable_domain(host) not in self._domains:
                    tally.off_site += 1
                elif key == self._home or not self.wants(url):
                    tally.excluded += 1
                elif self.too_old(entry.published or entry.modified):
                    tally.too_old += 1
                else:
                    seen.add(key)
                    yield Link(
                        url=url,
                        key=key,
                        title=entry.title,
                        published=entry.published,
                        modified=entry.modified,
                        authors=entry.authors,
                        language=entry.language,
                        content=entry.content,
                        fetch_url=entry.fetch_url,
                    )
        except EndpointError as error:
            document.error = error

    def wants(self, url: str) -> bool:
        """Whether path and query of ``url`` pass the globs of the source file."""
        parts = urlsplit(url)
        path = parts.path or "/"
        if _NO_PAGE.search(path[-12:]):
            return False
        target = f"{path}?{parts.query}" if parts.query else path
        include, exclude = self._rules.include, self._rules.exclude
        if include and not any(_glob(pattern).match(target) for pattern in include):
            return False
        return not any(_glob(pattern).match(target) for pattern in exclude)

    def too_old(self, announced: str | None) -> bool:
        """Whether an announced time is before the source's ``max_age``; unknown times are not."""
        if self._oldest is None or announced is None:
            return False
        try:
            moment = datetime.fromisoformat(announced)
        except ValueError:
            return False
        if len(announced) <= 10:
            # A day counts until its end, wherever on earth that is.
            moment = datetime.combine(date.fromisoformat(announced), time(), UTC) + timedelta(
                days=2
            )
        elif moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC) + timedelta(days=1)
        return moment < self._oldest

    def home_site(self, url: str) -> bool:
        """Whether ``url`` is on one of the source's registrable domains."""
        try:
            return registrable_domain(urlsplit(url).hostname or "") in self._domains
        except ValueError:
            return False


@lru_cache(maxsize=4096)
def _glob(pattern: str) -> re.Pattern[str]:
    # fnmatch's translation joins its stars with atomic groups: no backtracking without bound.
    return re.compile(translate(pattern))
