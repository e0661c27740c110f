"""What the text that was found says of its page: how much, of what make, how sure, how scattered."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ingest.extract.page.folding import letters
from ingest.extract.page.prose import weighted_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.extract.body.decisions import Decided
    from storage.article import Block

__all__ = ["PROSE", "body_says", "kept_numbers"]

#: Weighted characters of a block from which it is prose, and a long paragraph.
PROSE, _LONG = 80, 250
#: Likelihood from which the body model is sure of a block, and from which it is in doubt.
_SURE, _DOUBT = 0.9, 0.15
_END = re.compile(r"[.!?…。！？।۔:][\"'”’»)\]]*$")
#: How a teaser breaks off.
_CUT = re.compile(r"(?:…|\.\.\.)[\])]?(?:\s?[›»→])?$")
#: A day, a clock time, or a year: what stands under each post and each headline of a list.
_DATE = re.compile(
    r"\b(?:19|20)[0-9]{2}\b|\b[0-9]{1,2}[:h][0-9]{2}\b|\b[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}\b"
)
#: Characters of a label; of a headline, and the share of it that is linked.
_LABEL, _HEADLINE, _LINKED = 48, 20, 0.9
_MOST = 100_000.0


def kept_numbers(decided: Decided, blocks: Sequence[Block]) -> list[int]:
    """Which blocks of the page hold ``blocks``, its text, whichever way this was found."""
    belongs = [number for number, each in enumerate(decided.decisions) if each.belongs]
    texts = Counter(letters(block.text) for block in blocks)
    own = [n for n in belongs if texts[letters(decided.decisions[n].block.text)]]
    if len(own) * 2 >= len(blocks):
        return own
    return [
        number for number, each in enumerate(decided.decisions) if texts[letters(each.block.text)]
    ]


def body_says(decided: Decided, blocks: Sequence[Block], kept: Sequence[int]) -> dict[str, float]:
    """The columns of the text ``blocks``, which stand at ``kept`` on the page."""
    sizes = [weighted_size(block.text) for block in blocks if block.type != "caption"]
    texts = [block for block in blocks if block.type != "caption"]
    size = sum(sizes)
    prose = [each for each in sizes if each >= PROSE]
    ended = sum(n for n, block in zip(sizes, texts, strict=True) if _END.search(block.text[-5:]))
    listed = sum(n for n, block in zip(sizes, texts, strict=True) if block.type == "list_item")
    tabled = sum(n for n, block in zip(sizes, texts, strict=True) if block.type == "table")
    headings = sum(block.type == "heading" for block in texts)
    return {
        "text_size": min(float(size), _MOST),
        "text_prose": float(len(prose)),
        "text_long": float(sum(each >= _LONG for each in sizes)),
        "text_longest": min(float(max(sizes, default=0)), _MOST),
        "text_block": size / len(sizes) if sizes else 0.0,
        "text_prose_share": sum(prose) / size if size else 0.0,
        "text_ended": ended / size if size else 0.0,
        "text_listed": listed / size if size else 0.0,
        "text_tabled": tabled / size if size else 0.0,
        "text_headings": headings / len(texts) if texts else 0.0,
        "text_cut": sum(_CUT.search(block.text[-8:]) is not None for block in texts)
        / max(1, len(prose)),
        **_likelihoods(decided, kept),
        **_places(decided, kept),
    }


def _likelihoods(decided: Decided, kept: Sequence[int]) -> dict[str, float]:
    sure = total = weighed = doubted = page = prose = 0.0
    inside = frozenset(kept)
    for number, decision in enumerate(decided.decisions):
        size = len(decision.block.text)
        page += size
        own = size - decision.block.linked
        if own >= PROSE:
            prose += own
        if number in inside:
            total += size
            weighed += size * decision.probability
            sure += size if decision.probability >= _SURE else 0
        elif decision.probability >= _DOUBT:
            doubted += size
    return {
        "likely_mean": weighed / total if total else 0.0,
        "likely_sure": sure / total if total else 0.0,
        "likely_doubted": doubted / (total + doubted) if total + doubted else 0.0,
        "share_of_page": total / page if page else 0.0,
        "share_of_prose": min(total / prose, 1.0) if prose else 0.0,
        "page_size": min(page, _MOST),
    }


def _places(decided: Decided, kept: Sequence[int]) -> dict[str, float]:
    """How the text lies on the page: in one place, or scattered over cells among links."""
    if not kept:
        return dict.fromkeys(_PLACES, -1.0)
    blocks, containers = decided.page.blocks, decided.page.containers
    first, last = kept[0], kept[-1]
    prose = [n for n in kept if len(blocks[n].text) >= PROSE]
    paths = Counter[str]()
    parents = set()
    linked = size = 0
    for number in kept:
        block = blocks[number]
        paths[containers[block.container].path] += len(block.text)
        linked += block.linked
        size += len(block.text)
    for number in prose:
        parents.add(max(containers[blocks[number].container].parent, 0))
    links = headings = linked_headings = dates = 0
    labels: Counter[str] = Counter()
    inside = frozenset(kept)
    for number in range(first, last + 1):
        block = blocks[number]
        length = len(block.text)
        is_link = block.linked >= _LINKED * length
        links += is_link and length >= _HEADLINE
        if block.type == "heading":
            headings += 1
            linked_headings += is_link
        if length <= _LABEL:
            if number not in inside:
                labels[block.text] += 1
            dates += _DATE.search(block.text) is not None
    between = last + 1 - first
    return {
        "text_linked": linked / size if size else 0.0,
        "text_one_path": max(paths.values()) / size if size else 0.0,
        "text_parents": float(len(parents)),
        "text_parents_share": len(parents) / len(prose) if prose else 1.0,
        "text_dense": len(kept) / between,
        "links_within": float(links),
        "links_within_share": links / between,
        "linked_headings_within": linked_headings / headings if headings else 0.0,
        "dates_within": min(float(dates), 100.0),
        "labels_within": labels.total() / between,
        "repeated_within": min(float(max(labels.values(), default=0)), 100.0),
        "starts_at": sum(len(block.text) for block in blocks[:first])
        / max(1, sum(len(block.text) for block in blocks)),
    }


_PLACES = (
    "text_linked",
    "text_one_path",
    "text_parents",
    "text_parents_share",
    "text_dense",
    "links_within",
    "links_within_share",
    "linked_headings_within",
    "dates_within",
    "labels_within",
    "repeated_within",
    "starts_at",
)
