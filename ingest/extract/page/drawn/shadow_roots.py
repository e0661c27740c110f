"""Declarative shadow roots: what ``<template shadowrootmode>`` holds is drawn in its host's place.

The HTML Living Standard, 4.12.3 and 4.2.2 of DOM: the host shows its shadow root; its own children
stand where a ``slot`` of their name is, the fallback of a slot only where none does, and what finds
no slot is not drawn. A template without that attribute is for scripts, and holds nothing to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborNode

__all__ = ["open_roots", "shadow_roots"]

_MOST_ROOTS = 500
_MOST_CHILDREN = 2000
#: ``shadowroot`` is how browsers first had it.
_SAYS_ROOT = ("shadowrootmode", "shadowroot")
_MODES = frozenset(["open", "closed"])


def shadow_roots(templates: Sequence[LexborNode]) -> list[LexborNode]:
    """Those of ``templates`` that are shadow roots: the first of each host."""
    roots: dict[int, LexborNode] = {}
    for template in templates:
        host = template.parent
        attributes = template.attributes
        if host is not None and any(
            (attributes.get(name) or "").lower() in _MODES for name in _SAYS_ROOT
        ):
            roots.setdefault(host.mem_id, template)
    return list(roots.values())


def open_roots(roots: Sequence[LexborNode]) -> None:
    """Put what ``roots`` and the roots inside them hold into their hosts, and take them out."""
    waiting = list(roots)
    opened = 0
    while waiting and opened < _MOST_ROOTS:
        opened += 1
        root = waiting.pop()
        fragments = root.template_fragments()
        if not fragments:
            continue
        inner, slots = fragments[0].css("template"), fragments[0].css("slot")
        waiting += shadow_roots(inner)
        silent = sum(len(node.text(deep=True)) for node in fragments[0].css("style, script"))
        size = len(fragments[0].text(deep=True).strip()) - silent
        _assign(_children(root.parent, root), slots, size)
        for child in _children(fragments[0]):
            root.insert_before(child, move=True)
        root.decompose()


def _children(node: LexborNode | None, but: LexborNode | None = None) -> list[LexborNode]:
    found: list[LexborNode] = []
    child = node.child if node is not None else None
    while child is not None and len(found) < _MOST_CHILDREN:
        if but is None or child.mem_id != but.mem_id:
            found.append(child)
        child = child.next
    return found


def _assign(children: Sequence[LexborNode], slots: Sequence[LexborNode], size: int) -> None:
    """Move the ``children`` of a host into its ``slots``; ``size``: characters of its shadow root."""
    by_name: dict[str, LexborNode] = {}
    for slot in slots:
        by_name.setdefault(slot.attributes.get("name") or "", slot)
    # A root of styles alone waits for its script: its host's own text is all there is to read.
    light = sum(len((child.text(deep=True) or "").strip()) for child in children)
    keeps = not by_name and light > size
    filled: set[str] = set()
    for child in children:
        is_text = child.tag == "-text"
        name = "" if is_text else child.attributes.get("slot") or ""
        place = by_name.get(name)
        if place is not None:
            place.insert_before(child, move=True)
            if not is_text or not (child.text_content or "").isspace():
                filled.add(name)
        elif not keeps and child.tag != "template":
            child.decompose()
    for name, slot in by_name.items():
        if name in filled:
            slot.decompose()
