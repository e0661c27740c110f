"""The generated sites on one loopback port, in a process of its own: the Host header picks one.

    python -m bench.pipeline.site_process --sources 8 --articles 1000

prints its port as one JSON line and serves until its standard input closes. ``GET /_announce/A/B`` (of
any host) has sitemaps and feeds name articles A to B from then on; ``/_redesigned`` tells the numbers of
the articles that were asked for after the site had changed its design.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import json
import os
import sys
import zlib

from bench.pipeline.page_parts import gzipped
from bench.pipeline.papers import number_in
from bench.pipeline.sites import Site, hostile_sites, redesigned_site, sites

#: Addresses of one sitemap file.
MOST_IN_SITEMAP = 50_000

_Answer = tuple[list[bytes], str, str]


class GeneratedSites:
    """What each host answers; pages are made when asked for, or before."""

    def __init__(
        self, served: list[Site], articles: int, redesign_after: int | None = None
    ) -> None:
        """What ``served`` answer; all of it redesigned after so many pages, where that is given."""
        self._sites = {site.paper.host: site for site in served}
        self._articles = articles
        self._announced = (0, articles)
        self._redesign_after = redesign_after
        self._asked = 0
        #: Articles whose page had the new design.
        self._redesigned: list[int] = []
        self._lists: dict[tuple[str, str], _Answer] = {}
        self._pages: dict[tuple[str, int], _Answer] = {}

    def pregenerate(self) -> None:
        """Make all pages now; what they share is in memory once."""
        for host, site in self._sites.items():
            for number in range(self._articles):
                self._pages[host, number] = self._page(site, number)
        gc.collect()
        gc.freeze()

    def answer(self, host: str, path: str) -> _Answer | None:
        """(pieces of the gzipped body, entity tag, content type) of an address."""
        if path.startswith("/_announce/"):
            start, end = path.split("/")[2:4]
            self._announced = int(start), int(end)
            self._lists.clear()
            return [gzip.compress(b"{}")], '"announced"', "application/json"
        if path == "/_redesigned":
            told = json.dumps(self._redesigned).encode()
            return [gzip.compress(told)], '"redesigned"', "application/json"
        site = self._sites.get(host)
        if site is None:
            return None
        if path.startswith(("/sitemap", "/feed")):
            if (host, path) not in self._lists:
                self._lists[host, path] = self._list(site, path)
            return self._lists[host, path]
        number = number_in(path)
        if number is None or number >= self._articles:
            return None
        self._asked += 1
        if self._redesign_after is not None and self._asked > self._redesign_after:
            self._redesigned.append(number)
            return self._page(site, number, redesigned=True)
        return self._pages.get((host, number)) or self._page(site, number)

    @staticmethod
    def _page(site: Site, number: int, *, redesigned: bool = False) -> _Answer:
        return *gzipped(site.page(number, redesigned=redesigned)), "text/html; charset=utf-8"

    def _list(self, site: Site, path: str) -> _Answer:
        start, end = self._announced
        if path.startswith("/feed"):
            text, kind = site.feed(start, end), "application/rss+xml; charset=utf-8"
        else:
            kind = "application/xml"
            parts = range(start, end, MOST_IN_SITEMAP)
            if len(parts) <= 1:
                text = site.sitemap(start, end)
            elif path == "/sitemap.xml":
                text = site.sitemap_index(len(parts))
            else:
                first = parts[int(path.removeprefix("/sitemap-").removesuffix(".xml"))]
                text = site.sitemap(first, min(end, first + MOST_IN_SITEMAP))
        body = text.encode()
        return [gzip.compress(body, 6, mtime=0)], f'"{zlib.crc32(body):08x}-{len(body):x}"', kind


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, GET only: as little work as a server can do."""

    def __init__(self, served: GeneratedSites) -> None:
        self._served = served
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            path = lines[0].split(" ")[1]
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            found = self._served.answer(headers.get("host", "").partition(":")[0], path)
            if found is None:
                self._transport.write(
                    b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nnot found"
                )
                continue
            pieces, tag, kind = found
            if headers.get("if-none-match") == tag:
                self._transport.write(f"HTTP/1.1 304 Not Modified\r\netag: {tag}\r\n\r\n".encode())
                continue
            size = sum(map(len, pieces))
            answer = (
                f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {size}\r\n"
                f"content-encoding: gzip\r\netag: {tag}\r\n\r\n"
            )
            self._transport.writelines([answer.encode(), *pieces])


async def serve(served: GeneratedSites) -> None:
    """Serve until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(served), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Make the sites and serve them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=8, help="papers with a site each")
    parser.add_argument("--articles", type=int, default=1000, help="articles of each")
    parser.add_argument("--hostile", action="store_true", help="the hostile sites instead")
    parser.add_argument(
        "--redesign-from", type=int, help="one site, which has another design from this article on"
    )
    parser.add_argument(
        "--redesign-after", type=int, help="one site, which has another design after so many pages"
    )
    parser.add_argument("--pregenerate", action="store_true", help="make all pages before serving")
    parser.add_argument("--core", type=int, help="number of the core it is to run on")
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    if options.hostile:
        served = hostile_sites()
    elif options.redesign_from is not None or options.redesign_after is not None:
        served = [redesigned_site(options.redesign_from)]
    else:
        served = sites(options.sources)
    generated = GeneratedSites(served, options.articles, options.redesign_after)
    if options.pregenerate:
        generated.pregenerate()
    asyncio.run(serve(generated))


if __name__ == "__main__":
    main()
