"""Lines that say again what the article says: pull quotes, and the author's notice at its end.

A pull quote in a ``blockquote`` is known by that (``strike_repeats``); one in any other element by
standing in markup that the paragraph which it repeats does not have (``pull_quotes``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.extract.page.copies import later_copies
from ingest.extract.page.folding import fold, letters
from storage.article import Block, Struck

__all__ = ["pull_quotes", "strike_repeats"]

#: Letters of a line that may be a pull quote; shorter ones return by chance.
_LEAST = 25
_QUOTES = " \"'“”„‟«»‹›‘’‚"
_ENDS = frozenset(".!?…。！？")
#: Letters of a quotation that are compared: behind them may stand who said it.
_OPENING = 60
#: Blocks at the end among which an author's notice stands, and its characters.
_END = 4
_LONGEST_NOTICE = 450
#: Letters that are compared; more would cost with the square of the page.
_COMPARED = 60_000


def strike_repeats(
    blocks: Sequence[Block], authors: Sequence[str]
) -> tuple[tuple[Block, ...], tuple[Struck, ...]]:
    """Divide ``blocks`` into the article's and what repeats it or tells of its ``authors``.

    A text that stands twice is kept once. A pull quote is a quotation whose words stand within a paragraph of the text too. An author's notice
    begins with the author's name, goes on in lower case ("is", "schreibt", "couvre") and ends the text.
    """
    copied = later_copies([block.text for block in blocks])
    keys = [letters(block.text) for block in blocks]
    joined = "\n".join(keys)[:_COMPARED]
    names = [name for name in authors if " " in name]
    kept: list[Block] = []
    struck: list[Struck] = []
    for number, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        if number in copied:
            struck.append(Struck(block.text, "doubled_line", "the text stands twice"))
        elif _is_pull_quote(block, key, joined):
            struck.append(Struck(block.text, "pull_quote", "stands in a paragraph of the text"))
        elif number >= max(len(blocks) - _END, 1) and _is_notice(block, names):
            struck.append(Struck(block.text, "author_box", "tells of the author by name"))
        else:
            kept.append(block)
    return tuple(kept), tuple(struck)


def pull_quotes(texts: Sequence[str], paths: Sequence[str]) -> frozenset[int]:
    """Which paragraphs of a text are pull quotes set as paragraphs of another kind, by their numbers.

    One repeats whole sentences of a longer paragraph, whose markup is that of more of the text and has
    come before: a summary above the text repeats it by right, and so do the paragraphs of a recipe.
    What an editor has cut out of a sentence may be either, and stays.

    Args:
        texts: of the paragraphs, in order.
        paths: of the elements that hold them, ``>tag.names`` a step.
    """
    looks = Counter(paths)
    if len(looks) < 2:
        return frozenset()
    keys = [letters(text) for text in texts]
    joined = "\n".join(keys)
    if len(joined) > _COMPARED:
        return frozenset()
    seen: set[str] = set()
    found: set[int] = set()
    for number, (key, path) in enumerate(zip(keys, paths, strict=True)):
        # Each stands there once: a second time is looked for behind, for backwards takes far longer.
        if len(key) >= _LEAST and joined.find(key, joined.find(key) + 1) >= 0:
            other = next((n for n, k in enumerate(keys) if len(k) > len(key) and key in k), None)
            if (
                other is not None
                and paths[other] in seen
                and looks[path] < looks[paths[other]]
                and not _is_sibling(path, paths[other])
                and _has_sentences(texts[other], texts[number])
            ):
                found.add(number)
        seen.add(path)
    return frozenset(found)


def _is_sibling(one: str, other: str) -> bool:
    """Whether two elements are ``p`` in elements of one look, whatever they are called themselves."""
    steps = (one.rpartition(">"), other.rpartition(">"))
    return steps[0][0] == steps[1][0] and all(
        step == "p" or step.startswith("p.") for _, _, step in steps
    )


def _has_sentences(text: str, repeated: str) -> bool:
    """Whether ``repeated`` stands in ``text`` as it is, from the beginning of a sentence to the end of one."""
    sentences = repeated.strip(_QUOTES)
    start = text.find(sentences)
    if start < 0 or sentences[-1:] not in _ENDS:
        return False
    before = text[:start].rstrip(_QUOTES)
    return not before or before[-1] in _ENDS


def _is_pull_quote(block: Block, key: str, joined: str) -> bool:
    # Headings and summaries repeat the text by right: only what is set as a quotation is struck.
    if block.type != "quote" or len(key) < _LEAST:
        return False
    if len(key) >= _OPENING:
        key = key[:_OPENING]
    elif f"\n{joined}\n".count(f"\n{key}\n") > 1:
        # Of two equal lines both would go: a line is a repeat only within another.
        return False
    first = joined.find(key)
    return first >= 0 and joined.find(key, first + 1) >= 0


def _is_notice(block: Block, names: Sequence[str]) -> bool:
    text = block.text
    if len(text) > _LONGEST_NOTICE or block.type not in ("paragraph", "list_item"):
        return False
    folded = fold(text)
    for name in names:
        own = fold(name)
        if folded.startswith(own + " ") and text[len(name) :].lstrip()[:1].islower():
            return True
    return False
