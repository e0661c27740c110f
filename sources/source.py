"""A source as the rest of Copydesk sees it: one publisher, its endpoints and its rules.

Values only. How they are read from TOML is in ``source_file``; where they ship is ``catalogue``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Literal

__all__ = [
    "ACCEPTABLE",
    "REFUSABLE",
    "Endpoint",
    "EndpointKind",
    "ExtractRules",
    "FetchRules",
    "LinkRules",
    "Schedule",
    "Source",
]

EndpointKind = Literal["feed", "sitemap", "listing", "wordpress", "ghost", "cdx", "warc", "folder"]

#: Kinds of pages that are refused unless ``accept`` of a source file names them ...
ACCEPTABLE = ("front_page", "listing", "product", "forum")
#: ... and kinds of articles that are filed unless ``refuse`` names them.
REFUSABLE = ("live_blog", "gallery", "video", "opinion", "press_release")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place where a source announces its articles."""

    kind: EndpointKind
    url: str
    #: CSS selector of the links on a listing page (elements with ``href``, or holding one).
    selector: str | None = None
    #: True for an endpoint that lists old articles too: a poll reads it only where the source
    #: has no other endpoint.
    archive: bool = False
    #: Of a CDX index: what its replay addresses begin with, where ``url`` does not tell.
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the daemon collects a source; with neither field it adapts to the source's own pace."""

    every: timedelta | None = None
    #: Five-field crontab expression ...
    cron: str | None = None
    #: ... and the IANA name of the clock that it goes by; ``None`` is UTC.
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Which announced addresses are this source's articles."""

    #: Globs (``*``, ``?``) over path and query; a link must match one of ``include`` if there are any ...
    include: tuple[str, ...] = ()
    #: ... and none of ``exclude``.
    exclude: tuple[str, ...] = ()
    #: Hosts beside the home's own registrable domain whose pages count as this source's.
    hosts: tuple[str, ...] = ()
    #: Announced articles older than this are left alone; ``None`` takes any age.
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FetchRules:
    """How this source may be asked; ``None`` takes the installation's default."""

    #: Seconds between two requests to one host.
    delay: float | None = None
    #: Requests under way at once to one host.
    concurrency: int | None = None
    #: Whether addresses inside private networks may be fetched.
    allow_private: bool = False
    #: Whether robots.txt is obeyed.
    robots: bool = True
    user_agent: str | None = None
    #: ``http://``, ``https://`` or ``socks5://`` address of a proxy, with its log-in if it has one.
    proxy: str | None = None
    #: Whether pages are drawn by a browser (extra ``render``), for sites that are empty without.
    render: bool = False
    #: Extra request headers, as (name, value).
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractRules:
    """CSS selectors of an article's parts, each list tried in order, what to strike, what to file."""

    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    standfirst: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: Elements that are never part of the text.
    remove: tuple[str, ...] = ()
    #: Lines that are never part of the text, compared after folding case and blanks.
    chrome: tuple[str, ...] = ()
    #: Pages that are articles whatever is thought of them: globs over path and query, and kinds of
    #: ``ACCEPTABLE``. Error pages and walls stay refused.
    accept: tuple[str, ...] = ()
    #: Pages that are never filed: globs, and kinds of ``REFUSABLE``. They come before ``accept``.
    refuse: tuple[str, ...] = ()

    def before(self, others: ExtractRules) -> ExtractRules:
        """These rules, and ``others`` behind them; each once."""
        return ExtractRules(
            **{
                field.name: tuple(
                    dict.fromkeys((*getattr(self, field.name), *getattr(others, field.name)))
                )
                for field in fields(self)
            }
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher: what one source file says, with its platform's preset already applied."""

    name: str
    home: str
    title: str
    language: str | None = None
    #: ISO 3166-1 alpha-2, upper case.
    country: str | None = None
    #: Name of a preset in ``sources/platforms``.
    platform: str | None = None
    #: Empty: found by ``discover_endpoints`` from the home page.
    endpoints: tuple[Endpoint, ...] = ()
    schedule: Schedule = field(default_factory=Schedule)
    links: LinkRules = field(default_factory=LinkRules)
    fetch: FetchRules = field(default_factory=FetchRules)
    #: The rules in force: its own, and its platform's behind them.
    extract: ExtractRules = field(default_factory=ExtractRules)
    #: Its own words, where a preset stands behind them: see ``own``.
    written: ExtractRules | None = None
    #: The file that describes it, for messages.
    path: Path | None = None
    #: False where the operator's own file describes it.
    shipped: bool = True

    @property
    def own(self) -> ExtractRules:
        """What its own file says of extraction, without its platform's preset."""
        return self.extract if self.written is None else self.written
