"""Marks of footnotes in a text: set beside a word, and no letters of it.

left out    word<sup><a href="#fn1">1</a></sup>, word<sup>[1]</sup>, word<a href="#_ftn1">[1]</a>
            word<sup>1</sup> ... <p><sup>1</sup> The note.</p>, word<sup>*</sup>
read        m<sup>2</sup>, 1<sup>st</sup>, Acme<sup>TM</sup>, M<sup>me</sup>, CO<sup>2</sup>
read        <p><sup>1</sup> The note.</p>: what a note begins with sticks to no word
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selectolax.lexbor import LexborNode

__all__ = ["is_note_link", "note_marks"]

#: Superscripts of a page that are looked at.
_MOST = 2000
_LONGEST = 16
_NUMBER = r"(?:\d{1,3}|[ivxl]{1,6}|[a-z])"
#: "1", "[1]", "(a)", "1, 2", "2–4", "*", "††"
_MARK = re.compile(
    rf"[\[(]?{_NUMBER}(?:\s?[,;–-]\s?{_NUMBER}){{0,5}}[\])]?|[\[(]?[*†‡§¶#]{{1,3}}[\])]?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(rf"[\[(]\s?{_NUMBER}(?:\s?[,;–-]\s?{_NUMBER}){{0,5}}\s?[\])]")
#: "[citation needed]": what a wiki says of a sentence.
_REMARK = re.compile(r"\[[^\[\]]{2,40}\]")
_SIGNS = re.compile(r"[*†‡]{1,3}")
_DIGITS = re.compile(r"\d{1,2}")
_ARROWS = re.compile(r"[↩↑⤴⏎↵^\ufe0e\ufe0f ]{1,4}")
#: How the place in a page is called that a note stands at, or that leads back from one.
_PLACE = re.compile(
    r"#_?(?:[a-z0-9]{0,12}[-_:])?(?:ftn|edn|fn|note|footnote|endnote|sdfootnote|sdendnote|cite|ref|bib)",
    re.IGNORECASE,
)
_SAYS_NOTE = re.compile(
    r"(?:^|[\s_-])(?:footnote|footnotes|fnote|fn|noteref|endnote|reference|fussnote|fußnote)(?![a-z])"
    r"|footnote|noteref|doc-backlink",
    re.IGNORECASE,
)
#: A word before a bare number that is the number's own: units, variables, formulas.
_OWN = re.compile(r"(?:^|[^\w])(?:[\w/·]{1,3}|\d[\d.,]*|sqm|mph)$")
_WORD_END = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?…\"”’»)\]。、」])$")


def is_note_link(attributes: Mapping[str, str | None], text: str) -> bool:
    """Whether a link with these ``attributes`` and this ``text`` is the mark of a note, or leads back from one."""
    href = attributes.get("href") or ""
    says = f"{attributes.get('class') or ''} {attributes.get('role') or ''} {attributes.get('epub:type') or ''} {attributes.get('rel') or ''}"
    text = text.strip()
    if "#" in href and _ARROWS.fullmatch(text):
        return True
    if _MARK.fullmatch(text) is None:
        return False
    return bool(_PLACE.search(href)) or ("#" in href and bool(_SAYS_NOTE.search(says)))


def note_marks(superscripts: Sequence[LexborNode]) -> list[LexborNode]:
    """Those of the ``sup`` elements of a page that mark notes."""
    found: list[LexborNode] = []
    bare: list[tuple[LexborNode, int]] = []
    labels: set[int] = set()
    for node in superscripts[:_MOST]:
        text = node.text(deep=True).strip()
        if not text or len(text) > 4 * _LONGEST:
            continue
        before = _before(node)
        if not before:
            # The label of a note, or of a table's row.
            if _DIGITS.fullmatch(text):
                labels.add(int(text))
        elif _says_mark(node, text):
            found.append(node)
        elif _DIGITS.fullmatch(text) and _WORD_END.search(before) and not _OWN.search(before):
            bare.append((node, int(text)))
    found += [node for node, number in bare if number in labels] if labels else _in_order(bare)
    return found


def _says_mark(node: LexborNode, text: str) -> bool:
    if _BRACKETED.fullmatch(text) or _REMARK.fullmatch(text) or _SIGNS.fullmatch(text):
        return True
    if len(text) > _LONGEST or _MARK.fullmatch(text) is None:
        return False
    names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
    if _SAYS_NOTE.search(names) or (node.attributes.get("role") or "") == "doc-noteref":
        return True
    links = node.css("a")[:6]
    around = node.parent
    if not links and around is not None and around.tag == "a":
        links = [around]
    return any(
        is_note_link(link.attributes, text)
        or (link.attributes.get("href") or "").startswith("#")
        or _SAYS_NOTE.search(link.attributes.get("class") or "") is not None
        for link in links
    )


def _in_order(bare: list[tuple[LexborNode, int]]) -> list[LexborNode]:
    """Bare numbers behind words, where they count up from one: so are notes numbered, and powers are not."""
    if len(bare) < 2:
        return []
    numbers = [number for _, number in bare]
    if numbers[0] != 1 or any(
        after - before not in (0, 1) for before, after in zip(numbers, numbers[1:], strict=False)
    ):
        return []
    return [node for node, _ in bare] if numbers[-1] > 1 else []


def _before(node: LexborNode) -> str:
    """The end of the text that stands before ``node`` in its block, within a few elements."""
    current: LexborNode | None = node
    blank = False
    for _ in range(4):
        if current is None:
            return ""
        beside = current.prev
        while beside is not None:
            text = beside.text_content if beside.tag == "-text" else beside.text(deep=True)
            if beside.tag == "br":
                return ""
            if text and not text.isspace():
                return f"{text[-40:]} " if blank else text[-40:]
            blank = blank or bool(text)
            beside = beside.prev
        current = current.parent
        if current is None or current.tag not in _INSIDE_A_LINE:
            return ""
    return ""


_INSIDE_A_LINE = frozenset("a b strong i em span font small u big cite q ins".split())
