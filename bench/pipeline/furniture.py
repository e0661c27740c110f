"""What surrounds an article on a real page: menus in menus, teasers with pictures, forms, notices.

Most of a page's nodes and bytes are here, and nothing of its article. What a site says on all of its
pages is a fixed stretch; teasers and links to share are the page's own. A design names the classes.

Medians over the designs, beside those of labelled news pages of two data sets (November 2026): 305 kB
(265, 296; means 330 and 460 with style sheets of up to a megabyte), 1000 elements (960, 1050), 30 paragraphs (24, 31), 215 links (150, 230), 10,000 characters
to see (9,200, 9,300); 0.6 ms to parse (0.7, 0.8), 11 ms in trafilatura (15, 16).
"""

from __future__ import annotations

import json
import random
import tomllib
import zlib
from collections.abc import Callable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Literal

from bench.pipeline.made_articles import NEWEST, MadeArticle, said_once
from bench.pipeline.page_parts import Fixed, inline_json, style_sheet, svg_icon
from bench.pipeline.papers import Paper

__all__ = ["Furniture", "Naming"]

#: The class of a part of a block: ``(teaser, headline)`` to ``teaser__headline``.
Naming = Callable[[str, str], str]

_WORDS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "words" / "furniture.toml").read_text(encoding="utf-8")
)
_NETWORKS = ("Facebook", "X", "WhatsApp", "Reddit", "LinkedIn", "Email")
#: Kilobytes of style sheets in the pages of a paper: none with some, a third of a megabyte with others.
_STYLE_KILOBYTES = (0, 60, 110, 160, 240, 340)
#: What pages of style frameworks put behind the name of a thing.
_UTILITIES = (
    "flex", "items-center", "relative", "w-full", "mt-2", "md:mt-4", "text-sm", "leading-6",
    "hidden md:block", "px-4 lg:px-6", "border-t", "overflow-hidden", "col-span-4", "order-2",
)  # fmt: skip
#: States of the lists of what is read and new: pages of a site were rendered at different times.
_STATES = 4


def _props(block: str, number: int) -> str:
    """What a script is told of a teaser, as an attribute."""
    return escape(
        json.dumps(
            {
                "position": block,
                "contentId": f"{number * 2654435761 % 2**32:08x}",
                "sizes": {"s": [320, 180], "m": [480, 270], "l": [960, 540]},
                "tracking": {"event": "select", "list": block, "item": number, "region": "main"},
                "flags": ["lazy", "kicker", "image"],
            },
            separators=(",", ":"),
        )
    )


def _utilities(block: str, part: str) -> str:
    """Further classes of a part of a block; the same for the same part."""
    chosen = random.Random(f"{block} {part}").sample(_UTILITIES, 3)
    return f" {' '.join(chosen)}"


class Furniture:
    """The furniture of one paper's pages, in the words of its language."""

    def __init__(
        self,
        paper: Paper,
        naming: Naming,
        *,
        sections: int = 8,
        teasers: int = 4,
        latest: int = 5,
        scripts: int = 16,
        kilobytes: int = 60,
        lead: Literal["p", "div"] = "p",
        cell: Literal["article", "div"] = "article",
    ) -> None:
        """Furniture with so many of each thing.

        Args:
            paper: whose pages these are.
            naming: how the design names classes.
            sections: entries of the menu, each with a menu of its own.
            teasers: related articles of a page.
            latest: teasers that are the same on all pages.
            scripts: script elements.
            kilobytes: of all scripts.
            lead: element of what is said in sentences.
            cell: element of a teaser.
        """
        self._paper = paper
        self._words = _WORDS[paper.language]
        self._class = lambda block, part: f'class="{naming(block, part)}{_utilities(block, part)}"'
        self._sections, self._teasers, self._latest = sections, teasers, latest
        self._scripts, self._kilobytes = scripts, kilobytes * 3 // 2
        self._p, self._cell = lead, cell

    # The same on all pages

    @cached_property
    def head(self) -> str:
        """What stands in the head for browsers, phones and advertisers."""
        icons = "".join(
            f'<link rel="apple-touch-icon" sizes="{n}x{n}" href="/static/icons/touch-{n}.png">'
            for n in (57, 72, 114, 144, 180)
        )
        hosts = "".join(
            f'<link rel="{rel}" href="https://{host}.example" crossorigin>'
            for host in ("cdn", "fonts", "ads", "metrics", "consent", "video")
            for rel in ("preconnect", "dns-prefetch")
        )
        return f'<meta name="theme-color" content="#14213d"><meta name="robots" content="max-image-preview:large"><link rel="manifest" href="/site.webmanifest">{icons}{hosts}{self._style()}{self._script_elements(0, 3)}'

    def _style(self) -> str:
        """The style sheet that many sites put into each page, in whole or in part."""
        name = self._paper.name
        kilobytes = _STYLE_KILOBYTES[zlib.crc32(name.encode()) % len(_STYLE_KILOBYTES)]
        return style_sheet(f"{name} inline", kilobytes, "u-") if kilobytes else ""

    @cached_property
    def above(self) -> str:
        """Above the article: the app, the bar of the reader's account, a menu of menus, an ad."""
        c, words = self._class, self._words
        entries = "".join(
            f'<li {c("account", "item")}><a {c("account", "link")} href="/account/{n}" data-track="account-{n}">{svg_icon(f"account{n}")}<span>{name}</span></a></li>'
            for n, name in enumerate(words["signed_out"])
        )
        return (
            f'<div {c("app-banner", "root")} data-nosnippet hidden><img src="/static/app.png" alt="" width="40" height="40"><div {c("app-banner", "text")}><strong>{self._paper.title}</strong><span>{words["app"]}</span></div><a {c("app-banner", "button")} href="/app">{words["open_app"]}</a></div>'
            f'<div {c("account", "bar")}><ul {c("account", "list")}>{entries}</ul><form {c("search", "form")} action="/search" role="search"><label {c("search", "label")} for="q">{words["search"]}</label><input id="q" type="search" name="q" autocomplete="off"><button type="submit">{svg_icon("search")}</button></form></div>'
            f"{self._menu()}{self.ad('billboard')}"
        )

    def _menu(self) -> str:
        c, paper = self._class, self._paper
        rng = random.Random(f"{paper.name} menu")
        entries: list[str] = []
        for n in range(self._sections):
            section = said_once("section", paper.language, rng)
            places = dict.fromkeys(said_once("place", paper.language, rng) for _ in range(6))
            inner = "".join(
                f'<li {c("menu", "entry")}><a href="/{n}/{m}/" data-track="menu|{n}|{m}">{place}</a></li>'
                for m, place in enumerate(places)
            )
            entries.append(
                f'<li {c("menu", "item")} data-index="{n}"><div {c("menu", "row")}><a {c("menu", "link")} href="/{n}/">{section}</a><button {c("menu", "toggle")} aria-expanded="false" aria-controls="menu-{n}">{svg_icon("arrow")}</button></div>'
                f'<div {c("menu", "panel")} id="menu-{n}" aria-hidden="true"><div {c("menu", "column")}><a {c("menu", "all")} href="/{n}/all/">{self._words["all_of"].format(section)}</a><ul>{inner}</ul></div></div></li>'
            )
        return f'<nav {c("menu", "root")} aria-label="menu"><ul {c("menu", "list")}>{"".join(entries)}</ul><button {c("menu", "close")}>{self._words["skip"]}</button></nav>'

    def ad(self, slot: str) -> str:
        """A place for an ad, in as many boxes as they stand in."""
        c = self._class
        return f'<div {c("ad", "row")}><div {c("ad", "column")}><div {c("ad", "slot")} data-slot="{slot}" data-sizes="[[970,250],[728,90],[300,250]]" data-lazy="true"><div {c("ad", "inner")}><span {c("ad", "label")}>{self._words["ad"]}</span><div {c("ad", "frame")} id="ad-{slot}" data-refresh="30"><div></div></div></div></div></div></div>'

    @cached_property
    def _beside(self) -> list[Fixed]:
        c, words, paper = self._class, self._words, self._paper
        found: list[Fixed] = []
        for state in range(_STATES):
            items = "".join(
                f'<li {c("most-read", "item")} data-rank="{rank}"><div {c("most-read", "row")}><span {c("most-read", "rank")}>{rank}</span><a {c("most-read", "link")} href="{paper.path_of(n)}"><span {c("most-read", "title")}>{escape(paper.headline(n), quote=False)}</span></a></div></li>'
                for rank, n in enumerate(range(state * 29 + 3, state * 29 + 17, 2), 1)
            )
            found.append(
                Fixed(
                    f"{self.ad('rail-top')}<section {c('most-read', 'root')}><h2 {c('most-read', 'heading')}>{words['most_read']}</h2><ol {c('most-read', 'list')}>{items}</ol></section>"
                    f'<section {c("support", "root")}><h3 {c("support", "title")}>{words["support_title"]}</h3><{self._p} {c("support", "text")}>{words["support"]}</{self._p}><a {c("support", "button")} href="/offers">{words["support_button"]}</a></section>{self.ad("rail-low")}'
                )
            )
        return found

    def beside(self, article: MadeArticle) -> Fixed:
        """Beside the article: ads, what is read most, an offer to subscribe."""
        return self._beside[article.number % _STATES]

    @cached_property
    def _news(self) -> list[Fixed]:
        c, words = self._class, self._words
        prompt = (
            f'<section {c("discussion", "root")} id="discussion"><h2 {c("discussion", "title")}>{words["comment_title"]}</h2><{self._p} {c("discussion", "text")}>{words["comment_prompt"]}</{self._p}><div {c("discussion", "rules")}>{svg_icon("bubble")}<span>{words["comment_rules"]}</span></div><button {c("discussion", "button")}>{words["comment_button"]}</button></section>'
            f'<section {c("signup", "root")} data-list="evening"><h3 {c("signup", "title")}>{words["newsletter_title"]}</h3><{self._p} {c("signup", "text")}>{words["newsletter"]}</{self._p}><form {c("signup", "form")} action="/newsletter" method="post"><label>{words["email"]}<input type="email" name="email" required></label><input type="hidden" name="list" value="evening"><button type="submit">{words["newsletter_button"]}</button></form><small {c("signup", "legal")}>{words["newsletter_legal"]}</small></section>'
        )
        return [
            Fixed(
                f"{prompt}<section {c('latest', 'root')}><h2 {c('latest', 'heading')}>{words['latest']}</h2><div {c('latest', 'grid')}>"
                + "".join(
                    self._teaser(n, "latest")
                    for n in range(state * 31, state * 31 + 2 * self._latest, 2)
                )
                + f"</div></section>{self.ad('footer')}"
            )
            for state in range(_STATES)
        ]

    def news(self, article: MadeArticle) -> Fixed:
        """Below the article: an invitation to comment, a newsletter, the latest of the site."""
        return self._news[article.number % _STATES]

    @cached_property
    def foot(self) -> str:
        """Below all: columns of links, who publishes the paper, consent, scripts."""
        c, words, paper = self._class, self._words, self._paper
        rng = random.Random(f"{paper.name} foot")
        columns = "".join(
            f"<div {c('footer', 'column')}><h4 {c('footer', 'heading')}>{heading}</h4><ul {c('footer', 'list')}>"
            + "".join(
                f'<li><a href="/service/{n}-{m}" data-track="foot|{n}|{m}">{said_once("place" if n % 2 else "section", paper.language, rng)}</a></li>'
                for m in range(6)
            )
            + "</ul></div>"
            for n, heading in enumerate(words["footer"])
        )
        purposes = "".join(
            f'<li {c("consent", "purpose")}><label><input type="checkbox" name="purpose-{n}"><span {c("consent", "name")}>{purpose}</span></label><span {c("consent", "note")}>{words["optional" if n else "always_on"]}</span></li>'
            for n, purpose in enumerate(words["purposes"])
        )
        said = "".join(
            f"<{self._p} {c('consent', 'text')}>{sentence}</{self._p}>"
            for sentence in words["consent"]
        )
        return (
            f"<div {c('footer', 'mega')}><div {c('footer', 'columns')}>{columns}</div><div {c('footer', 'social')}>{''.join(svg_icon(network) for network in _NETWORKS)}</div><{self._p} {c('footer', 'address')}>{words['address'].format(paper.title)}</{self._p}><small {c('footer', 'legal')}>{words['legal']}</small></div>"
            f'<div {c("consent", "root")} role="dialog" aria-modal="true" data-nosnippet hidden><div {c("consent", "inner")}><h2 {c("consent", "title")}>{words["consent_title"]}</h2>{said}<ul {c("consent", "purposes")}>{purposes}</ul><div {c("consent", "buttons")}><button>{words["agree"]}</button><button>{words["refuse"]}</button></div></div></div>'
            f"{self._script_elements(3, self._scripts)}"
        )

    def _script_elements(self, start: int, end: int) -> str:
        size = self._kilobytes // self._scripts
        return "".join(
            f'<script data-name="tag-{n}" {"async" if n % 2 else "defer"}>!function(w,d){{w.tags=w.tags||[];w.tags.push({inline_json(f"{self._paper.name} {n}", size)});d.addEventListener("DOMContentLoaded",function(){{w.run&&w.run("tag-{n}")}})}}(window,document);</script>'
            for n in range(start, end)
        )

    # Each page's own

    def _teaser(self, number: int, block: str) -> str:
        """Picture, kicker, headline, standfirst, byline and time of another article."""
        c, paper = self._class, self._paper
        url, title = paper.path_of(number), escape(paper.headline(number), quote=False)
        section, standfirst, author = paper.teaser(number)
        sets = "".join(
            f'<source media="(min-width: {width}px)" srcset="/media/{number}-{width}.webp 1x, /media/{number}-{2 * width}.webp 2x" type="image/webp">'
            for width in (960, 480)
        )
        return (
            f'<div {c(block, "cell")}><div {c(block, "frame")}><{self._cell} {c(block, "teaser")} data-id="{number:08x}" data-track="{block}|{number}" data-props="{_props(block, number)}"><div {c(block, "media")}><a href="{url}" tabindex="-1" aria-hidden="true"><picture>{sets}<img {c(block, "image")} src="/media/{number}-320.jpg" width="320" height="180" loading="lazy" decoding="async" alt=""></picture></a></div>'
            f'<div {c(block, "body")}><span {c(block, "kicker")}>{section}</span><h3 {c(block, "headline")}><a href="{url}"><span>{title}</span></a></h3><{self._p} {c(block, "standfirst")}>{escape(standfirst, quote=False)}</{self._p}>'
            f'<div {c(block, "meta")}><span {c(block, "byline")}>{self._words["by"].format(author)}</span><time datetime="{NEWEST:%Y-%m-%d}T{number % 24:02}:07">{self._words["minutes"].format(2 + number % 57)}</time></div></div></{self._cell}></div></div>'
        )

    def teasers(self, article: MadeArticle) -> str:
        """Articles on the same subject."""
        c = self._class
        found = "".join(self._teaser(n, "related") for n in article.related[: self._teasers])
        return f"<section {c('related', 'root')}><h2 {c('related', 'heading')}>{self._words['related']}</h2><div {c('related', 'grid')}>{found}</div></section>"

    def share(self, article: MadeArticle) -> str:
        """Buttons to share the article with."""
        c, words = self._class, self._words
        address = self._paper.url_of(article.number)
        buttons = "".join(
            f'<li {c("share", "item")}><a {c("share", "button")} href="https://share.example/{network.lower()}?url={address}" aria-label="{words["share_on"].format(network)}" rel="nofollow noopener" target="_blank">{svg_icon(network)}</a></li>'
            for network in _NETWORKS
        )
        return f'<div {c("share", "bar")} data-url="{address}"><span {c("share", "label")}>{words["share"]}</span><ul {c("share", "list")}>{buttons}</ul></div>'
