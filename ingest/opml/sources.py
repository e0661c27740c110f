"""Sources of a list of feeds: the feeds of one site are one source; and the list of sources' feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.opml.document import OpmlFeed
from ingest.trying.site_identity import common_title, free_name, slug
from sources.address import address_key
from sources.errors import SourceFileError
from sources.hosting import site_of
from sources.source import Endpoint, Source
from sources.source_file import parse_source
from sources.source_file_text import source_file_text

if TYPE_CHECKING:
    from sources.catalogue import Catalogue

__all__ = ["KnownFeed", "Sorted", "feeds_of", "sort_feeds"]

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed of the list that a known source has already."""

    feed: OpmlFeed
    source: Source


@dataclass(frozen=True, slots=True)
class Sorted:
    """A list of feeds against what is known."""

    #: Sources to be written, in the list's order.
    new: tuple[Source, ...]
    known: tuple[KnownFeed, ...]
    #: Outlines that are of no use, one line each.
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An outline whose addresses are in order."""

    feed: OpmlFeed
    url: str
    key: str
    home: str


def sort_feeds(feeds: Iterable[OpmlFeed], catalogue: Catalogue) -> Sorted:
    """Make sources of ``feeds``, one a site; a feed that a known source has makes none.

    No network is asked: what the list says is all there is.
    """
    sources = _known_feeds(catalogue)
    groups: dict[tuple[str, str], list[_Entry]] = {}
    seen: set[str] = set()
    known: dict[str, KnownFeed] = {}
    problems: list[str] = []
    for feed in feeds:
        entry = _entry(feed)
        if entry is None:
            problems.append(f"{feed.url[:200]}: expected an address that starts with http or https")
        elif entry.key in sources:
            known.setdefault(entry.key, KnownFeed(feed, sources[entry.key]))
        elif entry.key not in seen:
            seen.add(entry.key)
            # By the name, where Copydesk gave one: two editions of one house stay two sources.
            group = ("name", feed.name) if feed.name else ("site", site_of(entry.home).key)
            if site_of(entry.home).relayed:
                group = ("feed", entry.key)
            groups.setdefault(group, []).append(entry)
    taken = set(catalogue.names())
    new: list[Source] = []
    for entries in groups.values():
        source = _source(entries, taken)
        try:
            parse_source(source_file_text(source))
        except SourceFileError as error:
            problems.append(f"{source.home}: {error.faults[0]}")
            continue
        taken.add(source.name)
        new.append(source)
    return Sorted(tuple(new), tuple(known.values()), tuple(problems))


def _known_feeds(catalogue: Catalogue) -> dict[str, Source]:
    return {
        address_key(endpoint.url): source
        for source in catalogue.all()
        for endpoint in source.endpoints
        if endpoint.kind == "feed"
    }


def _entry(feed: OpmlFeed) -> _Entry | None:
    url = feed.url
    if url.lower().startswith("feed:"):
        # feed://host/path and feed:https://host/path, as browsers once handed them to readers.
        url = f"http:{url[5:]}" if url[5:7] == "//" else url[5:]
    try:
        key = address_key(url)
        root = site_of(url).root
    except ValueError:
        return None
    home = feed.home or root
    try:
        site_of(home)
    except ValueError:
        home = root
    return _Entry(feed, url, key, home)


def _source(entries: Sequence[_Entry], taken: set[str]) -> Source:
    # Of several, the one most outlines name; of those, the shortest: sections name their own.
    homes = Counter(entry.home for entry in entries)
    home = min(homes, key=lambda address: (-homes[address], len(address)))
    language = _most(_language(entry.feed.language) for entry in entries)
    title = _title(entries)
    name = entries[0].feed.name
    if name is None or slug(name) != name or name in taken:
        name = free_name(title, home, taken, language)
    return Source(
        name=name,
        home=home,
        title=title or name,
        language=language,
        endpoints=tuple(Endpoint("feed", entry.url) for entry in entries),
        shipped=False,
    )


def _title(entries: Sequence[_Entry]) -> str | None:
    titles = [title for entry in entries if (title := _clean(entry.feed.title))]
    if not titles:
        return None
    shared = common_title(titles)
    if shared is None:
        # A folder of one paper's sections, called as the paper.
        folders = {entry.feed.folders[-1:] for entry in entries}
        named = next(iter(folders)) if len(folders) == 1 and len(entries) > 1 else ()
        shared = _clean(named[0]) if named else None
    return shared or titles[0]


def _clean(text: str | None) -> str | None:
    kept = "".join(char for char in text or "" if char.isprintable())
    return " ".join(kept.split())[:LONGEST_TITLE].strip() or None


def _language(stated: str | None) -> str | None:
    code = (stated or "")[:2].lower()
    usual = len(stated or "") == 2 or (stated or "")[2:3] in ("-", "_")
    return code if usual and code.isascii() and code.isalpha() and len(code) == 2 else None


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def feeds_of(sources: Iterable[Source]) -> tuple[list[OpmlFeed], list[Source]]:
    """The feeds of ``sources``, and the sources that have none."""
    feeds: list[OpmlFeed] = []
    without: list[Source] = []
    for source in sources:
        own = [endpoint for endpoint in source.endpoints if endpoint.kind == "feed"]
        if not own:
            without.append(source)
        feeds += [
            OpmlFeed(endpoint.url, source.title, source.home, source.language, (), source.name)
            for endpoint in own
        ]
    return feeds, without
