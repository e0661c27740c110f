"""Pages and documents that are made to hold up whoever reads them, of any size.

Each is a few bytes again and again, or numbered, inside a page or a feed that is well made otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["HOME", "HostileInput", "hostile_inputs"]

HOME = "http://hostile.example"
Kind = Literal["page", "feed", "sitemap", "listing", "wordpress"]

_TEXT = (
    "<p>The harbour council voted for the bridge after a long winter of talks with the ferry.</p>"
    "<p>The mayor spoke of the keeper, of the market and of the season that lies behind.</p>"
)


@dataclass(frozen=True, slots=True)
class HostileInput:
    """One kind of hostile input."""

    name: str
    kind: Kind
    #: From a size in bytes, which is met roughly, to the input.
    make: Callable[[int], bytes]


def hostile_inputs() -> Iterator[HostileInput]:
    """Every kind, pages first."""
    for name, body in _IN_BODY.items():
        yield HostileInput(name, "page", _page(body))
    for name, head in _IN_HEAD.items():
        yield HostileInput(name, "page", _page(None, head))
    for name, repeated in _DUMPS.items():
        yield HostileInput(name, "page", _alone(repeated))
    for name, item in _IN_ITEM.items():
        yield HostileInput(name, "feed", _feed(item))
    for name, entry in _IN_ENTRY.items():
        yield HostileInput(name, "feed", _atom(entry))
    for name, whole in _SITEMAPS.items():
        yield HostileInput(name, "sitemap", _alone(whole))
    for name in ("div nested", "attributes", "links", "options unclosed"):
        yield HostileInput(f"listing: {name}", "listing", _page(_IN_BODY[name]))
    for name, whole in _JSON.items():
        yield HostileInput(name, "wordpress", _alone(whole))


_Make = Callable[[int], str]


def _again(text: str, before: str = "", after: str = "") -> _Make:
    return lambda size: before + text * max(1, size // len(text)) + after


def _numbered(text: str, before: str = "", after: str = "") -> _Make:
    """``text`` with ``#`` as a number that counts."""

    def make(size: int) -> str:
        count = max(1, size // len(text.replace("#", "12345")))
        return before + "".join(text.replace("#", str(n)) for n in range(count)) + after

    return make


def _nested(opening: str, closing: str) -> _Make:
    def make(size: int) -> str:
        count = max(1, size // (len(opening) + len(closing)))
        return opening * count + closing * count

    return make


def _both(first: _Make, second: _Make) -> _Make:
    return lambda size: first(size // 2) + second(size // 2)


def _ld(make: _Make) -> _Make:
    return lambda size: f'<script type="application/ld+json">{make(size)}</script>'


def _page(body: _Make | None, head: _Make | None = None) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        inside, above = (body(size) if body else ""), (head(size) if head else "")
        return (
            f'<!doctype html><html lang="en"><head><title>The bridge</title>{above}</head><body>'
            f"<article><h1>The bridge opens</h1>{_TEXT}{inside}</article></body></html>"
        ).encode()

    return make


def _feed(item: _Make) -> Callable[[int], bytes]:
    return lambda size: (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>News</title><item><title>The bridge</title>"
        f"<link>{HOME}/2026/11/the-bridge</link>{item(size)}</item></channel></rss>"
    ).encode()


def _atom(entry: _Make) -> Callable[[int], bytes]:
    return lambda size: (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry>'
        f'<title>The bridge</title><link href="{HOME}/2026/11/the-bridge"/>{entry(size)}</entry></feed>'
    ).encode()


def _alone(make: _Make) -> Callable[[int], bytes]:
    return lambda size: make(size).encode()


_IN_BODY: dict[str, _Make] = {
    "attributes": _numbered("a#=1 ", "<p ", ">x</p>"),
    "attributes with brackets": _numbered("a#='><' ", "<p ", ">x</p>"),
    "attributes of body": _numbered("<body a#=1>"),
    "div open": _again("<div>a"),
    "div nested": _nested("<div>a", "</div>"),
    "div beside": _again("<div>a</div>"),
    "div and stray ends": _again("<div></x>"),
    "div, then paragraphs": _both(_again("<div>"), _again("<p>")),
    "div, then ends": _both(_again("<div>"), _again("</p>")),
    "div hidden, nested": _nested("<div hidden>a", "</div>"),
    "lists nested": _nested("<ul><li>a", "</li></ul>"),
    "tables nested": _nested("<table><tr><td>a", "</td></tr></table>"),
    "tables with text between": _again("<b>a<div>", "<table>"),
    "cells": _again("<td>a", "<table><tr>"),
    "drawing nested": _nested("<g>", "</g>"),
    "unknown elements open": _numbered("<x#>a"),
    "paragraphs open": _again("<p>a"),
    "links open": _again("<a>a"),
    "links and blocks": _again("<a><div>x"),
    "bold open": _again("<b>a"),
    "bold of its own, then paragraphs": _numbered("<b id=#>x<p>"),
    "bold across paragraphs": _again("<b><p>x</b>"),
    "options unclosed": _again("<option>a", "<select>"),
    "options": _again("<option>a</option>", "<select>", "</select>"),
    "buttons open": _again("<button>a"),
    "forms open": _again("<form>a"),
    "templates nested": _nested("<template>", "</template>"),
    "headings": _numbered("<h2>Head #</h2>"),
    "headings of first rank": _numbered("<h1>Head #</h1>"),
    "links": _numbered('<p><a href="/2026/11/#">The story of the bridge #</a></p>'),
    "articles": _numbered("<article><h2><a href='/#'>The story #</a></h2></article>"),
    "paragraphs": _numbered("<p>The council voted for bridge # after a winter of talks.</p>"),
    "paragraphs alike": _again("<p>The council voted for the bridge after a winter.</p>"),
    "credits": _again("<p>Photo: Ann Lee. Translated by Ann Lee. Source: The Paper.</p>"),
    "credits in one line": _again("Additional reporting by Ann Lee in Berlin; ", "<p>", "</p>"),
    "bylines": _numbered("<p class=byline>By Ann Lee#</p>"),
    "times": _again("<time>12 November 2026</time> "),
    "pictures": _numbered("<figure><img src='/#.jpg'><figcaption>A bridge</figcaption></figure>"),
    "comments": _again("<!--a-->"),
    "comments open": _again("<!--"),
    "entities": _again("&amp;&#x41;&"),
    "one word": _again("a", "<p>", "</p>"),
    "one line of names": _again("By Ann Lee and ", "<p>", "</p>"),
    "one line of dots": _again("a.", "<p>", "</p>"),
    "one line of blanks": _again(" ", "<p>a", "a</p>"),
    "one line of digits": _again("12/", "<p>", "</p>"),
    "line breaks": _again("a<br>", "<p>", "</p>"),
    "classes": _numbered("c# ", "<div class='", "'>x</div>"),
    "end tags": _again("</p>"),
    "brackets": _again("<"),
    "zero bytes": _again("\0"),
    "scripts": _again("<script>a</script>"),
}
_IN_HEAD: dict[str, _Make] = {
    "meta": _numbered('<meta name="a#" content="b#">'),
    "meta of authors": _numbered('<meta name="author" content="Ann Lee#">'),
    "meta of one author": _again("Ann Lee and ", '<meta name="author" content="', '">'),
    "title": _again("bridge | ", "<title>", "</title>"),
    "JSON-LD authors": _ld(_numbered('"Ann Lee #",', '{"@type":"NewsArticle","author":[', '""]}')),
    "JSON-LD key words": _ld(_numbered('"key #",', '{"@type":"NewsArticle","keywords":[', '""]}')),
    "JSON-LD graph": _ld(_numbered('{"@type":"NewsArticle","@id":"#"},', '{"@graph":[', "{}]}")),
    "JSON-LD lists in lists": _ld(_nested("[", "]")),
    "JSON-LD objects in objects": _ld(_again('{"@graph":')),
    "JSON-LD broken": _ld(_again('x" ', '{"@type":"NewsArticle","a":"', '"}')),
    "JSON-LD body of elements": _ld(
        _again("<div>", '{"@type":"NewsArticle","articleBody":"', '"}')
    ),
}
_DUMPS: dict[str, _Make] = {
    "text of short lines": _again("A\n"),
    "text of bylines": _again("By Ann Lee\n\n"),
    "text in one line": _again("The council voted for the bridge. "),
}
_IN_ITEM: dict[str, _Make] = {
    "author of dots": _again("a.", "<author>", "</author>"),
    "author in pieces": _again("a." * 400 + "<b/>", "<author>", "</author>"),
    "authors": _numbered("<dc:creator>Ann #</dc:creator>"),
    "categories": _numbered("<category>c#</category>"),
    "attributes of an entry": _numbered("a#='1' ", "<x ", "/>"),
    "elements open": _again("<a>"),
    "elements nested": _nested("<a>", "</a>"),
    "entries": _numbered("</item><item><title>T #</title><link>http://hostile.example/#</link>"),
    "description of entities": _again("&foo;&", "<description>", "</description>"),
    "broken elements": _again("<a <b"),
}
_IN_ENTRY: dict[str, _Make] = {
    "authors of Atom": _numbered("<author><name>Ann #</name></author>"),
    "addresses on addresses": _again('<x xml:base="a/">'),
    "contents": _again('<content type="html">a</content>'),
    "content open": _again(
        "<p>", '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
    ),
}
_SITEMAPS: dict[str, _Make] = {
    "sitemap nested": _again("<url>", "<urlset>"),
    "sitemap of one entry": _again("<loc>a</loc>", "<urlset><url>"),
    "sitemap of names": _numbered("xmlns:a#='u#' ", "<urlset ", ">"),
    "sitemap of ampersands": _again("&", "<urlset><url><loc>", "</loc></url></urlset>"),
    "sitemap in one line": _again("a", "http://hostile.example/"),
    "sitemap of addresses": _numbered(
        "<url><loc>http://hostile.example/#</loc></url>", "<urlset>", "</urlset>"
    ),
}
_JSON: dict[str, _Make] = {
    "JSON nested": _again("["),
    "JSON behind notices": _again('{"', "<br>"),
    "posts": _numbered('{"link":"http://hostile.example/#"},', "[", "{}]"),
}
