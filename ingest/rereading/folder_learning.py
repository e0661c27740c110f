"""Templates from a folder of saved pages, site by site: without a database, without a request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.rereading.relearn import Kinds, RestingPage, learn_kind, read_generically
from ingest.templates.shelf import Shelf
from ingest.workers.pool import ExtractionPool
from sources.address import registrable_domain
from sources.endpoints.archives.archived_page import PassedOver
from sources.endpoints.archives.folder import OWN_ADDRESS, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from ingest.rereading.relearn import Kind, Lesson
    from sources.source import Source

__all__ = ["FolderLearned", "Site", "learn_from_folder"]

#: Where pages are put that do not say where they come from.
_HOME = "http://pages.invalid/"
#: Pages read side by side, and kinds of a site that are learned, those of most pages first.
_LOT, _MOST_KINDS = 32, 40


@dataclass(slots=True)
class Site:
    """The pages of one registrable domain; of none for pages that do not say theirs."""

    name: str
    source: Source | None
    kinds: Kinds = field(default_factory=Kinds)
    lessons: list[tuple[Kind, Lesson]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FolderLearned:
    """What a folder taught."""

    sites: tuple[Site, ...]
    #: Files that gave no page.
    passed_over: PassedOver


async def learn_from_folder(
    folder: Path,
    source_of: Callable[[str], Source | None],
    workers: int,
    *,
    now: datetime,
    observe: Callable[[int], None] = lambda pages: None,
) -> FolderLearned:
    """Learn from every page beneath ``folder``.

    Args:
        folder: as ``sources.endpoints.archives.folder`` reads it.
        source_of: the source whose site an address is of, where it is a known one.
        workers: processes that read.
        now: the latest that a date may be.
        observe: told how many pages have been read.

    Raises:
        EndpointError: it is no folder, or cannot be read.
    """
    passed_over = PassedOver()
    files = read_folder(folder, lambda url: True, home=_HOME, passed_over=passed_over)
    sites: dict[str, Site] = {}
    count = 0
    async with ExtractionPool(workers) as pool:
        while lot := await asyncio.to_thread(lambda: list(islice(files, _LOT))):
            pages = [RestingPage(each.page) for each in lot]
            theirs = [_site_of(each.url, sites, source_of) for each in lot]
            readings = await asyncio.gather(
                *(
                    read_generically(pool, page, site.source)
                    for page, site in zip(pages, theirs, strict=True)
                )
            )
            for page, site, reading in zip(pages, theirs, readings, strict=True):
                site.kinds.add(page, reading)
            count += len(lot)
            observe(count)
        for site in sites.values():
            shelf = Shelf(site.name)
            for kind in site.kinds.largest()[:_MOST_KINDS]:
                lesson = await learn_kind(kind, shelf, pool, site.source, now)
                site.lessons.append((kind, lesson))
    return FolderLearned(tuple(sites.values()), passed_over)


def _site_of(url: str, sites: dict[str, Site], source_of: Callable[[str], Source | None]) -> Site:
    name = "" if OWN_ADDRESS in url else registrable_domain(urlsplit(url).hostname or "")
    if name not in sites:
        sites[name] = Site(name, source_of(url) if name else None)
    return sites[name]
