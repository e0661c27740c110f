"""A parsed page made to hold what its readers see, in the tree, so that whoever reads it agrees.

    markup                                         readers see
    <ruby>港<rt>みなと</rt></ruby>                   the word; how to say it stands above it in small type
    word<sup><a href="#fn1">1</a></sup>            a mark beside the word, none of its letters
    <template shadowrootmode="open">               what it holds (HTML Living Standard, 4.12.3)
    <iframe srcdoc="<p>...">                       the document in the attribute

An ordinary page has none of these, and pays for no more than the one query that finds its ``meta``
elements too (:data:`ASKED`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from ingest.extract.page.drawn.marks import note_marks
from ingest.extract.page.drawn.shadow_roots import open_roots, shadow_roots
from sources.markup import excess

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborNode

__all__ = ["ASKED", "draw"]

#: What ``draw`` wants to be shown: no two of these pick the same element.
ASKED = "rt, rp, rtc, sup, template, iframe[srcdoc]"
_READINGS = frozenset(["rt", "rp", "rtc"])
#: Characters of a ``srcdoc``, how many of them are read, and the prose from which one is no widget.
_LONGEST_FRAME, _MOST_FRAMES, _PROSE = 300_000, 3, 400


def draw(tree: LexborHTMLParser, found: Sequence[LexborNode]) -> None:
    """Change ``tree`` to what its readers see.

    Args:
        tree: of a page.
        found: its elements that ``ASKED`` picks, in order. None of them is to be used afterwards.
    """
    waiting = found
    roots = shadow_roots([node for node in found if node.tag == "template"])
    if roots:
        open_roots(roots)
        waiting = tree.css(ASKED)
    _draw_frames([node for node in waiting if node.tag == "iframe"])
    marks = note_marks([node for node in waiting if node.tag == "sup"])
    for node in outermost(node for node in waiting if node.tag in _READINGS):
        node.decompose()
    for node in outermost(marks):
        if _is_before_its_note(node):
            node.replace_with(" ")
        else:
            node.decompose()


def outermost(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """Those of ``nodes`` that stand in none of the others: each may be taken out by itself."""
    by_id = {node.mem_id: node for node in nodes}
    kept = []
    # Elements known to stand in none of them: each way up is gone once.
    free: set[int] = set()
    for node in by_id.values():
        way: list[int] = []
        parent = node.parent
        while parent is not None and parent.mem_id not in by_id and parent.mem_id not in free:
            way.append(parent.mem_id)
            parent = parent.parent
        if parent is None or parent.mem_id in free:
            free.update(way)
            kept.append(node)
    return kept


def _is_before_its_note(mark: LexborNode) -> bool:
    """Whether the note itself follows its mark, to be shown at a click: no part of the word either."""
    behind = mark.next
    return (
        behind is not None
        and behind.tag == "span"
        and "note" in (behind.attributes.get("class") or "")
    )


def _draw_frames(frames: Sequence[LexborNode]) -> None:
    """Let the documents in ``srcdoc`` stand where their frames do, where they hold prose."""
    for frame in frames[:_MOST_FRAMES]:
        markup = frame.attributes.get("srcdoc") or ""
        if not _PROSE <= len(markup) <= _LONGEST_FRAME:
            continue
        if excess(markup.encode("utf-8", "replace")) is not None:
            continue
        body = LexborHTMLParser(markup).body
        if body is None or sum(len(p.text(deep=True)) for p in body.css("p")[:500]) < _PROSE:
            continue
        child = body.child
        while child is not None:
            frame.insert_before(child)
            child = child.next
        frame.decompose()
