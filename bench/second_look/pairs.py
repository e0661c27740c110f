"""Pairs of texts at one address, made from the bodies of labelled pages: real corrections, and pages
that are not the article any more. Bodies are read in place and never kept.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sources.address import registrable_domain

__all__ = ["Labelled", "Pair", "labelled_bodies", "make_pairs"]

_FOLDERS = ("aeb", "fundus-eval", "fundus-pages", "wcxb", "wix")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
_FALSE = Path(__file__).with_name("false_pages.toml")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled page."""

    site: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What was filed and what the page holds now."""

    kind: str
    #: Whether the second is the article still.
    real: bool
    #: The registrable domain of the page that it was made of.
    site: str
    title: str
    text: str
    new_title: str
    new_text: str


def labelled_bodies(corpus: Path) -> list[Labelled]:
    """The labelled pages of ``corpus`` that have a body of some length, and a title or a first line."""
    found: list[Labelled] = []
    for folder in _FOLDERS:
        for line in (corpus / folder / "truth.jsonl").read_text("utf-8").splitlines():
            page = json.loads(line)
            paragraphs = tuple(
                part.strip(" []") for part in re.split(r"\n+", page.get("body") or "") if part
            )
            paragraphs = tuple(part for part in paragraphs if part)
            if len(paragraphs) < 4 or sum(len(part) for part in paragraphs) < 600:
                continue
            host = urlsplit(page.get("url") or "").hostname
            site = registrable_domain(host) if host else f"{folder}/{page['id']}"
            title = page.get("title")
            if not title:
                title, *rest = paragraphs
                title, paragraphs = title[:90], tuple(rest)
            found.append(Labelled(site, title, paragraphs))
    return found


def make_pairs(pages: Sequence[Labelled], rng: random.Random) -> Iterator[Pair]:
    """All kinds of pairs, some of each page."""
    notices = tomllib.loads(_FALSE.read_text("utf-8"))["page"]
    of_site: defaultdict[str, list[Labelled]] = defaultdict(list)
    for page in pages:
        of_site[page.site].append(page)
    for page in pages:
        for kind, title, old, new_title, new in _corrections(page, rng):
            yield Pair(kind, True, page.site, title, old, new_title, new)
        old = "\n\n".join(page.paragraphs)
        stub = " ".join(old.split(" ")[:50])
        for kind, new_title, new in _false_pages(page, pages, of_site[page.site], notices, rng):
            yield Pair(kind, False, page.site, page.title, old, new_title, new)
            if not kind.startswith(("beginning", "half")):
                after = f"{kind.partition(' (')[0]}, after fifty words"
                yield Pair(after, False, page.site, page.title, stub, new_title, new)


_Correction = tuple[str, str, str, str, str]


def _corrections(page: Labelled, rng: random.Random) -> Iterator[_Correction]:
    title, parts = page.title, list(page.paragraphs)
    whole = "\n\n".join(parts)
    words = whole.split(" ")
    few = list(words)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(few))
        few[place] = few[place][::-1] or "x"
    yield "a few words", title, whole, title, " ".join(few)
    note = "Correction: an earlier version of this article gave a wrong date for the vote."
    yield "note of correction", title, whole, title, f"{note}\n\n{whole}"
    yield "another title", title, whole, "How it came to this", f"{whole}\n\n{note}"
    cut = max(1, len(parts) // rng.randint(3, 6))
    yield "grown from a first report", title, "\n\n".join(parts[:cut]), title, whole
    at = rng.randrange(1, len(parts))
    yield "updated at the top", title, "\n\n".join(parts[at // 2 :]), title, whole
    left = [part for part in parts if rng.random() > 0.25] or parts
    if left[-1] != parts[-1]:
        left.append(parts[-1])
    yield "paragraphs taken out", title, whole, title, "\n\n".join(left)
    shuffled = parts[:1] + rng.sample(parts[1:], len(parts) - 1)
    yield "paragraphs in another order", title, whole, title, "\n\n".join(shuffled)
    third = max(1, len(parts) // 3)
    rolled = "\n\n".join(parts[: 2 * third])
    yield "live report rolled on", title, "\n\n".join(parts[third:]), title, rolled
    sentences = [each for each in _SENTENCE.split(" ".join(parts)) if each.strip()]
    if len(sentences) >= 8:
        # No sentence in common, as of a report that was written anew.
        odd, even = " ".join(sentences[::2]), " ".join(sentences[1::2])
        yield "written anew", title, odd, title, even
        short = " ".join(title.split(" ")[: max(3, len(title.split(" ")) // 2)])
        yield "written anew with a new title", title, odd, f"Update: {short}", even
        stub = " ".join(sentences[:2])
        yield "whole text after a stub", title, stub, title, " ".join(sentences[2:])


def _false_pages(
    page: Labelled,
    pages: Sequence[Labelled],
    siblings: Sequence[Labelled],
    notices: Sequence[dict[str, object]],
    rng: random.Random,
) -> Iterator[tuple[str, str, str]]:
    for notice in rng.sample(notices, 4):
        lines = [str(line).format(site=page.site) for line in notice["lines"]]  # type: ignore[attr-defined]
        kind = f"notice ({notice['kind']})"
        yield kind, lines[0], "\n\n".join(lines[1:])
        yield f"{kind} under the title", page.title, "\n\n".join(lines)
    parts = page.paragraphs
    box = "Subscribe to go on reading.\n\nAlready a subscriber? Sign in."
    yield "beginning and a box", page.title, "\n\n".join((*parts[: max(1, len(parts) // 5)], box))
    some = "\n\n".join(parts[: max(1, int(len(parts) * 0.6))])
    yield "beginning, three fifths", page.title, some
    first = parts[0][: max(40, len(parts[0]) // 2)]
    yield "half a paragraph", page.title, f"{first} …\n\n{box}"
    other = rng.choice([each for each in pages if each.site != page.site])
    yield "another site's article", other.title, "\n\n".join(other.paragraphs)
    yield "another text under the title", page.title, "\n\n".join(other.paragraphs)
    same = [each for each in siblings if each is not page]
    if same:
        near = rng.choice(same)
        yield "another article of the site", near.title, "\n\n".join(near.paragraphs)
    some_pages = rng.sample(list(pages), 12)
    listed = "\n\n".join(f"{each.title}\n\n{each.paragraphs[0][:160]}" for each in some_pages)
    yield "list of articles", f"Latest news | {page.site}", listed
    teaser = f"{page.title}\n\n{parts[0][:140]}"
    yield "list of articles with its own", f"News | {page.site}", f"{teaser}\n\n{listed}"
