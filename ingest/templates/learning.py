"""A template from a handful of pages: where their text stands, and what else stands there.

The witnesses are what the generic path made of each page (with what feed and JSON-LD told it) and
the contrast between pages: an element that holds text on each is the text's place, a line that
stands in that place on several is chrome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.extract.metadata.fields import SELDOM, canonical_address, site_names_of
from ingest.extract.page.folding import letters
from ingest.extract.page.html_page import HtmlPage
from ingest.templates.element_names import step
from ingest.templates.field_rules import rules_for
from ingest.templates.reading_values import FEWEST
from ingest.templates.selectors import selectors_for
from ingest.templates.teaching.leaves import PROBE, Scattered, leaves_of
from ingest.templates.teaching.refining import refined
from ingest.templates.template import Place, Template
from ingest.templates.text_walk import PathWalk

if TYPE_CHECKING:
    from datetime import datetime

    from selectolax.lexbor import LexborNode

    from ingest.extract.page.blocks import PageBlocks
    from ingest.templates.reading_values import Example
    from sources.source import Source
    from storage.article import Article

__all__ = ["FEWEST", "Example", "NotLearned", "learn", "signature_of"]

#: Share of the text that the container holds; the rest has places of its own.
_MAIN = 0.85
#: Share of an article's letters that are found among the page's blocks, else it came from elsewhere.
_ON_PAGE = 0.9
#: Characters of a line that is the site's where two pages have it, and of one at all.
_LINE, _LONGEST_LINE = 200, 600
#: Shares of pages that hold a line of the site, a short one and a longer one.
_SHARE, _SHARE_OF_LONG = 0.5, 0.8
#: Lines below the text that are read for credits, where some page has one there and where none has.
_FAR, _NEAR = 44, 14
_WORD = re.compile(r"[^\W\d_]+")
_WORDS, _LONGEST_WORD = 20, 5


class NotLearned(Exception):
    """These pages teach no template; the text says why."""


@dataclass(slots=True)
class _Read:
    """One example, walked."""

    page: HtmlPage
    url: str | None
    article: Article
    walk: PathWalk
    blocks: PageBlocks
    #: Whether each block is the article's.
    kept: list[bool]
    #: Index of the container of the text.
    main: int


def signature_of(page: HtmlPage, article: Article) -> str | None:
    """What tells the templates of a source apart: the kind, and the place of the text.

    ``None`` where the text did not come from the page's own blocks.
    """
    blocks = page.blocks
    kept = _kept(blocks, article)
    main = _container(blocks, kept)
    if main is None or not _is_on_page(blocks, kept, article):
        return None
    steps: list[str] = []
    index = main
    while index > 0:
        container = blocks.containers[index]
        steps.append(step(container.tag, container.names))
        index = container.parent
    return _signature(">".join(("", *reversed(steps))), article)


def _signature(path: str, article: Article) -> str:
    steps = path.split(">")
    named = next((n for n in range(len(steps) - 1, 0, -1) if "." in steps[n]), len(steps) - 1)
    return f"{article.kind} {'>'.join(steps[named:])}"


def learn(
    examples: Sequence[Example],
    *,
    now: datetime,
    source: Source | None = None,
    known: Template | None = None,
) -> Template:
    """The template of ``examples``, pages of one signature; with what ``known``, of other pages, saw.

    Raises:
        NotLearned: they have too little in common, or nothing that is their own.
    """
    if len(examples) < FEWEST:
        raise NotLearned(f"{len(examples)} pages; a template takes {FEWEST}")
    reads = [read for example in examples if (read := _read(example)) is not None]
    if len(reads) < FEWEST:
        raise NotLearned("the text of too few pages stands in their markup")
    selectors = _meet(reads)
    places = _places(reads, selectors)
    chrome = _repeated(reads)
    keys = frozenset(letters(line) for line in chrome)
    try:
        leaves, sizes = leaves_of(
            [read.article for read in reads], [nodes for _, nodes in places], keys
        )
    except Scattered as reason:
        raise NotLearned(str(reason)) from None
    if min(sizes) == 0:
        raise NotLearned("all text of a page stands on others too")
    pairs = [(read.page, read.article) for read in reads]
    names = [
        site_names_of(read.page, source, canonical_address(read.page, read.url)) for read in reads
    ]
    articles = [read.article for read in reads]
    declared = {article.declared_language for article in articles}
    language = declared.pop() if len(declared) == 1 else None
    if any(article.language != language for article in articles):
        language = None
    template = Template(
        signature=_signature(reads[0].walk.paths[reads[0].main], articles[0]),
        kind=articles[0].kind,
        body=tuple(place for place, _ in places),
        leaves=leaves,
        chrome=chrome,
        fields=rules_for(pairs, now, names, known.fields if known is not None else {}),
        required=tuple(
            name
            for name, values in (
                ("title", [a.title for a in articles]),
                ("authors", [a.authors for a in articles]),
                ("published", [a.published_at for a in articles]),
            )
            if all(values)
        ),
        claims=all(read.page.claims_article for read in reads),
        smallest=min(sizes),
        largest=max(sizes),
        outside=max(_outside(read, places) for read in reads),
        standfirsts=any(article.standfirst for article in articles),
        lacks=tuple(
            name
            for name, selectors in SELDOM.items()
            if all(read.page.tree.css_first(selectors) is None for read in reads)
        ),
        below=_FAR if any(_stands_below(article) for article in articles) else _NEAR,
        support=len(reads),
        language=language,
        words=_common_words(articles) if language else (),
    )
    return template if known is None else refined(template, known)


def _read(example: Example) -> _Read | None:
    page = HtmlPage.parse(example.html)
    body = page.tree.body
    if body is None:
        return None
    walk = PathWalk(body)
    blocks = walk.read()
    kept = _kept(blocks, example.article)
    main = _container(blocks, kept)
    if main is None or not _is_on_page(blocks, kept, example.article):
        return None
    return _Read(page, example.url, example.article, walk, blocks, kept, main)


def _kept(blocks: PageBlocks, article: Article) -> list[bool]:
    """For each block of the page whether it is one of the article's, each of those found once."""
    wanted: Counter[str] = Counter()
    for own in article.blocks:
        wanted[letters(own.text)] += 1
    openings = Counter(key[:PROBE] for key in wanted if len(key) > PROBE)
    found: list[bool] = []
    for block in blocks.blocks:
        key = letters(block.text)
        hit = bool(key) and wanted[key] > 0
        if hit:
            wanted[key] -= 1
        elif len(key) > PROBE and openings[key[:PROBE]] > 0:
            # Credits and marks are cut off a paragraph's end.
            cut = next(
                (w for w, n in wanted.items() if n and key.startswith(w) and len(w) > PROBE), None
            )
            if cut is not None:
                wanted[cut] -= 1
                hit = True
        found.append(hit)
    return found


def _is_on_page(blocks: PageBlocks, kept: Sequence[bool], article: Article) -> bool:
    here = sum(len(b.text) for b, is_kept in zip(blocks.blocks, kept, strict=True) if is_kept)
    return here >= _ON_PAGE * sum(len(block.text) for block in article.blocks) > 0


def _sums(blocks: PageBlocks, kept: Sequence[bool]) -> list[int]:
    """Characters of kept text in each container, what its inner ones hold included."""
    sums = [0] * len(blocks.containers)
    for block, is_kept in zip(blocks.blocks, kept, strict=True):
        if is_kept and block.type != "caption":
            sums[block.container] += len(block.text)
    # Inner containers come after outer ones.
    for index in range(len(sums) - 1, 0, -1):
        sums[blocks.containers[index].parent] += sums[index]
    return sums


def _container(blocks: PageBlocks, kept: Sequence[bool]) -> int | None:
    """The deepest container with nearly all kept text that is more than one block of it."""
    sums = _sums(blocks, kept)
    if not sums or not sums[0]:
        return None
    best = 0
    for index, size in enumerate(sums):
        if (
            size >= _MAIN * sums[0]
            and blocks.containers[index].depth >= blocks.containers[best].depth
        ):
            best = index
    while best and blocks.containers[best].tag in ("p", "li", "ul", "ol", "blockquote", "td", "tr"):
        best = blocks.containers[best].parent
    return best if best else None


def _meet(reads: Sequence[_Read]) -> tuple[str, ...]:
    """Let the containers of all pages be one kind of element, and find what picks it.

    The text of some pages stands deeper: their containers are widened, one element at a time.
    """
    trees = [read.page.tree for read in reads]
    while True:
        if len({read.walk.paths[read.main].rpartition(">")[2] for read in reads}) == 1:
            mains = [[read.walk.nodes[read.main]] for read in reads]
            selectors = selectors_for(list(zip(trees, mains, strict=True)))
            if selectors:
                return selectors
        deepest = max(reads, key=lambda read: read.blocks.containers[read.main].depth)
        parent = deepest.blocks.containers[deepest.main].parent
        if parent <= 0:
            raise NotLearned("no selector picks the text's place on every page, and nothing else")
        deepest.main = parent


def _inside(read: _Read, index: int, root: int) -> bool:
    while index > root:
        index = read.blocks.containers[index].parent
    return index == root


def _places(
    reads: Sequence[_Read], selectors: tuple[str, ...]
) -> list[tuple[Place, list[list[LexborNode]]]]:
    """The container and the places of text outside it, with the elements of each page."""
    mains = [[read.walk.nodes[read.main]] for read in reads]
    trees = [read.page.tree for read in reads]
    before: list[tuple[Place, list[list[LexborNode]]]] = []
    behind: list[tuple[Place, list[list[LexborNode]]]] = []
    outer: dict[str, list[list[tuple[int, LexborNode]]]] = {}
    for number, read in enumerate(reads):
        for block, kept in zip(read.blocks.blocks, read.kept, strict=True):
            if kept and block.type != "caption" and not _inside(read, block.container, read.main):
                path = read.walk.paths[block.container]
                held = outer.setdefault(path, [[] for _ in reads])
                held[number].append((block.container, read.walk.nodes[block.container]))
    for held in outer.values():
        if sum(bool(entry) for entry in held) * 2 < len(reads):
            continue
        nodes = [[node for _, node in entry][:1] for entry in held]
        found = selectors_for(list(zip(trees, nodes, strict=True)), most=1)
        if found:
            place = Place(found, 1, required=False)
            first = next((read, entry) for read, entry in zip(reads, held, strict=True) if entry)
            (before if first[1][0][0] < first[0].main else behind).append((place, nodes))
    return [*before, (Place(selectors, 1, required=True), mains), *behind]


def _repeated(reads: Sequence[_Read]) -> tuple[str, ...]:
    """Lines of the text that stand in its place on several pages: chrome, by contrast.

    What the generic path kept on one page only, and left out on the others, is counted on all.
    """
    texts: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for read in reads:
        own: set[str] = set()
        for block, kept in zip(read.blocks.blocks, read.kept, strict=True):
            if block.type == "heading" or len(block.text) > _LONGEST_LINE:
                continue
            if kept or _inside(read, block.container, read.main):
                key = letters(block.text)
                own.add(key)
                if kept:
                    texts[key] = block.text
        counts.update(own)
    texts.pop("", None)
    return tuple(
        texts[key]
        for key, number in sorted(counts.items())
        if key in texts
        and number >= 2
        and number >= (_SHARE if len(texts[key]) <= _LINE else _SHARE_OF_LONG) * len(reads)
    )


def _outside(read: _Read, places: Sequence[tuple[Place, list[list[LexborNode]]]]) -> int:
    inside = 0
    for place, _ in places:
        for selector in place.selectors[:1]:
            inside += sum(len(node.css("p")) for node in read.page.tree.css(selector))
    return max(len(read.page.tree.css("p")) - inside, 0)


def _stands_below(article: Article) -> bool:
    """Whether whom the text is credited to stands below it, where other lines may come between."""
    return any(credit.where == "tail" for credit in article.credits)


def _common_words(articles: Sequence[Article]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for article in articles:
        counts.update(
            word for word in set(_WORD.findall(article.text.lower())) if len(word) <= _LONGEST_WORD
        )
    common = Counter(
        word
        for article in articles
        for word in _WORD.findall(article.text.lower())
        if counts[word] == len(articles)
    )
    return tuple(sorted(word for word, _ in common.most_common(_WORDS)))
