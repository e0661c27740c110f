"""The blocks inside the container of a template, each kept or left out by what its path was on other pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.extract.chrome.repeats import pull_quotes
from ingest.extract.page.blocks import BlockWalk, PageBlock
from ingest.extract.page.class_words import bits_named, bits_of
from ingest.extract.page.folding import collapse, letters
from ingest.extract.page.lines import INVISIBLE
from ingest.templates.element_names import step
from ingest.templates.openings import opening_of
from ingest.templates.template import PLAIN_TEXT
from storage.article import Block, BlockType, Struck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

    from ingest.templates.template import Template

__all__ = ["PathWalk", "TextRead", "mark_of", "read_text"]

#: Elements that hold no text of an article but what other pages showed there.
_NEVER_TEXT = frozenset("aside button form figure figcaption footer header nav label".split())
#: Meanings of names that hold no text of an article, and those that do whatever stands beside them.
_BESIDE = bits_named("caption", "related", "share", "newsletter", "ad", "comment")
_TEXT = bits_named("body", "content")
#: Characters from which what only one page left out may be text on another.
_LEAST_TEXT = 20
_SHORTENED = 200
#: Characters of a line that the other pages do not agree on, at most, to go by most of them.
_MINOR = 200
#: Share of a block's characters that are linked, strong, emphasised, from which all of it is.
_ALL = 0.9
_MOST_STRUCK = 100


class PathWalk(BlockWalk):
    """A walk that knows the path of every element from the container down, and the element itself."""

    def __init__(self, container: LexborNode) -> None:
        self.paths = [""]
        self.nodes = [container]
        super().__init__(container)

    def _opened(self, node: LexborNode, tag: str, names: str, container: int) -> int:
        self.paths.append(f"{self.paths[container]}>{step(tag, names)}")
        self.nodes.append(node)
        return super()._opened(node, tag, names, container)


def mark_of(block: PageBlock) -> str:
    """``link``, ``strong`` or ``em`` where all of the block is; else nothing."""
    least = _ALL * len(block.text)
    if block.linked >= least:
        return "link"
    if block.strong >= least:
        return "strong"
    return "em" if block.emphasis >= least else ""


@dataclass(slots=True)
class TextRead:
    """What a template made of one place of a page."""

    blocks: list[Block] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)
    #: Characters at paths that no page learned from has.
    unknown: int = 0
    #: The elements of the first and of the last block kept.
    first: LexborNode | None = None
    last: LexborNode | None = None

    @property
    def size(self) -> int:
        """Characters kept."""
        return sum(len(block.text) for block in self.blocks)


class _TemplateWalk(BlockWalk):
    """Knows paths alone, and does not enter what other pages' text never came from."""

    def __init__(self, container: LexborNode, template: Template) -> None:
        self._steps = template.steps
        self._path = ""
        self.paths = [""]
        self.nodes = [container]
        self.left: list[LexborNode] = []
        super().__init__(container)

    def _block(
        self, node: LexborNode, tag: str, names: str, container: int, kind: BlockType, inline: int
    ) -> None:
        if kind != "table":
            self._path = f"{self.paths[container]}>{step(tag, names)}"
            if self._steps.get(self._path) == "drop":
                self._flush(container, kind)
                self.left.append(node)
                return
        super()._block(node, tag, names, container, kind, inline)

    def _opened(self, node: LexborNode, tag: str, names: str, container: int) -> int:
        self.paths.append(self._path)
        self.nodes.append(node)
        return len(self.paths) - 1


def read_text(container: LexborNode, template: Template, chrome: frozenset[str]) -> TextRead:
    """The text that ``container`` holds by ``template``.

    Args:
        container: an element that a place of the template picked.
        template: whose paths decide.
        chrome: its chrome lines, as ``letters`` gives them.
    """
    walk = _TemplateWalk(container, template)
    page = walk.read()
    result = TextRead()
    captions: list[tuple[int, PageBlock]] = []
    last_key = ""
    decided = [_decision(template, walk.paths[b.container], b) for b in page.blocks]
    _doubt_closing_notes(template, walk.paths, page.blocks, decided)
    enclosed = _enclosed(page.blocks, decided)
    repeated = _pull_quotes(walk.paths, page.blocks, decided)
    for number, block in enumerate(page.blocks):
        path = walk.paths[block.container]
        kept, known = decided[number]
        key = letters(block.text)
        if key in chrome:
            result.struck.append(
                Struck(block.text[:_SHORTENED], "site_line", "on pages learned from")
            )
            continue
        if not known and number not in enclosed:
            # A list of results is made of headings: short, and each of them the text.
            result.unknown += len(block.text) * (3 if block.type == "heading" else 1)
        if not kept:
            if len(result.struck) < _MOST_STRUCK:
                result.struck.append(Struck(block.text[:_SHORTENED], "template", path or "text"))
            continue
        if number in repeated:
            rule = "stands in a paragraph of the text"
            result.struck.append(Struck(block.text[:_SHORTENED], "pull_quote", rule))
            continue
        if key and key == last_key:
            continue
        last_key = key
        result.first = result.first or walk.nodes[block.container]
        result.last = walk.nodes[block.container]
        if block.type == "caption":
            captions.append((len(result.blocks), block))
        result.blocks.append(Block(block.type, block.text))
    # A caption before or behind all text is of the lead picture or of what follows.
    ends = {0, len(result.blocks) - 1}
    if any(number in ends for number, _ in captions):
        result.blocks = _without_outer_captions(result.blocks)
    for node in walk.left[:_MOST_STRUCK]:
        if node.tag not in INVISIBLE:
            text = collapse(node.text(deep=True, separator=" ")[:4000])
            if text:
                result.struck.append(
                    Struck(text[:_SHORTENED], "template", step(node.tag or "", ""))
                )
    return result


def _doubt_closing_notes(
    template: Template,
    paths: Sequence[str],
    blocks: Sequence[PageBlock],
    decided: list[tuple[bool, bool]],
) -> None:
    """Hold the last blocks for unknown where all of each is emphasised, unless two pages had such a one there.

    So stand notes on who wrote the text, or on what else to read; within it they are the author's.
    """
    for number in reversed(range(len(blocks))):
        block = blocks[number]
        if decided[number][0]:
            mark = mark_of(block)
            leaf = template.leaves.get(f"{paths[block.container]}#{mark}")
            if not mark or (leaf is not None and leaf.pages > 1):
                return
            decided[number] = (True, False)


def _pull_quotes(
    paths: Sequence[str], blocks: Sequence[PageBlock], decided: Sequence[tuple[bool, bool]]
) -> frozenset[int]:
    numbers = [
        number
        for number, (block, (kept, _)) in enumerate(zip(blocks, decided, strict=True))
        if kept and block.type == "paragraph"
    ]
    found = pull_quotes(
        [blocks[number].text for number in numbers],
        [paths[blocks[number].container] for number in numbers],
    )
    return frozenset(numbers[place] for place in found)


def _enclosed(blocks: Sequence[PageBlock], decided: Sequence[tuple[bool, bool]]) -> frozenset[int]:
    """Of blocks kept without being known, those that stand between paragraphs that are known.

    Subheadings and lists that no page learned from has: what an author sets between two paragraphs.
    One heading behind another is none of them, for so stand the headlines of other stories.
    """
    if all(known for _, known in decided):
        return frozenset()
    found: list[int] = []
    waiting: list[int] | None = None
    for number, (block, (kept, known)) in enumerate(zip(blocks, decided, strict=True)):
        if not kept:
            if not known:
                waiting = None
        elif known:
            if block.type == "paragraph":
                found += waiting or ()
                waiting = []
        elif waiting is not None:
            headings = block.type == "heading" and waiting and blocks[waiting[-1]].type == "heading"
            waiting = None if headings else [*waiting, number]
    return frozenset(found)


def _without_outer_captions(blocks: list[Block]) -> list[Block]:
    first, end = 0, len(blocks)
    while first < end and blocks[first].type == "caption":
        first += 1
    while end > first and blocks[end - 1].type == "caption":
        end -= 1
    return blocks[first:end]


@lru_cache(maxsize=4096)
def _says_no_text(path: str) -> bool:
    """Whether an element on ``path`` says that it holds no text: by its tag, or by its names."""
    for part in path.split(">"):
        tag, _, names = part.partition(".")
        if tag in _NEVER_TEXT:
            return True
        bits = bits_of(names.replace(".", " ").replace("*", "")) if names else 0
        if bits & _BESIDE and not bits & _TEXT:
            return True
    return False


def _decision(template: Template, path: str, block: PageBlock) -> tuple[bool, bool]:
    """(whether a block is kept, whether that rests on something seen)."""
    mark = mark_of(block)
    leaf = template.leaves.get(f"{path}#{mark}")
    plain = template.leaves.get(f"{path}#") if mark else None
    if leaf is not None:
        if leaf.openings:
            if opening_of(block.text) in leaf.openings:
                return False, True
            if not leaf.kept and not leaf.left_out:
                # Nothing else stood there; a bold line among paragraphs is one of them.
                among_text = plain is not None and bool(plain.decision)
                return among_text, among_text
        decision = leaf.decision
        if decision is None:
            if template.kind == "live_blog" or _says_no_text(path):
                # Entries of a live blog, a quotation beside the text: the generic path is of two minds
                # about them for good.
                return leaf.kept > leaf.left_out, True
            most, least = max(leaf.kept, leaf.left_out), min(leaf.kept, leaf.left_out)
            # The generic path is of two minds about a short line; captions are kept or left out
            # for what stands around them.
            minor = len(block.text) <= _MINOR and most >= 2 * least
            return leaf.kept >= leaf.left_out, block.type == "caption" or minor
        among_text = mark != "link" and plain is not None and bool(plain.decision)
        if decision or (leaf.pages > 1 and not among_text) or mark == "link":
            return decision, True
        if among_text:
            # Bold lines among the paragraphs were left out, notes perhaps; this may be a question.
            return leaf.pages == 1, len(block.text) < _LEAST_TEXT
        last = path.rpartition(">")[2]
        return (
            False,
            last not in PLAIN_TEXT or len(block.text) < _LEAST_TEXT or _says_no_text(path),
        )
    if plain is not None and plain.decision is not None:
        # The path is known, only not with all of it linked: a link of its own may lead elsewhere.
        return plain.decision and mark != "link", mark != "link" or not plain.decision
    if _says_no_text(path):
        return False, block.type != "quote"
    parts = path.split(">")
    for ending in (">".join(parts[-2:]), parts[-1]):
        for sign in dict.fromkeys((mark, "")):
            known = template.endings.get(f"{ending}#{sign}")
            if known is not None:
                return known and not (mark == "link" and not sign), True
    above = path
    while ">" in above:
        above, _, last = above.rpartition(">")
        tag = last.partition(".")[0]
        if tag not in PLAIN_TEXT:
            return False, mark == "link"
        action = template.steps.get(above, "into" if not above else None)
        if action in ("keep", "into"):
            # A list, a quotation, a heading among the paragraphs: text, unless it is all links.
            return "." not in last and mark != "link", mark == "link"
    return False, mark == "link"
