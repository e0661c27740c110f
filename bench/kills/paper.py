"""A small newspaper on a loopback port, in a process of its own: ``python -m bench.kills.paper``.

Prints its port and serves until its standard input closes. It has a feed and a sitemap of its
articles; each page ends with a line that all of them have and one that is its own.
"""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.news_site import NEWEST, Text

__all__ = ["APPEAL", "ARTICLES", "HOST", "note", "title"]

HOST = "www.kill-herald.example"
ARTICLES = 40
FILES = 4
#: The site's own line, which `clean` strikes.
APPEAL = "The herald of this lane is carried by its neighbours, and by nobody else in the valley."


def title(number: int) -> str:
    """The headline of article ``number``."""
    return Text(number).title()


def note(number: int) -> str:
    """A paragraph of article ``number`` alone, which a source file can take out."""
    return Text(100_000 + number).paragraph()


def page(number: int) -> str:
    """The page of article ``number``."""
    text = Text(number)
    headline = escape(text.title())
    published = (NEWEST - timedelta(minutes=number)).isoformat()
    body = "".join(f"<p>{escape(text.paragraph())}</p>" for _ in range(5))
    return (
        f'<!doctype html><html lang="en"><head><title>{headline}</title>'
        f'<meta property="article:published_time" content="{published}"></head><body>'
        f"<article><h1>{headline}</h1>{body}<p class=note>{note(number)}</p><p>{APPEAL}</p></article>"
        "</body></html>"
    )


def _item(number: int) -> str:
    return f"<item><title>{escape(title(number))}</title><link>http://{HOST}/story/{number}</link></item>"


def _urls(file: int) -> str:
    step = ARTICLES // FILES
    found = range(file * step, (file + 1) * step)
    return "".join(f"<url><loc>http://{HOST}/story/{number}</loc></url>" for number in found)


def answers() -> dict[str, tuple[str, bytes]]:
    """What the paper serves, by path: type and body."""
    xmlns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    files = "".join(
        f"<sitemap><loc>http://{HOST}/part-{n}.xml</loc></sitemap>" for n in range(FILES)
    )
    items = "".join(map(_item, range(ARTICLES)))
    feed = f"<rss version='2.0'><channel><title>Herald</title>{items}</channel></rss>"
    found = {
        "/feed.xml": ("application/rss+xml", feed),
        "/sitemap.xml": ("application/xml", f"<sitemapindex {xmlns}>{files}</sitemapindex>"),
    }
    for n in range(FILES):
        found[f"/part-{n}.xml"] = ("application/xml", f"<urlset {xmlns}>{_urls(n)}</urlset>")
    for number in range(ARTICLES):
        found[f"/story/{number}"] = ("text/html; charset=utf-8", page(number))
    return {path: (kind, body.encode()) for path, (kind, body) in found.items()}


def main() -> None:
    """Serve."""
    served = answers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            kind, body = served.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in served else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                pass  # whoever asked was killed

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
