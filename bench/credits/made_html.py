"""Made pages as HTML, in the ways that sites of small and large houses are built."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape
from typing import Literal

__all__ = ["LAYOUTS", "Parts", "Place", "html_of"]

Place = Literal[
    "last",
    "emphasised",
    "box",
    "first",
    "dateline",
    "last_words",
    "byline",
    "beside_date",
    "canonical",
]
LAYOUTS = ("blog", "portal", "table", "structured")
_RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ur"))
_DAY = "2024-05-03"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a page says."""

    language: str
    title: str
    paragraphs: list[str]
    author: str
    #: The line that says whom the text is credited to, and where it stands.
    line: str
    place: Place
    #: An address at another house; empty for the page's own.
    canonical: str = ""
    #: Whether the line stands under the picture.
    caption: bool = False


def html_of(parts: Parts, layout: str, url: str) -> str:
    """``parts`` as the HTML of a site built in ``layout``, one of ``LAYOUTS``."""
    if parts.place == "byline":
        parts = replace(parts, author=parts.line)
    body = _body(parts)
    built = {"blog": _blog, "portal": _portal, "table": _table, "structured": _structured}
    direction = ' dir="rtl"' if parts.language in _RIGHT_TO_LEFT else ""
    canonical = escape(parts.canonical or url)
    return (
        f'<!DOCTYPE html>\n<html lang="{parts.language}"{direction}>\n<head><meta charset="utf-8">\n'
        f"<title>{escape(parts.title)}</title>\n"
        f'<link rel="canonical" href="{canonical}">\n'
        f'<meta property="og:type" content="article">\n'
        f'<meta property="og:title" content="{escape(parts.title)}">\n'
        f'<meta property="og:site_name" content="Arvel Observer">\n'
        f'<meta property="article:published_time" content="{_DAY}T08:30:00+00:00">\n'
        f"{built[layout](parts, body, url)}\n</body></html>\n"
    )


def _body(parts: Parts) -> str:
    """The text with the credit in its place, where that is within or right behind it."""
    texts = [escape(paragraph) for paragraph in parts.paragraphs]
    line = escape(parts.line)
    if parts.place == "dateline":
        texts[0] = f"{line} {texts[0]}"
    elif parts.place == "last_words":
        texts[-1] = f"{texts[-1]} {line}"
    paragraphs = [f"<p>{text}</p>" for text in texts]
    if parts.caption:
        picture = '<img src="/media/bridge-1200.jpg" alt="">'
        paragraphs.insert(1, f"<figure>{picture}<figcaption>{line}</figcaption></figure>")
    elif parts.place == "last":
        paragraphs.append(f"<p>{line}</p>")
    elif parts.place == "emphasised":
        paragraphs.append(f"<p><em>{line}</em></p>")
    elif parts.place == "first":
        paragraphs.insert(0, f"<p><em>{line}</em></p>")
    return "\n".join(paragraphs)


def _beside_date(parts: Parts) -> str:
    beside = f' | <span class="src">{escape(parts.line)}</span>'
    return beside if parts.place == "beside_date" else ""


def _box(parts: Parts) -> str:
    return (
        f'<div class="post-meta"><span>{escape(parts.line)}</span></div>'
        if (parts.place == "box")
        else ""
    )


def _author(parts: Parts, tag: str, name: str) -> str:
    return f'<{tag} class="{name}">{escape(parts.author)}</{tag}>' if parts.author else ""


_MENU = "".join(
    f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("news", "sport", "city")
)


def _blog(parts: Parts, body: str, url: str) -> str:
    return f"""</head><body class="post-template-default single single-post">
<header class="site-header"><a href="/">Arvel Observer</a><nav><ul>{_MENU}</ul></nav></header>
<main><article class="post"><header class="entry-header"><h1 class="entry-title">{escape(parts.title)}</h1>
<div class="entry-meta"><time class="entry-date" datetime="{_DAY}">{_DAY}</time>{_beside_date(parts)}
{_author(parts, "span", "author vcard")}</div></header>
<div class="entry-content">{body}</div>
<footer class="entry-footer">{_box(parts)}<a href="/tag/bridge" rel="tag">bridge</a></footer></article></main>
<footer class="site-footer"><p>© 2024 Arvel Observer</p><a href="/contact">Contact</a></footer>"""


def _portal(parts: Parts, body: str, url: str) -> str:
    related = "".join(
        f'<li><a href="/news/item-{n}">{escape(parts.title)} {n}</a></li>' for n in range(1, 5)
    )
    return f"""{_json_ld(parts, url)}</head><body>
<div id="top"><a href="/">Arvel Observer</a><ul class="menu">{_MENU}</ul></div>
<div class="page"><div class="article"><h1 class="article__title">{escape(parts.title)}</h1>
<div class="article__info"><span class="date">{_DAY} 08:30</span>{_beside_date(parts)}</div>
{_author(parts, "div", "article__author")}
<div class="article__body">{body}</div>{_box(parts)}
<div class="share"><a href="#">Facebook</a> <a href="#">Telegram</a></div></div>
<aside class="related"><ul>{related}</ul></aside></div>
<div class="footer"><p>© 2024 Arvel Observer</p></div>"""


def _table(parts: Parts, body: str, url: str) -> str:
    return f"""</head><body><table width="960"><tr><td colspan="2"><a href="/">Arvel Observer</a></td></tr>
<tr><td class="menu"><ul>{_MENU}</ul></td><td class="content"><h1>{escape(parts.title)}</h1>
<div class="date">{_DAY}{_beside_date(parts)}</div>{_author(parts, "p", "author")}
<div class="text">{body}</div>{_box(parts)}<a href="/print">Print</a></td></tr>
<tr><td colspan="2">© 2024 Arvel Observer</td></tr></table>"""


def _structured(parts: Parts, body: str, url: str) -> str:
    return f"""{_json_ld(parts, url)}</head><body>
<header><a href="/">Arvel Observer</a><nav><ul>{_MENU}</ul></nav></header>
<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(parts.title)}</h1>
<p class="byline">{_author(parts, "span", "byline-name")} <time datetime="{_DAY}">{_DAY}</time>{_beside_date(parts)}</p>
<section itemprop="articleBody">{body}</section>{_box(parts)}</article>
<footer><a href="/imprint">Arvel Observer</a></footer>"""


def _json_ld(parts: Parts, url: str) -> str:
    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": parts.title,
        "datePublished": f"{_DAY}T08:30:00+00:00",
        "mainEntityOfPage": parts.canonical or url,
        "publisher": {"@type": "Organization", "name": "Arvel Observer"},
    }
    if parts.author:
        node["author"] = {"@type": "Person", "name": parts.author}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>\n'
