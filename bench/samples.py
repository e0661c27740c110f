"""Run our readers over the samples that test suites of other libraries hold, and compare.

    pip download --no-deps --no-binary feedparser -d samples feedparser
    python -m bench.samples samples/*.tar.gz a-folder-of-feeds
    python -m bench.samples --show-refused --show-different samples/feedparser-*.tar.gz

Feeds, sitemaps and robots.txt files are found by what is in them. What we read of a feed is compared
with what feedparser finds on its own, and with the expectations that its suite has in comments
(``Expect: entries[0]['link'] == ...``); of a robots.txt, with Protego's answers to the unchanged file;
of a sitemap, with the addresses that lxml sees in the whole tree. Most of the suite's entries have no
address, so that we leave them out; ``--graft`` gives them one. Ends with 1 where a reader crashed.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import calendar
import gzip
import io
import json
import re
import tarfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import feedparser
from lxml import etree
from protego import Protego

from sources.client.robots import PRODUCT, RobotsAnswer, RobotsCache
from sources.endpoints.feed import looks_like_feed, read_feed
from sources.endpoints.sitemap import read_sitemap
from sources.errors import EndpointError
from sources.link import Announced

#: Bytes of a sample; larger ones are no samples.
LARGEST = 64 * 1024 * 1024
#: Where the samples are said to come from.
BASE = "https://samples.example/"
ARCHIVES = (".tar.gz", ".tgz", ".tar.bz2", ".tar")
NAMES = (".xml", ".rss", ".atom", ".rdf", ".json", ".xml.gz")

Kind = Literal["feed", "sitemap", "robots"]

_SITEMAP = re.compile(rb"<(?:[a-z0-9]{1,10}:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
#: Comments, and then a line of robots.txt.
_ROBOTS = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>(?:[ \t]*(?:#[^\r\n]*)?[\r\n]+)*)\s*(?:user-?agent|sitemap|disallow)[ \t]*:",
    re.I,
)
_RULE = re.compile(r"^\s{0,20}(?:dis)?allow\s{0,5}:\s{0,5}(/[^\s#]{0,500})", re.I | re.M)
_HEADER = re.compile(
    rb"^Header:\s{1,20}(Content-(?:type|location)):\s{0,20}([^\r\n]{1,200})", re.I | re.M
)
_EXPECTED = re.compile(r"entries\[0\]\['(\w{2,20})'\] == (.{1,500}?)\s*$")
_ENTRY = re.compile(rb"<(item|entry)(?:\s[^<>]{0,300})?(?<!/)>", re.IGNORECASE)
_COMMENT = re.compile(rb"Expect:\s{1,20}(?:not bozo and )?(entries[^\r\n]{1,600})")


@dataclass(slots=True)
class Collection:
    """What came of the samples of one folder or archive."""

    name: str
    files: int = 0
    #: With entries, rules or addresses.
    read: int = 0
    empty: int = 0
    #: File and reason.
    refused: list[tuple[str, str]] = field(default_factory=list)
    crashed: list[tuple[str, str]] = field(default_factory=list)
    compared: int = 0
    #: File, and how we differ from what others find in it.
    different: list[tuple[str, str]] = field(default_factory=list)
    #: Of our readers alone.
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """As they stand in the table."""
        return {
            "collection": self.name,
            "files": self.files,
            "read": self.read,
            "empty": self.empty,
            "refused": len(self.refused),
            "crashed": len(self.crashed),
            "compared": self.compared,
            "different": len(self.different),
            "seconds": round(self.seconds, 2),
        }


def main() -> None:
    """Read every collection and print the table; the last line is JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", type=Path, nargs="+", help="folders, files or archives (.tar.gz)")
    parser.add_argument("--show-refused", action="store_true", help="each refused file and why")
    parser.add_argument("--show-different", action="store_true", help="each file read otherwise")
    parser.add_argument("--graft", action="store_true", help="give a feed's entry an address")
    options = parser.parse_args()
    found = [read_collection(path, graft=options.graft) for path in options.paths]
    columns = list(Collection("").figures())
    print(f"{columns[0]:<32}" + "".join(f"{name:>11}" for name in columns[1:]))
    for collection in found:
        row = collection.figures()
        print(f"{row['collection']:<32}" + "".join(f"{row[name]:>11}" for name in columns[1:]))
    for collection in found:
        for name, reason in collection.crashed:
            print(f"crashed: {collection.name} {name}: {reason}")
        for name, reason in collection.refused if options.show_refused else ():
            print(f"refused: {collection.name} {name}: {reason}")
        for name, reason in collection.different if options.show_different else ():
            print(f"different: {collection.name} {name}: {reason}")
    print(json.dumps({"samples": [collection.figures() for collection in found]}))
    raise SystemExit(any(collection.crashed for collection in found))


def read_collection(path: Path, *, graft: bool = False) -> Collection:
    """Read every sample of a folder, an archive, or a single file.

    ``graft``: the first entry of a feed whose entries have no address gets one.
    """
    collection = Collection(path.name)
    for name, sample in _samples(path):
        kind = kind_of(name, sample)
        if kind is None:
            continue
        collection.files += 1
        body = _with_address(sample) if graft and kind == "feed" else sample
        began = time.perf_counter()
        try:
            entries, compare = _READ[kind](body)
        except EndpointError as error:
            collection.refused.append((name, str(error).removeprefix(BASE).strip(" :")))
            if kind == "feed" and (missed := _links_by_feedparser(body)[1]):
                collection.compared += 1
                collection.different.append((name, f"refused, with links {missed}"[:400]))
            continue
        except Exception as error:  # whatever it is, it is what is looked for
            collection.crashed.append((name, f"{type(error).__name__}: {error}"[:300]))
            continue
        finally:
            collection.seconds += time.perf_counter() - began
        if entries:
            collection.read += 1
        else:
            collection.empty += 1
        difference = compare(body, entries)
        if difference is not None:
            collection.compared += 1
            if difference:
                collection.different.append((name, difference[:400]))
    return collection


def _samples(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.stat().st_size <= LARGEST:
                yield str(file.relative_to(path)), file.read_bytes()
    elif path.name.endswith(ARCHIVES):
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and member.size <= LARGEST:
                    yield member.name.partition("/")[2], content.read()
    else:
        yield path.name, path.read_bytes()


def kind_of(name: str, body: bytes) -> Kind | None:
    """What a file of samples is, by its name and what is in it; ``None`` where it is none."""
    short = name.rpartition("/")[2].lower()
    if short.endswith(".json"):
        return "feed" if b"jsonfeed.org" in body[:4096] else None
    if short.endswith(NAMES):
        head = body
        if body[:2] == b"\x1f\x8b":
            try:
                head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, LARGEST)
            except zlib.error:
                return "sitemap"
        return "sitemap" if _SITEMAP.search(head[:8192].replace(b"\x00", b"")) else "feed"
    if short.startswith("robots") and short.endswith(".txt"):
        return "robots"
    # Suites keep robots.txt files under the names of their hosts.
    return "robots" if _ROBOTS.match(body[:65536]) else None


def _with_address(body: bytes) -> bytes:
    if _links_by_feedparser(body)[1]:
        return body
    return _ENTRY.sub(_grafted, body, count=1)


def _grafted(match: re.Match[bytes]) -> bytes:
    address = f"{BASE}grafted".encode()
    if match[1].lower() == b"item":
        return match[0] + b"<link>" + address + b"</link>"
    return match[0] + b'<link href="' + address + b'"/>'


def _headers(body: bytes) -> dict[str, str]:
    """What the suite's own server would send: ``Header: Content-type: ...`` in a comment."""
    stated = {
        match[1].decode().lower(): match[2].decode("ascii", "replace").strip()
        for match in _HEADER.finditer(body)
    }
    return {"content-location": BASE, **stated}


def _read_feed(body: bytes) -> tuple[list[Any], Any]:
    headers = _headers(body)
    url = urljoin(BASE, headers["content-location"])
    return list(read_feed(body, url, headers.get("content-type"))), _compare_feed


def _compare_feed(body: bytes, entries: list[Announced]) -> str | None:
    """How we differ from feedparser's own links and from its suite's expectations."""
    if not looks_like_feed(body) or body.lstrip()[:1] == b"{":
        return None
    parsed, theirs = _links_by_feedparser(body)
    ours = [entry.url for entry in entries]
    if theirs and [url for url in ours if url in theirs] != theirs:
        return f"links {ours} and {theirs}"
    comment = _COMMENT.search(body)
    if comment and len(entries) == 1 and len(parsed.entries) == 1:
        expected = _EXPECTED.fullmatch(comment[1].decode("utf-8", "replace").strip())
        if expected:
            return _unlike(entries[0], expected[1], expected[2])
    return "" if theirs else None


def _links_by_feedparser(body: bytes) -> tuple[Any, list[str]]:
    headers = _headers(body)
    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers)
    base = headers["content-location"]
    return parsed, [urljoin(base, str(e["link"])) for e in parsed.entries if e.get("link")]


def _unlike(entry: Announced, name: str, literal: str) -> str | None:
    """How ``entry`` is unlike what is expected of it; ``None`` where that does not concern us."""
    try:
        value = ast.literal_eval(literal)
    except (ValueError, SyntaxError):
        return None
    stated: object
    if name in ("published_parsed", "updated_parsed") and isinstance(value, tuple):
        # dc:date is a change to feedparser, and the publication to us where nothing else is.
        changed = entry.modified or entry.published
        time_stated = entry.published if name == "published_parsed" else changed
        value = datetime.fromtimestamp(calendar.timegm((*value[:6], 0, 0, 0)), UTC)
        stated = _moment(time_stated) if time_stated else None
        if time_stated and len(time_stated) <= 10 and isinstance(stated, datetime):
            value = value.replace(hour=0, minute=0, second=0)
    elif name in ("link", "language"):
        stated = getattr(entry, {"link": "url"}.get(name, name))
        value = str(value).replace("http://127.0.0.1:8097/", BASE)
    elif name == "title":
        # Markup is expected to stay there, and goes here.
        if not isinstance(value, str) or set("<&") & set(value):
            return None
        value, stated = " ".join(value.split()), entry.title or ""
    elif name == "author":
        # With an address of mail behind the name or without.
        if not entry.authors or str(value).startswith(entry.authors[0]):
            return ""
        stated = entry.authors[0]
    else:
        return None
    return "" if stated == value else f"{name}: {stated} instead of {value}"


def _moment(stated: str) -> datetime | str:
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return stated
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_sitemap(body: bytes) -> tuple[list[Any], Any]:
    return list(read_sitemap(body, BASE)), _compare_sitemap


def _compare_sitemap(body: bytes, entries: list[Any]) -> str | None:
    """How the addresses differ from those of the whole tree."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, recover=True))
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    found = root.xpath("//*[local-name()='url' or local-name()='sitemap']/*[local-name()='loc'][1]")
    theirs = [text for element in found if (text := (element.text or "").strip())]
    ours = [entry.url for entry in entries]
    return "" if ours == theirs else f"{len(ours)} addresses instead of {len(theirs)}"


def _read_robots(body: bytes) -> tuple[list[Any], Any]:
    async def ask() -> RobotsAnswer:
        return RobotsAnswer(f"{BASE}robots.txt", 200, body)

    async def read() -> list[Any]:
        cache = RobotsCache(60.0)
        try:
            rules = await cache.rules(BASE.rstrip("/"), ask)
        finally:
            await cache.aclose()
        answers = [(path, rules.allows(urljoin(BASE, path))) for path in _paths(body)]
        said: list[Any] = [answer for answer in answers if not answer[1]]
        delay = [rules.crawl_delay] if rules.crawl_delay else []
        return [*said, *rules.sitemaps, *delay]

    return asyncio.run(read()), _compare_robots


def _paths(body: bytes) -> list[str]:
    """Addresses that a robots.txt speaks of, with something in the place of its stars."""
    text = body.decode("utf-8", "replace")
    paths = [match[1].replace("*", "x").rstrip("$") for match in _RULE.finditer(text)]
    return list(dict.fromkeys(paths))[:200]


def _compare_robots(body: bytes, entries: list[Any]) -> str | None:
    """How the answers differ from those of Protego, who reads the file as it is."""
    rules = Protego.parse(body.decode("utf-8-sig", "replace").replace("\x00", ""))
    theirs = {path for path in _paths(body) if not rules.can_fetch(urljoin(BASE, path), PRODUCT)}
    ours = {entry[0] for entry in entries if isinstance(entry, tuple)}
    unlike = sorted(theirs ^ ours)
    if unlike:
        return f"{len(unlike)} addresses answered otherwise, such as {unlike[0]}"
    named = tuple(dict.fromkeys(rules.sitemaps))
    listed = tuple(entry for entry in entries if isinstance(entry, str))
    return "" if listed == named[: len(listed)] and bool(listed) == bool(named) else "sitemaps"


_READ = {"feed": _read_feed, "sitemap": _read_sitemap, "robots": _read_robots}

if __name__ == "__main__":
    main()
