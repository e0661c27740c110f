"""A news site of any size on a loopback port, for measuring: generated text, real-looking markup.

    python -m bench.news_site --articles 1000

prints its port as one JSON line and serves until its standard input closes. Pages are made when
they are asked for, from the article's number alone, so a site of a million articles needs no more
memory than one of ten.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import escape

HOST = "www.bench-herald.example"
NEWEST = datetime(2026, 11, 22, 18, tzinfo=UTC)

_NOUNS = (
    "council harbour bridge school market river valley station library hospital factory museum "
    "orchard festival railway budget committee minister engineer farmer teacher captain region "
    "village district project report survey contract tender ferry tunnel archive theatre"
).split()
_VERBS = (
    "approves delays plans opens reviews extends presents rejects finances repairs visits measures "
    "announces completes postpones inspects restores"
).split()
_ADJECTIVES = (
    "new old northern southern costly modest public private regional annual quiet large".split()
)
_LINKS = (
    "and while although because after before as soon as despite the fact that in spite of what "
).split()


class Text:
    """Sentences made from a seed: the same number gives the same article, always."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(number)
        self.number = number

    def title(self) -> str:
        """A headline."""
        r = self._random
        return (
            f"{r.choice(_ADJECTIVES).capitalize()} {r.choice(_NOUNS)} {r.choice(_VERBS)} "
            f"{r.choice(_ADJECTIVES)} {r.choice(_NOUNS)} no {self.number}"
        )

    def paragraph(self) -> str:
        """Three to six sentences."""
        return " ".join(self._sentence() for _ in range(self._random.randint(3, 6)))

    def _sentence(self) -> str:
        r = self._random
        words = [
            "The", r.choice(_ADJECTIVES), r.choice(_NOUNS), r.choice(_VERBS), "the",
            r.choice(_ADJECTIVES), r.choice(_NOUNS), r.choice(_LINKS), "the", r.choice(_NOUNS),
            r.choice(_VERBS), "every", r.choice(_NOUNS), "in", "the", r.choice(_ADJECTIVES),
            r.choice(_NOUNS),
        ]  # fmt: skip
        return " ".join(words) + "."


def article(number: int) -> tuple[str, list[str], datetime]:
    """Title, paragraphs and time of publication of article ``number``."""
    text = Text(number)
    title = text.title()
    return (
        title,
        [text.paragraph() for _ in range(8 + number % 9)],
        NEWEST - timedelta(minutes=number),
    )


def page(number: int, articles: int) -> str:
    """The page of article ``number``, about 60 kB with its scripts."""
    title, paragraphs, published = article(number)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published.isoformat(),
        "author": [{"@type": "Person", "name": f"Reporter Number{number % 40}"}],
        "publisher": {"@type": "Organization", "name": "The Bench Herald"},
    }
    body = "\n".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    related = "".join(
        f'<li><a href="/story/{n}">{escape(article(n)[0])}</a></li>'
        for n in ((number + step) % articles for step in (1, 7, 31, 97))
    )
    menu = "".join(f'<li><a href="/section/{name}">{name}</a></li>' for name in _NOUNS)
    script = "window.__data=" + json.dumps({"k": [str(n) * 8 for n in range(4000)]}) + ";"
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - The Bench Herald</title>
<link rel="canonical" href="http://{HOST}/story/{number}"><meta property="og:title" content="{escape(title)}">
<meta property="og:type" content="article"><meta property="og:site_name" content="The Bench Herald">
<script type="application/ld+json">{json.dumps(data)}</script><script>{script}</script></head>
<body><header><a href="/">The Bench Herald</a><nav><ul>{menu}</ul></nav></header>
<main><article><h1>{escape(title)}</h1><div class="byline">By Reporter Number{number % 40}</div>
<div class="article-body">{body}<div class="newsletter">Sign up for our newsletter</div></div>
</article><aside class="related"><h2>Related stories</h2><ul>{related}</ul></aside></main>
<footer><p>Copyright 2026 The Bench Herald. All rights reserved.</p></footer></body></html>"""


def sitemap(articles: int, file: int = 0, files: int = 1) -> str:
    """The addresses of all articles, or of one of ``files`` equal parts, with their times."""
    size = -(-articles // files)
    entries = "".join(
        f"<url><loc>http://{HOST}/story/{n}</loc><lastmod>{(NEWEST - timedelta(minutes=n)).isoformat()}</lastmod></url>"
        for n in range(file * size, min(articles, (file + 1) * size))
    )
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def sitemap_index(articles: int, files: int) -> str:
    """The index of ``files`` sitemaps."""
    size = -(-articles // files)
    entries = "".join(
        f"<sitemap><loc>http://{HOST}/sitemap-part{file}.xml</loc><lastmod>"
        f"{(NEWEST - timedelta(minutes=file * size)).isoformat()}</lastmod></sitemap>"
        for file in range(files)
    )
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, GET only: as little work as a server can do."""

    def __init__(self, articles: int, files: int, sitemap_body: bytes, asked: Counter[str]) -> None:
        self._articles = articles
        self._files = files
        self._sitemap = sitemap_body
        self._asked = asked
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("ascii", "replace")
            self._answer(path, head.lower())

    def _answer(self, path: str, head: bytes) -> None:
        status, kind, body = "200 OK", "text/html; charset=utf-8", b""
        if path != "/requests.json":
            self._asked[path] += 1
        if path.startswith("/story/") and path[7:].isdigit() and int(path[7:]) < self._articles:
            body = page(int(path[7:]), self._articles).encode()
        elif path == "/sitemap.xml":
            kind, body = "application/xml", self._sitemap
        elif path.startswith("/sitemap-part"):
            part = int(path.removeprefix("/sitemap-part").removesuffix(".xml"))
            kind, body = "application/xml", sitemap(self._articles, part, self._files).encode()
        elif path == "/requests.json":
            kind, body = "application/json", json.dumps(self._asked).encode()
        else:
            status, body = "404 Not Found", b"<title>404</title>not found"
        tag = b'"%x"' % hash(body)
        if b"if-none-match: " + tag in head:
            self._transport.write(b"HTTP/1.1 304 Not Modified\r\netag: %s\r\n\r\n" % tag)
            return
        body = gzip.compress(body, 1)
        self._transport.write(
            f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
            "content-encoding: gzip\r\n".encode()
            + b"etag: %s\r\n\r\n" % tag
            + body
        )


async def serve(articles: int, files: int) -> None:
    """Serve until standard input closes; ``/requests.json`` says how often each path was asked."""
    loop = asyncio.get_running_loop()
    body = (sitemap(articles) if files == 1 else sitemap_index(articles, files)).encode()
    asked: Counter[str] = Counter()
    server = await loop.create_server(
        lambda: _Connection(articles, files, body, asked), "127.0.0.1", 0
    )
    print(json.dumps({"host": HOST, "port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A generated news site on a loopback port.")
    parser.add_argument("--articles", type=int, default=1000, help="how many articles it has")
    parser.add_argument("--files", type=int, default=1, help="files of its sitemap")
    given = parser.parse_args()
    asyncio.run(serve(given.articles, given.files))
