"""A document of an endpoint (a feed, one file of a sitemap, a listing page) and its links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urljoin, urlsplit

from sources.address import address_key, as_browsers_read
from sources.address_patterns import pattern_of
from sources.endpoints.addresses.address_date import day_in_address, span_in_address
from sources.endpoints.addresses.article_address import AddressKind, is_trap, kind_of_address
from sources.endpoints.addresses.numbering import Held, shown_by
from sources.errors import EndpointError, FetchError
from sources.hosting import Sites
from sources.link import Announced, Link
from sources.page import Validators
from sources.source import Endpoint, LinkRules, Source

__all__ = [
    "Document",
    "Following",
    "Known",
    "LinkFilter",
    "Tally",
    "Window",
]

_DAY = timedelta(days=1)
#: What an address can say that it leads to, and that is never filed.
NO_ARTICLE: frozenset[AddressKind] = frozenset(
    ["section", "tag", "author", "file", "search", "account", "static", "pagination", "calendar"]
)
#: Files that are no article, whatever announces them.
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|pdf|mp3|mp4|m4a|m4v|mov|avi|webm|zip|gz|docx?|xlsx?|pptx?|woff2?)$",
    re.IGNORECASE,
)
#: Files that a page links to for its own use; a story may be called ``/posts/why-we-left-node.js``.
#: Entries whose parameters are in doubt that are held until their document has been read.
MOST_HELD = 20_000
#: Other hosts that are counted one by one.
MOST_HOSTS = 50
_CODE = re.compile(r"\.(?:css|js|xml|rss|atom|json)$", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier reading left of a document."""

    validators: Validators = field(default_factory=Validators)
    following: tuple[Following, ...] = ()
    #: Read to its end by the backfill that goes on: not asked for again.
    read: bool = False
    #: Whether the last attempt failed.
    failed: bool = False
    checked_at: datetime | None = None
    #: By which rules it was read (``reading_rules.rules_of``); ``None`` where nobody noted it.
    rules: str | None = None


@dataclass(slots=True)
class Tally:
    """Entries of a document that gave no link, by reason; and how many there were on the site."""

    off_site: int = 0
    excluded: int = 0
    too_old: int = 0
    #: Announced for a time after the window, or before it.
    out_of_window: int = 0
    #: By the address a section, a tag, an author's page, ...
    no_article: int = 0
    #: Addresses without end: a path that repeats itself, a calendar.
    trap: int = 0
    malformed: int = 0
    repeated: int = 0
    #: Where those of ``off_site`` lead: how many to which host.
    elsewhere: Counter[str] = field(default_factory=Counter)

    #: Entries on the source's site, whatever became of them.
    on_site: int = 0

    def leads_off_site(self) -> bool:
        """Whether the document names addresses, and none of them is on the source's own site."""
        return self.off_site > 0 and not self.on_site

    def whither(self) -> str:
        """The hosts of ``elsewhere``, for a message, with how the source file takes them."""
        named = self.elsewhere.most_common(3)
        hosts = ", ".join(f"{host} ({count})" for host, count in named)
        more = f" and {len(self.elsewhere) - 3} more hosts" if len(self.elsewhere) > 3 else ""
        taken = ", ".join(f'"{host}"' for host, _ in named)
        return f"{hosts}{more}; [links] hosts = [{taken}] in the source file takes them"


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
    #: By which rules it is read (``reading_rules.rules_of``).
    rules: str = ""
    links: Iterable[Link] = ()
    error: EndpointError | FetchError | None = None
    #: Documents that it names; whole only when ``links`` has been iterated.
    following: list[Following] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    #: Whether what came is a page that asks to log in.
    walled: bool = False
    #: Where it is now, where every redirect on the way said that it has moved for good.
    moved_to: str | None = None

    @property
    def cause(self) -> str | None:
        """The kind of ``error`` in a word; ``None`` where there is none."""
        if self.error is None:
            return None
        unreadable = self.error.cause == EndpointError.cause
        return "login_wall" if self.walled and unreadable else self.error.cause


class LinkFilter:
    """Decides which announced addresses are this source's, and makes links of them."""

    def __init__(
        self,
        source: Source,
        now: datetime,
        window: Window | None = None,
        numbered: Collection[str] = frozenset(),
    ) -> None:
        """Judge for ``source``.

        Args:
            source: whose rules decide.
            now: for ``max_age``.
            window: of a backfill.
            numbered: shapes of addresses in which a doubtful parameter numbers the source's articles
                (``numbering.numbered_shapes``).
        """
        self._numbered = frozenset(numbered)
        self._rules: LinkRules = source.links
        addresses = (source.home, *(endpoint.url for endpoint in source.endpoints))
        self._sites = Sites(addresses, source.links.hosts)
        self._oldest = now - source.links.max_age if source.links.max_age and not window else None
        self._window = window or Window()
        self._dated = self._window != Window()
        self._source_home = source.home
        self._home = address_key(source.home)

    def links(
        self,
        entries: Iterable[Announced],
        document: Document,
        base: str,
        *,
        sure: bool = True,
        seen: set[int] | None = None,
        met: set[int] | None = None,
        alone: bool = False,
    ) -> Iterator[Link]:
        """The links among ``entries``, counting the others in ``document.tally``.

        An ``EndpointError`` that reading the entries raises ends the iteration and becomes
        ``document.error``: what came before it stays. Entries whose parameters are in doubt come
        last, when the document has shown what those are.

        Args:
            entries: as the document has them.
            document: takes tally and error.
            base: address that relative ones are resolved against.
            sure: whether what the endpoint names is an article by its nature, as in a feed; in a
                sitemap or a listing the conventions of addresses are asked, unless the source
                file's ``include`` takes them in.
            seen: hashes of keys seen in this reading, for endpoints whose pages overlap.
            met: is given those of all addresses of the site, taken or not.
            alone: whether the document speaks for its endpoint, so that an error is told where
                nothing that it names is on the source's site.
        """
        seen = set() if seen is None else seen
        tally = document.tally
        try:
            for entry, url, key, numbered in self._read(entries, base, tally, sure=sure):
                # 64 bits each: a million keys as text would take a quarter of a gigabyte
                mark = hash(key)
                if mark in seen:
                    tally.repeated += 1
                elif self._takes(entry, url, key, tally, sure=sure or numbered):
                    seen.add(mark)
                    dated = None if entry.published else day_in_address(urlsplit(url).path)
                    yield Link.of(entry, url=url, key=key, dated=dated)
                if met is not None:
                    met.add(mark)
        except EndpointError as error:
            document.error = error
        if alone and document.error is None and tally.leads_off_site():
            all_of_them = (
                f"all {tally.off_site} links lead to other sites"
                if tally.off_site > 1
                else "its one link leads to another site"
            )
            document.error = EndpointError(
                document.url, f"{all_of_them}: {tally.whither()}", "off_site"
            )

    def _read(
        self, entries: Iterable[Announced], base: str, tally: Tally, *, sure: bool
    ) -> Iterator[tuple[Announced, str, str, bool]]:
        """Entries on the source's site, each with its address and key, and whether a parameter of it
        has shown that it numbers articles.
        """
        held: list[Held] = []
        broken: EndpointError | None = None
        try:
            for entry in entries:
                try:
                    url = as_browsers_read(entry.url or "")
                    if url and not url.startswith(("https://", "http://")):
                        url = urljoin(base, url)
                    key = address_key(url)
                    host = urlsplit(url).hostname or ""
                except ValueError:
                    tally.malformed += 1
                    continue
                if not self._sites.has(url):
                    tally.off_site += 1
                    if host in tally.elsewhere or len(tally.elsewhere) < MOST_HOSTS:
                        tally.elsewhere[host] += 1
                    continue
                tally.on_site += 1
                doubt = Held.of(entry, url, key) if "?" in url and len(held) < MOST_HELD else None
                if doubt is None:
                    yield entry, url, key, False
                elif counting := doubt.counting(self._numbered):
                    yield entry, url, address_key(url, counting), True
                else:
                    held.append(doubt)
        except EndpointError as error:
            broken = error
        shown = shown_by(held, self._source_home, sure=sure) if len(held) > 1 else frozenset()
        self._numbered |= shown
        for doubt in held:
            counting = doubt.counting(shown) if shown else frozenset()
            key = address_key(doubt.url, counting) if counting else doubt.key
            yield doubt.entry, doubt.url, key, bool(counting)
        if broken is not None:
            raise broken

    def _takes(self, entry: Announced, url: str, key: str, tally: Tally, *, sure: bool) -> bool:
        """Whether a link on the source's site is wanted; else it is counted in ``tally``."""
        path = urlsplit(url).path
        if key == self._home or not self.wants(url, sure=sure):
            tally.excluded += 1
        elif self.too_old(entry.published or entry.modified):
            tally.too_old += 1
        elif self._dated and self.out_of_window(entry, path):
            tally.out_of_window += 1
        elif is_trap(url):
            tally.trap += 1
        elif (
            not sure
            and not self._rules.include
            and kind_of_address(url, self._source_home) in NO_ARTICLE
        ):
            tally.no_article += 1
        else:
            return True
        return False

    def out_of_window(self, entry: Announced, path: str) -> bool:
        """Whether ``entry`` is surely outside the window; what is not known is inside.

        A change is never before publication, so that one before the window excludes; a day counts
        in whatever zone it may be.
        """
        since, until = self._window.since, self._window.until
        if since is None and until is None:
            return False
        span = _span(entry.published)
        changed = _span(entry.modified)
        if span is None:
            shown = span_in_address(path)
            span = (shown[0] - _DAY, shown[1] + _DAY) if shown else None
        if since is not None and any(known and known[1] < since for known in (span, changed)):
            return True
        return until is not None and span is not None and span[0] >= until

    def wants(self, url: str, *, sure: bool = False) -> bool:
        """Whether path and query of ``url`` pass the globs of the source file.

        ``sure``: what named it names articles only.
        """
        parts = urlsplit(url)
        path = parts.path or "/"
        if _NO_PAGE.search(path[-12:]) or (not sure and _CODE.search(path[-12:])):
            return False
        target = f"{path}?{parts.query}" if parts.query else path
        include, exclude = self._rules.include, self._rules.exclude
        if include and not any(pattern_of(pattern).match(target) for pattern in include):
            return False
        return not any(pattern_of(pattern).match(target) for pattern in exclude)

    def too_old(self, announced: str | None) -> bool:
        """Whether an announced time is before the source's ``max_age``; unknown times are not."""
        if self._oldest is None:
            return False
        span = _span(announced)
        return span is not None and span[1] < self._oldest

    def takes(self, url: str) -> bool:
        """Whether a page at ``url`` is this source's, by its address; for whole pages on file."""
        try:
            is_home = address_key(url) == self._home
        except ValueError:
            return False
        if is_home or not self.home_site(url) or not self.wants(url):
            return False
        return not self.out_of_window(Announced(url), urlsplit(url).path)

    def home_site(self, url: str) -> bool:
        """Whether ``url`` is of one of the source's sites."""
        return self._sites.has(url)


def _span(stated: str | None) -> tuple[datetime, datetime] | None:
    """The earliest and the latest instant that an announced time may mean."""
    if stated is None:
        return None
    try:
        moment = datetime.fromisoformat(stated)
        if len(stated) <= 10:
            begin = datetime.combine(date.fromisoformat(stated), time(), UTC)
            return begin - _DAY, begin + 2 * _DAY
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
            return moment - _DAY, moment + _DAY
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment, moment
